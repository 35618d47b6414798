import type { z } from 'zod';
import type { Account, Block } from '../core/ticket/block';
import { boundedFetch, type Answer } from '../platform/http/bounded-fetch';
import { NocDriver, type ExceptionOrder, type HeldAddress, type LiftOrder, type NocAccount, type NocAnswer, type NocException, type NocFailure } from './noc.driver';
import { accounts, blocks, exception, heldAddress, lifted, nocAccount, refusal } from './noc.schema';

/** Milliseconds for a whole call. */
export interface Limits {
  read: number;
  order: number;
}
const LIMITS: Limits = { read: 5_000, order: 10_000 };
/** When a NOC says "too early" and not how long, in seconds. */
const TOO_EARLY_SECONDS = 300;
const LONGEST_WAIT_SECONDS = 30 * 86_400;

/** A NOC that speaks our contract over HTTP (section 4). */
export class HttpDriver extends NocDriver {
  constructor(
    private readonly base: string,
    private readonly token: string,
    private readonly limits: Limits = LIMITS,
  ) {
    super();
    this.base = base.replace(/\/+$/, '');
  }

  holder(ip: string): Promise<NocAnswer<HeldAddress>> {
    return this.read(`/addresses/${encodeURIComponent(ip)}`, heldAddress);
  }

  account(id: string): Promise<NocAnswer<NocAccount>> {
    return this.read(`/accounts/${encodeURIComponent(id)}`, nocAccount);
  }

  accountsByEmail(email: string): Promise<NocAnswer<Account[]>> {
    return this.read(`/accounts?email=${encodeURIComponent(email)}`, accounts);
  }

  blocks(ip: string): Promise<NocAnswer<Block[]>> {
    return this.read(`/addresses/${encodeURIComponent(ip)}/blocks`, blocks);
  }

  async lift({ ip, kind, idempotencyKey, ...body }: LiftOrder): Promise<NocAnswer<'unblocking' | 'unblocked'>> {
    const answer = await this.order(`/addresses/${encodeURIComponent(ip)}/blocks/${kind}/lift`, body, idempotencyKey, lifted);
    return answer.ok ? { ok: true, value: answer.value.state } : answer;
  }

  async orderException({ ip, idempotencyKey, ...body }: ExceptionOrder): Promise<NocAnswer<NocException>> {
    const answer = await this.order(`/addresses/${encodeURIComponent(ip)}/exceptions`, body, idempotencyKey, exception);
    return !answer.ok && answer.error === 'not_found' ? { ...answer, error: 'not_offered' } : answer;
  }

  private async read<T extends z.ZodType>(path: string, shape: T): Promise<NocAnswer<z.output<T>>> {
    return understand(await boundedFetch({ method: 'GET', url: this.base + path, headers: this.headers(), milliseconds: this.limits.read }), shape);
  }

  private async order<T extends z.ZodType>(path: string, body: object, key: string, shape: T): Promise<NocAnswer<z.output<T>>> {
    const headers = { ...this.headers(), 'content-type': 'application/json', 'idempotency-key': key };
    return understand(await boundedFetch({ method: 'POST', url: this.base + path, headers, body: JSON.stringify(body), milliseconds: this.limits.order }), shape);
  }

  private headers(): Record<string, string> {
    return { authorization: `Bearer ${this.token}`, accept: 'application/json' };
  }
}

/** An answer as a value; whatever is not what the contract says is `nonsense`, never a success. */
function understand<T extends z.ZodType>(answer: Answer | NocFailure, shape: T): NocAnswer<z.output<T>> {
  if ('ok' in answer) {
    return answer;
  }
  const body = json(answer.text);
  if (answer.status < 200 || answer.status > 299) {
    return refused(answer, body);
  }
  const read = shape.safeParse(body);
  return read.success ? { ok: true, value: read.data } : { ok: false, error: 'nonsense', detail: `answered ${answer.status} with ${body === undefined ? 'something that is no JSON' : `an unknown shape (${where(read.error)})`}` };
}

function refused({ status, headers }: Answer, body: unknown): NocFailure {
  const { code, message, blockedAt, retryAfterSeconds } = refusal.parse(body);
  const detail = [`answered ${status}`, plain(code), plain(message)].filter(Boolean).join(', ');
  const seconds = bounded(retryAfterSeconds ?? retryAfter(headers.get('retry-after')));
  switch (status) {
    case 404:
      return { ok: false, error: 'not_found', detail };
    case 403:
      return { ok: false, error: code === 'not_owner' ? 'not_owner' : 'refused', detail };
    case 409:
      return code === 'newer_block' ? { ok: false, error: 'newer_block', detail, blockedAt } : { ok: false, error: 'refused', detail };
    case 425:
      return { ok: false, error: 'too_early', detail, retryAfterSeconds: seconds ?? TOO_EARLY_SECONDS };
    case 429:
    case 503:
      return { ok: false, error: 'busy', detail, retryAfterSeconds: seconds };
    case 501:
      return { ok: false, error: 'not_offered', detail };
    default:
      return status >= 500 ? { ok: false, error: 'failed', detail, retryAfterSeconds: seconds } : { ok: false, error: status >= 400 ? 'refused' : 'nonsense', detail };
  }
}

/** Seconds or a date (RFC 9110 §10.2.3). */
function retryAfter(text: string | null): number | undefined {
  if (text === null || text.trim() === '') {
    return undefined;
  }
  const seconds = /^\d+$/.test(text.trim()) ? Number(text) : (Date.parse(text) - Date.now()) / 1000;
  return Number.isFinite(seconds) ? seconds : undefined;
}

const bounded = (seconds: number | undefined): number | undefined => (seconds === undefined ? undefined : Math.min(Math.max(Math.ceil(seconds), 0), LONGEST_WAIT_SECONDS));

function json(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}

const where = (error: z.ZodError): string => error.issues.slice(0, 2).map((issue) => `${issue.path.join('.') || 'body'}: ${issue.code}`).join('; ');
/** The other side's words, for a line that staff read: printable and short. */
const plain = (text: string | undefined): string => (text ?? '').replace(/[^\x20-\x7e]+/g, ' ').slice(0, 160);
