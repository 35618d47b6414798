import { Module, type DynamicModule, type INestApplicationContext } from '@nestjs/common';
import { Test } from '@nestjs/testing';
import { randomUUID } from 'node:crypto';
import { DataSource } from 'typeorm';
import { AuditModule } from '../../src/audit/audit.module';
import { SYSTEM } from '../../src/audit/actor';
import type { Block } from '../../src/core/ticket/block';
import type { JobName } from '../../src/core/ticket/effects';
import { EvidenceModule } from '../../src/evidence/evidence.module';
import { SubmitService } from '../../src/evidence/submit.service';
import { Lift } from '../../src/lifting/lift.entity';
import { LiftingModule } from '../../src/lifting/lifting.module';
import { HttpDriver } from '../../src/noc/http.driver';
import { NocDriver } from '../../src/noc/noc.driver';
import type { OutboxMessage } from '../../src/outbox/outbox-message.entity';
import { OutboxModule } from '../../src/outbox/outbox.module';
import { loadConfig } from '../../src/platform/config/config';
import { ConfigModule } from '../../src/platform/config/config.module';
import { DatabaseModule } from '../../src/platform/database/database.module';
import { PagesModule } from '../../src/platform/http/pages.module';
import { Transactions } from '../../src/platform/database/transactions';
import { Log } from '../../src/platform/log';
import { startSimulator, type RunningSimulator, type SimulatorOptions } from '../../src/simulator/child';
import type { LedgerEntry } from '../../src/simulator/types';
import type { Ticket } from '../../src/tickets/ticket.entity';
import { TokensModule } from './tokens.module';
import { TicketsModule } from '../../src/tickets/tickets.module';
import { TicketsService } from '../../src/tickets/tickets.service';
import { NO_DATA_DIR, testDatabase, type TestDatabase } from './database';
import { ensureBuilt } from './desk-process';
import { fakeRooms } from './fake-rooms';
import { simulatorClient } from './simulator-client';
import { startTcpProxy, type TcpProxy } from './tcp-proxy';
import { waitFor } from './wait-for';

export const ACCOUNT = '20418';
export const OTHER_ACCOUNT = '20533';
const DAY = 86_400_000;
const OURS: JobName[] = ['order-lift', 'read-back-lift'];

export interface DecisionOptions {
  undoSeconds?: number;
  state?: string;
  secondPerson?: string[];
  secondBy?: string;
  agreed?: boolean;
  outcome?: string;
  liftWhenVerified?: boolean;
  filterAdjustment?: object | null;
}

export interface LiftingRoom {
  app: INestApplicationContext;
  source: DataSource;
  simulator: RunningSimulator;
  noc: ReturnType<typeof simulatorClient>;
  /** between the desk and the NOC */
  wire: TcpProxy;
  /** A ticket about a block of the NOC, in review. */
  inReview(block: Block): Promise<Ticket>;
  /** A new address at the NOC, held by ACCOUNT and blocked since yesterday. */
  blocked(more?: Partial<Block>): Promise<Block>;
  /** Takes a ticket that came back. */
  inReviewAgain(id: string): Promise<Ticket>;
  release(id: string): Promise<Ticket>;
  /** Decides to lift, as the review room does it; gives the id of the decision. */
  decide(ticket: Ticket, options?: DecisionOptions): Promise<string>;
  ticket(id: string): Promise<Ticket>;
  until(id: string, what: string, is: (ticket: Ticket, lift: Lift | undefined) => boolean, milliseconds?: number): Promise<Ticket>;
  lifts(ticketId: string): Promise<Lift[]>;
  mails(ticketId: string): Promise<(string | null)[]>;
  jobs(ticketId: string, job: JobName): Promise<OutboxMessage[]>;
  /** As if the NOC had been in trouble for so much longer; the next try is due now. */
  hoursLater(ticketId: string, hours: number): Promise<void>;
  ledger(ip: string): Promise<LedgerEntry[]>;
  block(ip: string): Promise<Block[]>;
  stop(): Promise<void>;
}

/**
 * Ground, spine and the lifting room on a real database, against the simulator's own process, with a wire that can break.
 * `nocPort`: something of the test's own stands between wire and simulator.
 */
