import type { Block, Claim } from '../../src/core/ticket/block';
import type { Evidence } from '../../src/core/evidence/evidence';
import type { State } from '../../src/core/ticket/states';
import type { LedgerEntry } from '../../src/simulator/types';
import type { TicketJson } from '../../src/tickets/ticket.view';
import type { Answer, Desk } from './desk';
import { simulatorClient } from './simulator-client';
import type { SunkMail } from './smtp-sink';
import { waitFor } from './wait-for';

const LATE = 60_000;

export interface Decided {
  id: string;
  state: string;
}

interface Told {
  id: string;
  cursor: string;
  type: string;
  timestamp: string;
  data: { ref: string; event: string; from: State | null; to: State };
}

/** A desk as customers, reviewers and the NOC meet it from outside, and what every journey must leave behind. */
export function journey(desk: Desk) {
  const noc = simulatorClient(desk.simulator);
  const read = async (ref: string, key: 'noc' | 'reviewer1' = 'reviewer1'): Promise<TicketJson> => (await desk.call<TicketJson>('GET', `/api/v1/tickets/${ref}`, undefined, key)).body;
  const until = (ref: string, ...states: State[]): Promise<TicketJson> => waitFor(`${ref} to be ${states.join(' or ')}`, async () => {
    const ticket = await read(ref);
    return states.includes(ticket.state) ? ticket : null;
  }, LATE);
  const block = async (ip: string): Promise<Block> => {
    const [newest] = (await noc.get<Block[]>(`/addresses/${ip}/blocks`)).body;
    if (!newest) {
      throw new Error(`The simulator has no block of ${ip}.`);
    }
    return newest;
  };
  /** Names of the invariants that are broken, with how many rows break them. */
  const broken = async (): Promise<string[]> => {
    const { status, body } = await desk.call<string>('GET', '/metrics', undefined, 'admin');
    const lines = body.split('\n').filter((line) => line.startsWith('desk_invariant_violations{'));
    expect([status, lines.length]).toEqual([200, 8]);
    return lines.filter((line) => !line.endsWith(' 0'));
  };
  return {
    noc, read, until, block, broken,

    /** A new address of an account, blocked for spam an hour ago: for a ticket that nothing else touches. */
    blocked: async (ip: string, accountId: string, kind: 'spam' | 'hack' = 'spam'): Promise<Block> => {
      await noc.put(`/addresses/${ip}`, { accountId, assignedSince: new Date(Date.now() - 90 * 86_400_000).toISOString() });
      const at = new Date(Date.now() - 3_600_000).toISOString();
      const made = await noc.post<Block>('/blocks', { ip, kind, blockedAt: at, detections: [{ at, messageId: '<a@shop.example>', rule: 'SECRET_RULE', score: 7.7, subject: 'Order 17' }] });
      return made.body;
    },

    /** What the customer pastes for a block of the simulator's first world. */
    headersOf: async (ip: string): Promise<string> => (await noc.get<{ headers: string }[]>(`/samples?ip=${ip}`)).body[0]?.headers ?? '',

    /** The NOC hands a rejected unblock over. */
    handOver: async (of: Block, accountId: string, claim: Claim, evidence: Evidence, externalRef?: string): Promise<TicketJson> => {
      const { body: account } = await noc.get<{ id: string; email: string; name: string }>(`/accounts/${accountId}`);
      const answer = await desk.call<TicketJson>('POST', '/api/v1/rejected-unblocks', {
        block: of, account: { id: account.id, email: account.email, name: account.name }, rejection: { reason: 'evidence_required', message: 'Evidence is needed.' }, claim, evidence,
        ...(externalRef ? { externalRef } : {}),
      });
      expect([answer.status, answer.body]).toEqual([201, expect.objectContaining({ ref: expect.stringMatching(/^UB-[0-9A-Z]{4}-[0-9A-Z]{4}$/) as string })]);
      return answer.body;
    },

    /** Waits until the ticket is in the queue, and takes it. */
    take: async (ref: string, key: 'reviewer1' | 'reviewer2' = 'reviewer1'): Promise<TicketJson> => {
      await until(ref, 'queued');
      const answer = await desk.call<TicketJson>('POST', `/api/v1/tickets/${ref}/take`, {}, key);
      expect([answer.status, answer.body]).toEqual([200, expect.objectContaining({ state: 'in_review', stateLabel: 'Under review' })]);
      return answer.body;
    },

    decide: (ticket: { ref: string; version: number }, decision: Record<string, unknown>, key: 'reviewer1' | 'reviewer2' = 'reviewer1'): Promise<Answer<Decided>> =>
      desk.call<Decided>('POST', `/api/v1/tickets/${ticket.ref}/decisions`, { version: ticket.version, ...decision }, key),

    ledger: async (ip: string): Promise<LedgerEntry[]> => (await noc.get<LedgerEntry[]>('/ledger')).body.filter((entry) => entry.ip === ip),

    /** Waits until no work of this ticket is due any more; what waits for a later day may wait. */
    settled: (ref: string) => waitFor(`the work of ${ref} to be done`, async () => {
      const rows = await desk.database.query(
        `select o.job, o.what, o.state, o.last_error from outbox_message o join ticket t on t.id = o.ticket_id where t.ref = $1 and o.state <> 'done' and o.due_at < now() + interval '2 seconds'`, [ref],
      );
      return rows.length === 0 || null;
    }, LATE),

    /** The mails about this ticket, in the order in which they arrived. */
    mails: (ref: string): SunkMail[] => desk.sink.mails.filter((mail) => mail.subject.includes(`[${ref}]`)),

    /** The feed of events, page by page; only this ticket's where one is named. */
    feed: async (ref?: string): Promise<Told[]> => {
      const told: Told[] = [];
      for (let after = '0'; ; ) {
        const { status, body } = await desk.call<{ items: Told[]; next: string }>('GET', `/api/v1/events?after=${after}&limit=3`);
        expect(status).toBe(200);
        told.push(...body.items);
        if (body.items.length === 0) {
          return told.filter((event) => !ref || event.data.ref === ref);
        }
        after = body.next;
      }
    },

    audit: (ref: string) => desk.database.query<{ event: string; by_kind: string; by_name: string; to_state: State | null }>(
      `select a.event, a.by_kind, a.by_name, a.to_state from audit_entry a join ticket t on t.id = a.ticket_id where t.ref = $1 order by a.id`, [ref],
    ),

    /** Waits until no invariant is broken: what an outage held up is late until it has been worked off. */
    mended: () => waitFor('no invariant to be broken', async () => {
      const names = await broken();
      return names.length === 0 || Promise.reject(new Error(names.join()));
    }, 90_000),
  };
}
