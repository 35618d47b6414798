import { boundedFetch } from '../../platform/http/bounded-fetch';

/** Every answer has to be whole by then; the desk waits no longer for a reading. In milliseconds. */
export const PATIENCE_MS = 5_000;
/** From here on it is worth a word. */
export const SLOW_MS = 1_500;

export interface Heard {
  /** 0 where there was no answer that could be used */
  status: number;
  body: unknown;
  type: string;
  retryAfter: string | null;
  location: string | null;
  milliseconds: number;
  /** why there was no answer */
  failure: string | null;
}

export interface Asked { token?: string | null; key?: string; body?: object }

/** Calls a NOC as the desk does: a bearer token, a time limit, no redirect followed, at most 1 MB read. */
export class Caller {
  readonly heard: { what: string; answer: Heard }[] = [];

  constructor(private readonly url: string, private readonly token: string) {
    this.url = url.replace(/\/+$/, '');
  }

  /** `token` null: none at all; absent: the right one. */
  async ask(method: 'GET' | 'POST', path: string, { token, key, body }: Asked = {}): Promise<Heard> {
    const began = performance.now();
    const bearer = token === undefined ? this.token : token;
    const answer = await boundedFetch({
      method, url: this.url + path, milliseconds: PATIENCE_MS, body: body && JSON.stringify(body),
      headers: { accept: 'application/json', ...(bearer === null ? {} : { authorization: `Bearer ${bearer}` }), ...(key ? { 'idempotency-key': key } : {}), ...(body ? { 'content-type': 'application/json' } : {}) },
    });
    const milliseconds = Math.round(performance.now() - began);
    const heard: Heard = 'status' in answer
      ? { status: answer.status, body: json(answer.text), type: answer.headers.get('content-type') ?? '', retryAfter: answer.headers.get('retry-after'), location: answer.headers.get('location'), milliseconds, failure: null }
      : { status: 0, body: undefined, type: '', retryAfter: null, location: null, milliseconds, failure: answer.detail };
    this.heard.push({ what: `${method} ${path}`, answer: heard });
    return heard;
  }
}

function json(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}