export async function liftingRoom(options: { simulator?: SimulatorOptions; redis?: string; nocPort?: number } = {}): Promise<LiftingRoom> {
  ensureBuilt();
  const [database, simulator] = await Promise.all([testDatabase(), startSimulator({ liftSeconds: 0.2, ...options.simulator })]);
  const wire = await startTcpProxy({ port: options.nocPort ?? Number(new URL(simulator.url).port) });
  const app = await room(database, wire.through(simulator.url).replace(/\/$/, ''), simulator.token, options.redis);
  const source = app.get(DataSource);
  const tickets = app.get(TicketsService);
  const noc = simulatorClient(simulator);
  let last = 10;
  const move = (id: string, event: Parameters<TicketsService['apply']>[2], how = {}) => app.get(Transactions).run((tx) => tickets.apply(tx, id, event, SYSTEM, how));
  const lifts = (ticketId: string) => source.getRepository(Lift).find({ where: { ticketId }, order: { createdAt: 'ASC' } });

  return {
    app, source, simulator, noc, wire, lifts,
    ticket: (id) => tickets.find(id),
    inReview: async (block) => {
      const { ticket } = await app.get(SubmitService).submit({
        claim: 'mistake', channel: 'noc', block, account: { id: ACCOUNT, email: 'ops@shop.example' },
        evidence: { messageId: '<a@shop.example>', explanation: 'It was mail that our customers had asked for.' },
      }, SYSTEM);
      if (ticket.state === 'analysing') {
        await move(ticket.id, 'analysed');
      }
      return move(ticket.id, 'taken', { changes: { takenBy: randomUUID() } });
    },
    inReviewAgain: (id) => move(id, 'taken', { changes: { takenBy: randomUUID() } }),
    release: (id) => move(id, 'released'),
    blocked: async (more = {}) => {
      const ip = `192.0.2.${++last}`;
      await noc.put(`/addresses/${ip}`, { accountId: ACCOUNT, assignedSince: new Date(Date.now() - 30 * DAY).toISOString() });
      return (await noc.post<Block>('/blocks', { ip, kind: 'spam', blockedAt: new Date(Date.now() - DAY).toISOString(), ...more })).body;
    },
    decide: async (ticket, { undoSeconds = 0, state = 'undoable', secondPerson = [], secondBy, agreed, outcome = 'lift', liftWhenVerified = false, filterAdjustment = null } = {}) => {
      const id = randomUUID();
      const undoUntil = new Date(Date.now() + undoSeconds * 1000);
      await source.query(
        `insert into decision (id, ticket_id, outcome, reasons, statement, state, by_id, by_name, undo_until, ticket_version, second_person, second_by, agreed, lift_when_verified, filter_adjustment)
         values ($1, $2, $3, '{transactional_burst}', 'Order confirmations.', $4, $5, 'R', $6, $7, $8, $9, $10, $11, $12)`,
        [id, ticket.id, outcome, state, randomUUID(), undoUntil, ticket.version, secondPerson, secondBy ?? null, agreed ?? null, liftWhenVerified, filterAdjustment && JSON.stringify(filterAdjustment)],
      );
      await move(ticket.id, 'lift_decided', { changes: { decisionId: id }, refId: id, effectsDueAt: undoUntil });
      return id;
    },
    until: (id, what, is, milliseconds) => waitFor(what, async () => {
      const ticket = await tickets.find(id);
      return is(ticket, (await lifts(id)).at(-1)) ? ticket : null;
    }, milliseconds),
    mails: async (ticketId) => ((await source.query(`select what from outbox_message where ticket_id = $1 and job = 'mail-customer' order by created_at, what`, [ticketId])) as { what: string }[]).map((row) => row.what),
    jobs: (ticketId, job) => source.query('select * from outbox_message where ticket_id = $1 and job = $2', [ticketId, job]) as Promise<OutboxMessage[]>,
    hoursLater: async (ticketId, hours) => {
      await source.query(`update lift set trouble_since = trouble_since - make_interval(hours => $2) where ticket_id = $1`, [ticketId, hours]);
      await source.query(`update outbox_message set due_at = now() where ticket_id = $1 and state = 'pending'`, [ticketId]);
    },
    ledger: async (ip) => (await noc.get<LedgerEntry[]>('/ledger')).body.filter((entry) => entry.ip === ip),
    block: async (ip) => (await noc.get<Block[]>(`/addresses/${ip}/blocks`)).body,
    stop: async () => {
      await app.close();
      await Promise.all([wire.close(), simulator.stop()]);
      await database.drop();
    },
  };
}

async function room(database: TestDatabase, nocUrl: string, token: string, redis?: string): Promise<INestApplicationContext> {
  const config = loadConfig({
    DATABASE_URL: database.url, DATA_DIR: NO_DATA_DIR, SECRET: 's'.repeat(40), NOC_URL: nocUrl, NOC_TOKEN: token, ROLES: 'worker', LOG_LEVEL: 'silent', WATCH_HOURS: '72', ...(redis ? { REDIS_URL: redis } : {}),
  });
  @Module({})
  class Room {
    static all(): DynamicModule {
      return {
        module: Room,
        imports: [ConfigModule.with(config), DatabaseModule, OutboxModule.carriedBy(config.REDIS_URL, true), PagesModule, AuditModule, TokensModule, TicketsModule, EvidenceModule, LiftingModule],
        providers: [fakeRooms(OURS)],
      };
    }
  }
  const module = await Test.createTestingModule({ imports: [Room.all()] }).overrideProvider(NocDriver).useValue(new HttpDriver(nocUrl, token, { read: 4_000, order: 4_000 })).setLogger(new Log('silent')).compile();
  await module.init();
  return module;
}
