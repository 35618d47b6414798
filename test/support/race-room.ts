import { Module, type DynamicModule, type INestApplicationContext } from '@nestjs/common';
import { Test } from '@nestjs/testing';
import { randomUUID } from 'node:crypto';
import { DataSource } from 'typeorm';
import { AuditModule } from '../../src/audit/audit.module';
import { AuthModule } from '../../src/auth/auth.module';
import type { JobName } from '../../src/core/ticket/effects';
import type { State } from '../../src/core/ticket/states';
import { EvidenceModule } from '../../src/evidence/evidence.module';
import { LiftingModule } from '../../src/lifting/lifting.module';
import { NocDriver } from '../../src/noc/noc.driver';
import { OutboxModule } from '../../src/outbox/outbox.module';
import { OutboxService } from '../../src/outbox/outbox.service';
import { loadConfig } from '../../src/platform/config/config';
import { ConfigModule } from '../../src/platform/config/config.module';
import { DatabaseModule } from '../../src/platform/database/database.module';
import { PagesModule } from '../../src/platform/http/pages.module';
import { Log } from '../../src/platform/log';
import { ReviewModule } from '../../src/review/review.module';
import type { Person } from '../../src/review/staff-of';
import { TicketsModule } from '../../src/tickets/tickets.module';
import { NO_DATA_DIR } from './database';
import { FakeRooms, fakeRooms } from './fake-rooms';
import { LedgerNoc } from './ledger-noc';
import { ticketRows, type TicketRow } from './ticket-rows';

const REAL: JobName[] = ['order-lift', 'read-back-lift', 'remember-ticket', 'decide-in-incident'];

export interface RaceRoom {
  app: INestApplicationContext;
  source: DataSource;
  noc: LedgerNoc;
  /** The mails that left, by ticket: what a customer has read. */
  told(): { ticketId: string | null; what: string | null }[];
  person(role: 'reviewer' | 'lead'): Promise<Person>;
  /** Tickets about blocks that stand at the NOC, held by this person where they are in review. */
  tickets(count: number, state: State, holder?: Person, more?: Record<string, unknown>): Promise<TicketRow[]>;
  /** Tickets that are decided, with the order to lift them due in a day. */
  decided(count: number): Promise<TicketRow[]>;
  /** Works what is due of a ticket until nothing is, as any number of workers would. */
  workOff(ticketId: string): Promise<void>;
  stop(): Promise<void>;
}

/** Rounds that go on side by side, as people and workers do. */
const SIDE_BY_SIDE = 16;

/** One round for each ticket, some of them at any time. */
export async function rounds(tickets: TicketRow[], round: (ticket: TicketRow, i: number) => Promise<void>): Promise<void> {
  const left = tickets.entries();
  await Promise.all(Array.from({ length: SIDE_BY_SIDE }, async () => {
    for (const [i, ticket] of left) {
      await round(ticket, i);
    }
  }));
}

/**
 * Review and lifting on a real database, and a NOC that keeps a ledger. Nothing moves by itself, unless ROLES says worker: a test decides who
 * acts when. Several on one database and one NOC are so many processes.
 */
export async function raceRoom(databaseUrl: string, settings: Record<string, string> = {}, noc = new LedgerNoc()): Promise<RaceRoom> {
  const config = loadConfig({ DATABASE_URL: databaseUrl, DATA_DIR: NO_DATA_DIR, SECRET: 's'.repeat(40), NOC_URL: 'http://127.0.0.1:1', NOC_TOKEN: 'token', ROLES: 'web', LOG_LEVEL: 'silent', DATABASE_POOL: '20', ...settings });
  @Module({})
  class Room {
    static all(): DynamicModule {
      return {
        module: Room,
        imports: [ConfigModule.with(config), DatabaseModule, OutboxModule.carriedBy(config.REDIS_URL, config.ROLES.includes('worker'), config.WORKER_TAKES), PagesModule, AuditModule, AuthModule, TicketsModule, EvidenceModule, ReviewModule, LiftingModule],
        providers: [fakeRooms(REAL)],
      };
    }
  }
  const module = await Test.createTestingModule({ imports: [Room.all()] }).overrideProvider(NocDriver).useValue(noc).setLogger(new Log('silent')).compile();
  await module.init();
  const [source, outbox] = [module.get(DataSource), module.get(OutboxService)];
  const tickets: RaceRoom['tickets'] = async (count, state, holder, more = {}) => {
    const held = state === 'in_review' && holder ? { taken_by: holder.staff.id, taken_at: new Date(), lease_until: new Date(Date.now() + 3_600_000), lease_no: 1 } : {};
    const rows = await ticketRows(source, count, { state, ...held, ...more });
    rows.forEach(({ ip, accountId }) => noc.add(ip, accountId, new Date('2026-11-20T08:00:00Z')));
    return rows;
  };
  return {
    app: module, source, noc, told: () => module.get(FakeRooms).seen.filter(({ job }) => job === 'mail-customer'),
    person: async (role) => {
      const [id, name] = [randomUUID(), `Somebody ${role}`];
      await source.query(`insert into staff_member (id, email, name, role, password_hash, account_ids) values ($1, $2, $3, $4, 'none', '{}')`, [id, `${id}@desk.example`, name, role]);
      return { staff: { id, name, email: `${id}@desk.example`, role, accountIds: [] }, actor: { kind: 'reviewer', id, name } };
    },
    tickets,
    decided: async (count) => {
      const rows = await tickets(count, 'lifting');
      const ids = rows.map(({ id }) => id);
      await source.query(
        `with d as (insert into decision (id, ticket_id, outcome, reasons, statement, state, by_id, by_name, undo_until, ticket_version)
           select gen_random_uuid(), id, 'lift', '{transactional_burst}', 'Order confirmations.', 'undoable', gen_random_uuid(), 'Somebody', now(), 1 from ticket where id = any($1) returning id, ticket_id),
         t as (update ticket set decision_id = d.id, state_since = now() + interval '1 day' from d where d.ticket_id = ticket.id)
         insert into outbox_message (id, ticket_id, job, ref_id, due_at) select gen_random_uuid(), ticket_id, 'order-lift', id, now() + interval '1 day' from d`, [ids],
      );
      return rows;
    },
    workOff: async (ticketId) => {
      for (;;) {
        const rows = (await source.query(`select id from outbox_message where ticket_id = $1 and state = 'pending' and due_at <= clock_timestamp() + interval '2 seconds'`, [ticketId])) as { id: string }[];
        if (rows.length === 0) {
          return;
        }
        await source.query(`update outbox_message set due_at = clock_timestamp() where ticket_id = $1 and state = 'pending' and due_at <= clock_timestamp() + interval '2 seconds'`, [ticketId]);
        await Promise.all(rows.map(({ id }) => outbox.work(id)));
      }
    },
    stop: () => module.close(),
  };
}
