import { randomBytes } from 'node:crypto';
import { startSimulator, type RunningSimulator, type SimulatorOptions } from '../../src/simulator/child';
import { NO_DATA_DIR, testDatabase, type TestDatabase } from './database';
import { ensureBuilt, runCli, startProcess, type DeskProcess } from './desk-process';
import { freePort } from './ports';
import { startRedis } from './redis';
import { startSmtpSink, type SmtpSink } from './smtp-sink';

export interface DeskOptions {
  /** Settings (contract, section 2) that differ from those of a test: short times, mails to the sink. */
  settings?: Record<string, string> | ((made: Record<string, string>) => Record<string, string>);
  carrier?: 'in-process' | 'bull';
  simulator?: SimulatorOptions;
  /** URL of a PostgreSQL of the spec's own, to be broken; by default that of the run. */
  postgres?: string;
}

export type KeyName = 'noc' | 'reviewer1' | 'reviewer2' | 'lead' | 'admin';

export interface Answer<T> {
  status: number;
  headers: Headers;
  /** Parsed when it is JSON, else the text. */
  body: T;
}

export interface Desk {
  url: string;
  settings: Record<string, string>;
  keys: Record<KeyName, string>;
  staff: { name: string; email: string; password: string; role: string }[];
  /** Door for claims by mail. */
  smtp: { host: string; port: number };
  mailbox: string;
  database: TestDatabase;
  simulator: RunningSimulator;
  sink: SmtpSink;
  /** A call of the API with the key of this name; null for none. */
  call<T = Record<string, unknown>>(method: string, path: string, body?: unknown, key?: KeyName | null, headers?: Record<string, string>): Promise<Answer<T>>;
  cli(args: string[], input?: string | Buffer): ReturnType<typeof runCli>;
  /** All that the running process wrote. */
  output(): string;
  /** Ends the application, by default at once and without a word (SIGKILL). */
  kill(signal?: NodeJS.Signals): Promise<void>;
  /** Sends a signal and waits for nothing: SIGSTOP and SIGCONT, or the first of two. */
  signal(signal: NodeJS.Signals): void;
  /** Starts it again on the same data and ports, with settings that differ this time. */
  start(differing?: Record<string, string>): Promise<void>;
  /** How the running process ends, when it does. */
  ended(): Promise<number | NodeJS.Signals | null>;
  stop(): Promise<void>;
}

const KEYS: KeyName[] = ['noc', 'reviewer1', 'reviewer2', 'lead', 'admin'];

/** The built application as its own process, with a database, a simulator and an SMTP sink of its own. Stop it in afterAll. */
export async function startDesk(options: DeskOptions = {}): Promise<Desk> {
  ensureBuilt();
  const started: (() => Promise<unknown>)[] = [];
  try {
    return await start(options, started);
  } catch (error) {
    await endAll(started);
    throw error;
  }
}

/** Ends in the opposite order what was started; each gets its turn, whatever the others do: what stays open keeps a test from ending. @returns what went wrong */
async function endAll(started: (() => Promise<unknown>)[]): Promise<unknown[]> {
  const failed: unknown[] = [];
  for (const end of started.splice(0).reverse()) {
    await end().catch((error: unknown) => failed.push(error));
  }
  return failed;
}

