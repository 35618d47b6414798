import { createHmac, timingSafeEqual } from 'node:crypto';
import type { IncomingHttpHeaders } from 'node:http';

const KEPT = 200;
const TOLERANCE_SECONDS = 300;

export interface Received {
  id: string;
  at: string;
  type: string;
  body: unknown;
}

/** The desk's webhooks, as Standard Webhooks asks of a receiver: signature over `id.timestamp.body`, five minutes of tolerance, each id once. */
export class Webhooks {
  readonly received: Received[] = [];

  constructor(private readonly secret: string) {}

  /** Takes one delivery; answers why it is refused, or null where it is good (a repetition is good, and kept once). */
  take(headers: IncomingHttpHeaders, raw: Buffer): string | null {
    const id = String(headers['webhook-id'] ?? '');
    const time = String(headers['webhook-timestamp'] ?? '');
    if (!id || !/^\d{1,12}$/.test(time)) {
      return 'webhook-id or webhook-timestamp is missing';
    }
    if (Math.abs(Date.now() / 1000 - Number(time)) > TOLERANCE_SECONDS) {
      return 'webhook-timestamp is more than five minutes away';
    }
    const expected = createHmac('sha256', keyOf(this.secret)).update(`${id}.${time}.`).update(raw).digest();
    const given = String(headers['webhook-signature'] ?? '').split(' ').filter((s) => s.startsWith('v1,')).map((s) => Buffer.from(s.slice(3), 'base64'));
    if (!given.some((s) => s.length === expected.length && timingSafeEqual(s, expected))) {
      return 'webhook-signature does not match';
    }
    if (!this.received.some((r) => r.id === id)) {
      this.keep(id, raw);
    }
    return null;
  }

  private keep(id: string, raw: Buffer): void {
    const body: unknown = parse(raw.toString());
    const type = typeof body === 'object' && body !== null && 'type' in body ? String(body.type) : 'unknown';
    this.received.unshift({ id, at: new Date().toISOString(), type, body });
    this.received.length = Math.min(this.received.length, KEPT);
  }
}

/** Standard Webhooks writes a secret as `whsec_` and base64; any other text is the key itself. */
function keyOf(secret: string): Buffer {
  return secret.startsWith('whsec_') ? Buffer.from(secret.slice(6), 'base64') : Buffer.from(secret);
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}
