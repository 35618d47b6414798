import { Agent, request as plain, type IncomingMessage } from 'node:http';
import { Agent as SecureAgent, request as secure } from 'node:https';
import { setTimeout as wait } from 'node:timers/promises';

/** Why there is no answer. `detail` is one line for staff. */
export interface FetchFailure {
  ok: false;
  error: 'timeout' | 'unreachable' | 'nonsense';
  detail: string;
}

/** No answer that we wait for is longer. In bytes. */
export const ANSWER_LIMIT = 1024 * 1024;

export interface Call {
  method: 'GET' | 'POST';
  url: string;
  headers: Record<string, string>;
  body?: string;
  /** for the whole call, its last byte included */
  milliseconds: number;
}

export interface Answer {
  status: number;
  /** one field by its name, in any case; null when it is not there */
  headers: { get(name: string): string | null };
  text: string;
}

/** The connection was closed before an answer: often only one that both sides had kept open too long. */
const CUT = ['ECONNRESET', 'EPIPE'];
/** Connections are kept, as many as calls are under way. The client of Node's own core: `fetch` costs three times as much a call. */
const KEPT = { keepAlive: true, maxSockets: 64, maxFreeSockets: 16, timeout: 30_000 };
const [PLAIN, SECURE] = [new Agent(KEPT), new SecureAgent(KEPT)];

/**
 * One HTTP call with a limit of time and of size. Follows no redirect: an order goes where the settings say. A reading whose
 * connection was cut is asked once more; an order never is.
 */
export async function boundedFetch(call: Call): Promise<Answer | FetchFailure> {
  const first = await once(call);
  if ('status' in first || call.method !== 'GET' || !CUT.includes(first.code)) {
    return 'status' in first ? first : first.failure;
  }
  await wait(10);
  const second = await once(call);
  return 'status' in second ? second : second.failure;
}

type Outcome = Answer | { failure: FetchFailure; code: string };

function once({ method, url, headers, body, milliseconds }: Call): Promise<Outcome> {
  return new Promise((settle) => {
    const failed = (error: FetchFailure['error'], detail: string, code = ''): void => end({ failure: { ok: false, error, detail }, code });
    const broken = (error: NodeJS.ErrnoException): void => failed('unreachable', error.code ? `could not be reached or hung up (${error.code})` : error.message, error.code);
    let abort: (() => void) | undefined;
    const end = (outcome: Outcome): void => {
      clearTimeout(timer);
      settle(outcome);
      if (!('status' in outcome)) {
        abort?.();
      }
    };
    const timer = setTimeout(() => failed('timeout', `no whole answer within ${milliseconds / 1000} s`), milliseconds);
    try {
      const tls = url.startsWith('https:');
      const call = (tls ? secure : plain)(url, { method, headers, agent: tls ? SECURE : PLAIN }, (response) => {
        void read(response).then((text) => (text === null ? failed('nonsense', `answered ${response.statusCode ?? 0} with more than 1 MB`) : end({ status: response.statusCode ?? 0, headers: fields(response), text })), broken);
      });
      abort = () => void call.destroy();
      call.on('error', broken);
      call.end(body);
    } catch (error) {
      broken(error as Error); // an address or a field that is none
    }
  });
}

/** Read when somebody asks for one: Node makes an object of them only then. */
const fields = (response: IncomingMessage): Answer['headers'] => ({
  get: (name) => {
    const value = response.headers[name.toLowerCase()];
    return value === undefined ? null : Array.isArray(value) ? value.join(', ') : value;
  },
});

/** The body as text, or null when it is too long: then the rest is not read. */
function read(response: IncomingMessage): Promise<string | null> {
  return new Promise((done, failed) => {
    const chunks: Buffer[] = [];
    let size = 0;
    response.on('data', (chunk: Buffer) => {
      size += chunk.length;
      if (size > ANSWER_LIMIT) {
        done(null);
      } else {
        chunks.push(chunk);
      }
    });
    response.on('end', () => done(Buffer.concat(chunks).toString('utf8'))).on('error', failed);
  });
}
