import { Injectable, type LoggerService } from '@nestjs/common';
import pino, { type DestinationStream, type Logger } from 'pino';

/** Where personal data and secrets would stand in an object that is logged: they are printed as [redacted]. */
const SECRETS = ['authorization', 'cookie', 'password', 'token', 'secret', 'email', 'headers', 'raw', 'text', 'statement'];

/** Nest tells of every module and route at each start: worth reading only when something is wired wrongly. */
const WIRING = new Set(['InstanceLoader', 'RouterExplorer', 'RoutesResolver', 'NestFactory']);

export function createLog(level: string, into?: DestinationStream): Logger {
  const options = { level, base: null, redact: { paths: SECRETS.flatMap((key) => [key, `*.${key}`]), censor: '[redacted]' } };
  return into ? pino(options, into) : pino(options);
}

/** Nest's own lines as JSON, in the same stream. */
@Injectable()
export class Log implements LoggerService {
  private readonly pino: Logger;
  constructor(level = 'info') {
    this.pino = createLog(level);
  }
  log(message: unknown, ...rest: unknown[]): void {
    this.write(WIRING.has(String(rest.at(-1))) ? 'debug' : 'info', message, rest);
  }
  error(message: unknown, ...rest: unknown[]): void {
    this.write('error', message, rest);
  }
  warn(message: unknown, ...rest: unknown[]): void {
    this.write('warn', message, rest);
  }
  debug(message: unknown, ...rest: unknown[]): void {
    this.write('debug', message, rest);
  }
  fatal(message: unknown, ...rest: unknown[]): void {
    this.write('fatal', message, rest);
  }

  private write(level: 'info' | 'error' | 'warn' | 'debug' | 'fatal', message: unknown, rest: unknown[]): void {
    const context = typeof rest.at(-1) === 'string' ? (rest.at(-1) as string) : undefined;
    if (message instanceof Error) {
      this.pino[level]({ context, err: { type: message.name, message: message.message, stack: message.stack } }, message.message);
    } else if (typeof message === 'object') {
      this.pino[level]({ context, ...message });
    } else {
      this.pino[level]({ context }, String(message));
    }
  }
}
