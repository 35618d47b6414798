import type { INestApplicationContext } from '@nestjs/common';
import { randomUUID } from 'node:crypto';
import { DataSource } from 'typeorm';
import { AuthModule } from '../../src/auth/auth.module';
import type { StaffRole } from '../../src/auth/staff-member.entity';
import type { Evidence } from '../../src/core/evidence/evidence';
import { SubmitService } from '../../src/evidence/submit.service';
import { Transactions } from '../../src/platform/database/transactions';
import { PagesModule } from '../../src/platform/http/pages.module';
import { ReviewModule } from '../../src/review/review.module';
import type { Proposal } from '../../src/review/review.service';
import type { Person } from '../../src/review/staff-of';
import type { Ticket, TicketChanges } from '../../src/tickets/ticket.entity';
import { TicketsService } from '../../src/tickets/tickets.service';
import { spine } from './spine';

export const NOC = { kind: 'noc' as const, id: 'key', name: 'NOC' };
/** The jobs that the room of the reviewers does itself. */
export const REVIEW_JOBS = ['remember-ticket', 'decide-in-incident'] as const;
const MACHINE = { kind: 'system' as const, id: null, name: 'the desk' };

export interface ReviewRoom {
  app: INestApplicationContext;
  source: DataSource;
  staff(name: string, role: StaffRole, accountIds?: string[]): Promise<Person>;
  /** a ticket that waits for review */
  queued(more?: { kind?: 'spam' | 'hack'; accountId?: string; name?: string; ip?: string; tier?: string; evidence?: Evidence; changes?: TicketChanges }): Promise<Ticket>;
  eventsOf(id: string): Promise<string[]>;
}

/** The room of the reviewers on a real database, with people and tickets. */
export async function reviewRoom(databaseUrl: string, settings: Record<string, string> = {}): Promise<ReviewRoom> {
  const app = await spine(databaseUrl, { UNDO_SECONDS: '60', ...settings }, [PagesModule, AuthModule, ReviewModule], REVIEW_JOBS);
  const source = app.get(DataSource);
  let n = 0;
  return {
    app, source,
    staff: async (name, role, accountIds = []) => {
      const id = randomUUID();
      await source.query('insert into staff_member (id, email, name, role, password_hash, account_ids) values ($1, $2, $3, $4, $5, $6)', [id, `${id}@desk.example`, name, role, 'none', accountIds]);
      return { staff: { id, name, email: `${id}@desk.example`, role, accountIds }, actor: { kind: 'reviewer', id, name } };
    },
    queued: async (more = {}) => {
      n += 1;
      const { ticket } = await app.get(SubmitService).submit({
        claim: 'mistake', channel: 'noc', account: { id: more.accountId ?? 'A-1', email: 'ops@shop.example', name: more.name ?? `Shop ${n}`, ...(more.tier ? { tier: more.tier } : {}) },
        block: { ip: more.ip ?? `192.0.2.${(n % 250) + 1}`, kind: more.kind ?? 'spam', blockedAt: '2026-11-20T08:41:07Z', blockId: randomUUID(), detections: [{ at: '2026-11-20T08:40:00Z', messageId: `<m${n}@shop.example>`, rule: 'URL_REPUTATION', subject: 'Order 17' }] },
        evidence: more.evidence ?? { headers: 'Message-ID: <a@shop.example>', explanation: 'Nightly backups to our own server, see the log.', logs: 'sshd: accepted' },
      }, NOC);
      return app.get(Transactions).run((tx) => app.get(TicketsService).apply(tx, ticket.id, 'analysed', MACHINE, { changes: { assessment: 'mixed', ...more.changes } }));
    },
    eventsOf: async (id) => ((await source.query('select event from audit_entry where ticket_id = $1 order by id', [id])) as { event: string }[]).map((row) => row.event),
  };
}

export const proposal = (ticket: Pick<Ticket, 'version'>, more: Partial<Proposal> = {}): Proposal => ({
  version: ticket.version, outcome: 'lift', reasons: ['transactional_burst'], statement: 'These were order confirmations of your shop.', requiredFixes: [], liftWhenVerified: false, ...more,
});