async function start(options: DeskOptions, started: (() => Promise<unknown>)[]): Promise<Desk> {
  /** Notes how a thing is ended as soon as it runs, so that what started beside one that failed is ended too. */
  const ended = async <T>(thing: Promise<T>, end: (of: T) => Promise<unknown>): Promise<T> => {
    const running = await thing;
    started.push(() => end(running));
    return running;
  };
  const first = ended(testDatabase(options.postgres), (of) => of.drop());
  const second = ended(startSmtpSink(), (of) => of.close());
  const third = options.carrier === 'bull' ? ended(startRedis(), (of) => of.stop()) : Promise.resolve(null);
  await Promise.allSettled([first, second, third]);
  const [database, sink, redis] = await Promise.all([first, second, third]);
  const [port, mailPort] = [await freePort(), await freePort()];
  const url = `http://127.0.0.1:${port}`;
  const keys = Object.fromEntries(KEYS.map((name) => [name, `ubd_${randomBytes(24).toString('base64url')}`])) as Record<KeyName, string>;
  const simulator = await ended(startSimulator({ liftSeconds: 0.2, deskUrl: url, deskApiKey: keys.noc, ...options.simulator }), (of) => of.stop());
  const made: Record<string, string> = {
    NODE_ENV: 'test', HOST: '127.0.0.1', PORT: String(port), PUBLIC_URL: url, DATABASE_URL: database.url, DATA_DIR: NO_DATA_DIR, SECRET: randomBytes(32).toString('hex'),
    SMTP_URL: sink.url, MAIL_LISTEN: `smtp://127.0.0.1:${mailPort}`, MAIL_DOMAIN: 'desk.example', MAIL_FROM: 'Unblock desk <unblock@desk.example>',
    NOC_URL: simulator.url, NOC_TOKEN: simulator.token, NOC_WEBHOOK_SECRET: simulator.webhookSecret, NOC_LAUNCH_KEY: simulator.launchKey,
    DNS_SERVERS: simulator.dns, UNDO_SECONDS: '0.5', LOG_LEVEL: 'info', ...(redis ? { REDIS_URL: redis.url } : {}),
  };
  const settings = { ...made, ...(typeof options.settings === 'function' ? options.settings(made) : options.settings) };
  // A proxy of this process stands still while a command is waited for: commands go straight to the database.
  const direct = { ...settings, DATABASE_URL: database.url };
  const migrated = options.postgres ? runCli(direct, ['migrate']) : null;
  if (migrated && migrated.status !== 0) {
    throw new Error(`migrate did not succeed:\n${migrated.stdout}${migrated.stderr}`);
  }
  const seeded = runCli(direct, ['seed-demo'], JSON.stringify({ password: 'desk-password', keys }));
  if (seeded.status !== 0) {
    throw new Error(`seed-demo did not succeed:\n${seeded.stdout}${seeded.stderr}`);
  }
  let running: DeskProcess | null = await startProcess(settings);
  const end = async (signal: NodeJS.Signals): Promise<void> => {
    running?.kill(signal);
    await running?.exited;
    running = null;
  };
  return {
    url, settings, keys, database, simulator, sink,
    staff: (JSON.parse(seeded.stdout) as Pick<Desk, 'staff'>).staff,
    smtp: { host: '127.0.0.1', port: mailPort },
    mailbox: 'unblock@desk.example',
    call: (method, path, body, key = 'noc', headers = {}) => call(url + path, method, body, { ...(key ? { authorization: `Bearer ${keys[key]}` } : {}), ...headers }),
    cli: (args, input) => runCli(direct, args, input),
    output: () => running?.output() ?? '',
    kill: (signal = 'SIGKILL') => end(signal),
    signal: (signal) => running?.kill(signal),
    start: async (differing = {}) => {
      running = await startProcess({ ...settings, ...differing });
    },
    ended: async () => (running ? running.exited : null),
    stop: async () => {
      await end('SIGTERM');
      const failed = await endAll(started);
      if (failed.length > 0) {
        throw new AggregateError(failed, 'The desk did not end cleanly.');
      }
    },
  };
}

async function call<T>(url: string, method: string, body: unknown, headers: Record<string, string>): Promise<Answer<T>> {
  const raw = typeof body === 'string' || Buffer.isBuffer(body);
  const sent = body === undefined ? undefined : raw ? (body as string) : JSON.stringify(body);
  const type: Record<string, string> = sent === undefined ? {} : { 'content-type': raw ? 'message/rfc822' : 'application/json' };
  const answer = await fetch(url, { method, body: sent, headers: { ...type, ...headers }, redirect: 'manual', signal: AbortSignal.timeout(30_000) });
  const text = await answer.text();
  const json = /json/.test(answer.headers.get('content-type') ?? '');
  return { status: answer.status, headers: answer.headers, body: (json && text !== '' ? JSON.parse(text) : text) as T };
}
