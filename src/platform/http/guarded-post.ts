import { lookup as systemLookup, type LookupAddress } from 'node:dns';
import { request as http, type IncomingMessage } from 'node:http';
import { request as https } from 'node:https';
import { mayConnect } from './public-address';

export interface GuardedCall {
  url: string;
  headers: Record<string, string>;
  body: string;
  milliseconds: number;
  /** networks that are allowed although they are not public; plain http is allowed there too */
  networks: readonly string[];
}

export type GuardedAnswer = { status: number; text: string } | { failure: string };
export type Lookup = (name: string, done: (error: Error | null, addresses: LookupAddress[]) => void) => void;

const KEPT = 2_000;
const system: Lookup = (name, done) => systemLookup(name, { all: true }, (error, addresses) => done(error, addresses));

/** Why a URL that an operator types is not taken; null when it may be tried. What its name resolves to is asked at every call. */
export function refusedUrl(text: string, networks: readonly string[] = []): string | null {
  const url = URL.canParse(text) ? new URL(text) : null;
  if (!url || !['https:', 'http:'].includes(url.protocol)) {
    return 'Give an address that begins with https://.';
  }
  if (url.username || url.password) {
    return 'Leave name and password out of the address: the signature says who we are.';
  }
  const host = bare(url.hostname);
  const isAddress = /^[\d.]+$|:/.test(host);
  if (isAddress && !mayConnect(host, networks)) {
    return 'This address is not public. Networks of your own are allowed by WEBHOOK_NETWORKS.';
  }
  return url.protocol === 'http:' && networks.length === 0 ? 'Give an address that begins with https://.' : null;
}

/**
 * One POST to a place that somebody typed (T36): the name is resolved once, every address of it is checked, and the connection goes to
 * a checked address and no other, so that a name cannot change its mind in between. No redirect is followed; the answer is read up to
 * 64 kB, and all of it has to come within the time limit.
 */
export function guardedPost(call: GuardedCall, resolve: Lookup = system): Promise<GuardedAnswer> {
  const why = refusedUrl(call.url, call.networks);
  if (why) {
    return Promise.resolve({ failure: why });
  }
  const url = new URL(call.url);
  return new Promise((settle) => {
    const lookup = (name: string, _options: object, done: (error: Error | null, addresses: LookupAddress[]) => void): void =>
      resolve(name, (error, addresses) => {
        const refused = addresses?.find(({ address }) => !mayConnect(address, call.networks) || (url.protocol === 'http:' && !isNamed(address, call.networks)));
        done(error ?? (refused ? new Error(`${name} leads to ${refused.address}, which is not public`) : null), addresses ?? []);
      });
    if (url.protocol === 'http:' && /^[\d.]+$|:/.test(bare(url.hostname)) && !isNamed(bare(url.hostname), call.networks)) {
      settle({ failure: 'Give an address that begins with https://.' });
      return;
    }
    const send = url.protocol === 'https:' ? https : http;
    const request = send(url, {
      method: 'POST', headers: { ...call.headers, 'content-length': Buffer.byteLength(call.body) }, lookup: lookup as never, agent: false, signal: AbortSignal.timeout(call.milliseconds),
    }, (answer) => void read(answer).then((text) => settle({ status: answer.statusCode ?? 0, text }), (error: Error) => settle({ failure: words(error, call.milliseconds) })));
    request.on('error', (error) => settle({ failure: words(error, call.milliseconds) }));
    request.end(call.body);
  });
}

/** The part of the answer that is kept for who looks at the delivery. */
async function read(answer: IncomingMessage): Promise<string> {
  let size = 0;
  const kept: Buffer[] = [];
  for await (const chunk of answer as AsyncIterable<Buffer>) {
    size += chunk.length;
    kept.push(chunk);
    if (size > 64 * 1024) {
      answer.destroy();
      break;
    }
  }
  return Buffer.concat(kept).toString('utf8').slice(0, KEPT);
}

function words(error: Error & { code?: string }, milliseconds: number): string {
  return error.name === 'AbortError' || error.name === 'TimeoutError' ? `no whole answer within ${milliseconds / 1000} s` : `could not be reached or hung up (${error.code ?? error.message})`;
}

/** Of the networks that the settings name: nothing else may be spoken to without TLS. */
const isNamed = (address: string, networks: readonly string[]): boolean => mayConnect(address, networks) && networks.length > 0 && !mayConnect(address, []) ;
const bare = (host: string): string => host.replace(/^\[|\]$/g, '');
