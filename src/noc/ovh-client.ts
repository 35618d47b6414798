import { createHash } from 'node:crypto';
import type { z } from 'zod';
import { boundedFetch, type Answer } from '../platform/http/bounded-fetch';
import type { NocAnswer, NocFailure } from './noc.driver';
import { accessToken, problem, serverTime } from './ovh.schema';

/** An application key with its consumer key, or a service account of OAuth2. None of it is ever part of a message. */
export type OvhCredentials = { appKey: string; appSecret: string; consumerKey: string } | { clientId: string; clientSecret: string; tokenUrl: string };

/** Milliseconds for a whole call. */
export interface OvhLimits { read: number; order: number }

/** How long a measured clock difference is believed, and how long before its end a token is renewed. In milliseconds. */
const DRIFT_MS = 3_600_000;
const EARLY_MS = 60_000;
/** How a server says that it does not accept when, or by whom, a call was signed. */
const SIGNED_WRONGLY = /timestamp|signature|token/i;

/** Calls of OVHcloud's API v1, signed. A call whose signature was too old is made once more with a clock read anew: it did not act. */
export class OvhClient {
  private drift: { seconds: number; at: number } | undefined;
  private token: { text: string; until: number } | undefined;

  constructor(private readonly endpoint: string, private readonly credentials: OvhCredentials, private readonly limits: OvhLimits) {
    this.endpoint = endpoint.replace(/\/+$/, '');
  }

  /** `path` begins with a slash and is encoded already: a block's own slash is %2F. */
  async call<T extends z.ZodType>(method: 'GET' | 'POST', path: string, shape: T): Promise<NocAnswer<z.output<T>>> {
    const first = await this.once(method, path);
    const again = 'status' in first && [400, 401, 403].includes(first.status) && SIGNED_WRONGLY.test(problem.parse(json(first.text)).message);
    if (again) {
      this.drift = undefined;
      this.token = undefined;
    }
    return understand(again ? await this.once(method, path) : first, shape);
  }

  private async once(method: 'GET' | 'POST', path: string): Promise<Answer | NocFailure> {
    const url = this.endpoint + path;
    const headers = await this.headers(method, url);
    return 'ok' in headers ? headers : boundedFetch({ method, url, headers: headers.values, milliseconds: method === 'GET' ? this.limits.read : this.limits.order });
  }

  private async headers(method: string, url: string): Promise<{ values: Record<string, string> } | NocFailure> {
    const accept = { accept: 'application/json' };
    if ('clientId' in this.credentials) {
      const token = await this.bearer(this.credentials);
      return typeof token === 'string' ? { values: { ...accept, authorization: `Bearer ${token}` } } : token;
    }
    const { appKey, appSecret, consumerKey } = this.credentials;
    const drift = await this.measured();
    if (typeof drift !== 'number') {
      return drift;
    }
    const at = Math.floor(Date.now() / 1000) + drift;
    const signature = `$1$${createHash('sha1').update([appSecret, consumerKey, method, url, '', at].join('+')).digest('hex')}`;
    return { values: { ...accept, 'x-ovh-application': appKey, 'x-ovh-consumer': consumerKey, 'x-ovh-timestamp': String(at), 'x-ovh-signature': signature } };
  }

  /** How many seconds the server's clock is ahead of ours. */
  private async measured(): Promise<number | NocFailure> {
    if (!this.drift || Date.now() - this.drift.at > DRIFT_MS) {
      const answer = understand(await boundedFetch({ method: 'GET', url: `${this.endpoint}/auth/time`, headers: { accept: 'application/json' }, milliseconds: this.limits.read }), serverTime);
      if (!answer.ok) {
        return answer;
      }
      this.drift = { seconds: answer.value - Math.floor(Date.now() / 1000), at: Date.now() };
    }
    return this.drift.seconds;
  }

  private async bearer({ clientId, clientSecret, tokenUrl }: Extract<OvhCredentials, { clientId: string }>): Promise<string | NocFailure> {
    if (!this.token || Date.now() > this.token.until - EARLY_MS) {
      const body = new URLSearchParams({ grant_type: 'client_credentials', client_id: clientId, client_secret: clientSecret, scope: 'all' }).toString();
      const answer = understand(await boundedFetch({ method: 'POST', url: tokenUrl, body, headers: { 'content-type': 'application/x-www-form-urlencoded', accept: 'application/json' }, milliseconds: this.limits.read }), accessToken);
      if (!answer.ok) {
        return { ...answer, error: answer.error === 'not_found' ? 'refused' : answer.error, detail: `no token: ${answer.detail}` };
      }
      this.token = { text: answer.value.access_token, until: Date.now() + answer.value.expires_in * 1000 };
    }
    return this.token.text;
  }
}

function understand<T extends z.ZodType>(answer: Answer | NocFailure, shape: T): NocAnswer<z.output<T>> {
  if ('ok' in answer) {
    return answer;
  }
  const body = json(answer.text);
  if (answer.status >= 200 && answer.status < 300) {
    const read = shape.safeParse(body);
    return read.success ? { ok: true, value: read.data } : { ok: false, error: 'nonsense', detail: `answered ${answer.status} with an unknown shape` };
  }
  const { message } = problem.parse(body);
  const detail = [`answered ${answer.status}`, message.replace(/[^\x20-\x7e]+/g, ' ').slice(0, 160)].filter(Boolean).join(', ');
  const wait = early(message) ?? Number(answer.headers.get('retry-after') ?? NaN);
  const seconds = Number.isFinite(wait) ? { retryAfterSeconds: wait } : {};
  if (early(message) !== undefined) {
    return { ok: false, error: 'too_early', detail, ...seconds };
  }
  switch (answer.status) {
    case 404:
      // Only the API's own word is "there is none": a proxy's page says nothing about a block.
      return { ok: false, error: message === '' ? 'nonsense' : 'not_found', detail };
    case 429: case 503:
      return { ok: false, error: 'busy', detail, ...seconds };
    default:
      return { ok: false, error: answer.status >= 500 ? 'failed' : answer.status >= 400 ? 'refused' : 'nonsense', detail };
  }
}

/** "This IP address is still blocked for 129 seconds" comes with a status that is written down nowhere. */
function early(message: string): number | undefined {
  const seconds = /still blocked for (\d{1,8}) seconds?/i.exec(message)?.[1];
  return seconds === undefined ? undefined : Number(seconds);
}

function json(text: string): unknown {
  try {
    return text === '' ? null : (JSON.parse(text) as unknown);
  } catch {
    return undefined;
  }
}
