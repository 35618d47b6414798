import { randomUUID } from 'node:crypto';
import { SignJWT } from 'jose';
import { z } from 'zod';
import type { Block, Rejection } from '../core/ticket/block';
import type { Customer } from './types';

const TIME_LIMIT_MS = 5000;

/** What became of a call to the desk; a failure is a value. */
export type Told = { ok: true; status: number; body: unknown } | { ok: false; status: number; why: string };

const ticketSchema = z.object({ ref: z.string(), stateLabel: z.string().optional() });
const linkSchema = z.object({ url: z.string() });

/** The desk as the NOC sees it: its API (contract, section 3), and the signed launch. */
export class Desk {
  url: string | null = null;

  constructor(url: string | undefined, private apiKey: string | undefined, private readonly launchKey: string) {
    if (url) {
      this.moveTo(url);
    }
  }

  /** Where the desk is from now on; and its API key, where that is new too. */
  moveTo(url: string, apiKey?: string): void {
    this.url = url.replace(/\/+$/, '');
    this.apiKey = apiKey ?? this.apiKey;
  }

  /** Hands a rejected unblock over. The same episode and reason always carry the same key. */
  async handOver(block: Block, customer: Customer, rejection: Rejection): Promise<Told & { ticket?: { ref: string; label: string; statusUrl: string | null } }> {
    const { id, email, name, tier, language } = customer;
    const told = await this.post('/api/v1/rejected-unblocks', { block, account: { id, email, name, tier, language }, rejection }, `unblock|${block.ip}|${block.kind}|${block.blockedAt}|${rejection.reason}`);
    const ticket = told.ok ? ticketSchema.safeParse(told.body) : undefined;
    if (!ticket?.success) {
      return told;
    }
    const link = await this.post(`/api/v1/tickets/${ticket.data.ref}/status-links`, {}, randomUUID());
    const url = linkSchema.safeParse(link.ok ? link.body : null);
    return { ...told, ticket: { ref: ticket.data.ref, label: ticket.data.stateLabel ?? '', statusUrl: url.success ? url.data.url : null } };
  }

  /** Tells the desk of a block or a lift; best effort, the desk reads the NOC anyway. */
  async tell(event: 'blocked' | 'unblocked', block: Block): Promise<Told> {
    return this.post('/api/v1/block-events', { event, block }, `${event}|${block.ip}|${block.kind}|${block.blockedAt}`);
  }

  /** A launch token (contract, section 4): one use, 60 seconds. */
  async launchToken(block: Block, customer: Customer, email: string): Promise<string> {
    return new SignJWT({ email, name: customer.name, ip: block.ip, kind: block.kind, blockedAt: block.blockedAt })
      .setProtectedHeader({ alg: 'HS256', typ: 'launch+jwt' })
      .setAudience('unblock-desk').setSubject(customer.id).setJti(randomUUID()).setIssuedAt().setExpirationTime('60s')
      .sign(new TextEncoder().encode(this.launchKey));
  }

  private async post(path: string, body: object, key: string): Promise<Told> {
    if (!this.url || !this.apiKey) {
      return { ok: false, status: 0, why: this.url ? 'The simulator has no DESK_API_KEY.' : 'The simulator does not know where the desk is.' };
    }
    try {
      const answer = await fetch(this.url + path, {
        method: 'POST', body: JSON.stringify(body), redirect: 'error', signal: AbortSignal.timeout(TIME_LIMIT_MS),
        headers: { 'content-type': 'application/json', authorization: `Bearer ${this.apiKey}`, 'idempotency-key': key },
      });
      const text = await answer.text();
      return answer.ok ? { ok: true, status: answer.status, body: text ? JSON.parse(text) : null } : { ok: false, status: answer.status, why: text.slice(0, 500) };
    } catch (error) {
      return { ok: false, status: 0, why: `The desk did not answer: ${error instanceof Error ? error.message : String(error)}` };
    }
  }
}
