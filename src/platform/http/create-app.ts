import multipart from '@fastify/multipart';
import { StandardSchemaValidationPipe, type Type } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { FastifyAdapter, type NestFastifyApplication } from '@nestjs/platform-fastify';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { Config } from '../config/config';
import { Log } from '../log';
import { Draining } from '../draining';
import { Malformed, type FieldError } from './errors';
import { KnownRoutes } from './known-routes';
import { installPages } from './pages';
import { ProblemFilter } from './problem.filter';
import { UnreadBodyGuard } from './unread-body.guard';
import { keepSignedBodies } from './signed-body';
import type { Viewer } from './viewer';
import { View } from './view';

const MB = 1024 * 1024;
/** Contract, section 3: bodies of 36 MB as JSON (25 MB of mail in base64 and its frame), 25 MB as mail. */
export const LIMITS = { json: 36 * MB, mail: 25 * MB };

/** Builds the HTTP side of the application. `whose` names the viewer of a request before any route runs. */
export async function createApp(module: Type | object, config: Config, whose: (app: NestFastifyApplication) => (request: FastifyRequest) => Promise<Viewer | null>): Promise<NestFastifyApplication> {
  const adapter = new FastifyAdapter({
    bodyLimit: LIMITS.json, trustProxy: ['loopback', ...config.TRUSTED_PROXIES], forceCloseConnections: 'idle', routerOptions: { maxParamLength: 500, ignoreTrailingSlash: true }, rewriteUrl: ({ url = '/' }) => readable(url),
  });
  const app = await NestFactory.create<NestFastifyApplication>(module as Type, adapter, { logger: new Log(config.LOG_LEVEL), abortOnError: false });
  const fastify = app.getHttpAdapter().getInstance();
  const routes = new KnownRoutes();
  fastify.addHook('onRoute', (route) => routes.add(route));
  await installPages(fastify, { publicUrl: config.PUBLIC_URL });
  keepSignedBodies(fastify);
  const viewer = whose(app);
  const unknown = new WeakMap<FastifyRequest, Error>();
  fastify.addHook('onRequest', async (request) => {
    if (!request.url.startsWith('/assets/')) {
      request.viewer = await viewer(request).catch((error: Error) => {
        unknown.set(request, error);
        return null;
      });
    }
  });
  // Who it is could not be told: said only when the body is there, so that the page which says so can give back what was typed (F20).
  fastify.addHook('preHandler', (request, _reply, done) => done(unknown.get(request)));
  const draining = app.get(Draining);
  fastify.addHook('onSend', async (request, reply) => {
    if (draining.active) {
      void reply.header('connection', 'close');
    }
    if (reply.statusCode === 413) {
      hearOut(request, reply);
    }
  });
  // Before the body is looked at: what is packed is never unpacked here (T33), and stored as it comes it would be nobody's mail.
  fastify.addHook('preParsing', (request, _reply, _body, done) => {
    const encoding = request.headers['content-encoding'];
    done(encoding === undefined || /^(?:identity)?$/i.test(encoding.trim()) ? null : Object.assign(new Error('Send the body as it is, without Content-Encoding.'), { statusCode: 415 }));
  });
  await fastify.register(multipart, { limits: { fileSize: LIMITS.mail, files: 10, fields: 50, parts: 60 } });
  fastify.addContentTypeParser(['message/rfc822', 'application/octet-stream'], { parseAs: 'buffer', bodyLimit: LIMITS.mail }, (_request, body, done) => done(null, body));
  app.useGlobalGuards(new UnreadBodyGuard());
  app.useGlobalFilters(new ProblemFilter(app.get(View), config.PUBLIC_URL, routes));
  app.useGlobalPipes(
    new StandardSchemaValidationPipe({
      exceptionFactory: (issues) =>
        new Malformed(
          issues.slice(0, 50).map((issue) => {
            const field = (issue.path ?? []).map((part) => String(typeof part === 'object' ? part.key : part)).join('.');
            return fieldError(field, issue as { code?: string; keys?: string[]; message: string });
          }),
        ),
    }),
  );
  app.enableShutdownHooks();
  return app;
}

/**
 * A path that nobody can decode (a % without its two digits) would be refused before any hook, so without page and headers of ours.
 * Its signs are taken as they stand: then it is one of the pages that are not there.
 */
function readable(url: string): string {
  const at = url.indexOf('?');
  const path = at < 0 ? url : url.slice(0, at);
  if (!path.includes('%')) {
    return url;
  }
  try {
    decodeURIComponent(path);
    return url;
  } catch {
    return path.replaceAll('%', '%25') + (at < 0 ? '' : url.slice(at));
  }
}

/**
 * Most clients read an answer only when they have sent all of their body, and see a broken connection where we close before. So what
 * is too large is thrown away to its end, within reason.
 */
function hearOut(request: FastifyRequest, reply: FastifyReply): void {
  let dropped = 0;
  void reply.removeHeader('connection');
  request.raw.on('data', (chunk: Buffer) => {
    dropped += chunk.length;
    if (dropped > 3 * LIMITS.json) {
      request.raw.destroy();
    }
  });
}

function fieldError(field: string, { code = 'invalid', keys, message }: { code?: string; keys?: string[]; message: string }): FieldError {
  if (code === 'unrecognized_keys' && keys) {
    return { field: [field, keys[0]].filter(Boolean).join('.'), code: 'unknown_field', message: `This field is not known: ${keys.join(', ')}.` };
  }
  if (message.endsWith('received undefined')) {
    return { field, code: 'missing', message: 'This field is missing.' };
  }
  return { field, code, message: inWords(message) };
}

/** What the schemas say of themselves where nobody wrote a sentence for it. */
function inWords(message: string): string {
  const type = /^Invalid input: expected (\w+)/.exec(message)?.[1];
  const options = /^Invalid option: expected one of (.+)$/.exec(message)?.[1];
  const [, , verb, sign = '', bound = '', unit = ''] = /^Too (big|small): expected \w+ to (have|be) ([<>]=?)(-?[\d.]+)( \w+)?$/.exec(message) ?? [];
  if (verb) {
    return `must ${verb} ${({ '<=': 'at most', '<': 'less than', '>=': 'at least', '>': 'more than' })[sign] ?? sign} ${bound}${bound === '1' ? unit.replace(/s$/, '') : unit}`;
  }
  return type ? `must be ${/^[aeiou]/.test(type) ? 'an' : 'a'} ${type}` : options ? `must be one of ${options.replaceAll('"', '').replaceAll('|', ', ')}` : message;
}
