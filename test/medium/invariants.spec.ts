import type { INestApplicationContext } from '@nestjs/common';
import { randomUUID } from 'node:crypto';
import { DataSource } from 'typeorm';
import { SYSTEM } from '../../src/audit/actor';
import { Anomalies } from '../../src/auth/anomalies.service';
import { SubmitService } from '../../src/evidence/submit.service';
import { HealthService } from '../../src/insights/health.service';
import { INVARIANTS } from '../../src/insights/invariants';
import { invariantsCommand } from '../../src/insights/invariants.command';
import type { Carrier } from '../../src/outbox/carrier';
import { Clock } from '../../src/platform/clock';
import type { Config } from '../../src/platform/config/config';
import type { Watermark } from '../../src/platform/database/watermark';
import type { Draining } from '../../src/platform/draining';
import type { Ticket } from '../../src/tickets/ticket.entity';
import { testDatabase, type TestDatabase } from '../support/database';
import { spine } from '../support/spine';

jest.setTimeout(40_000);

// Each invariant is broken on purpose in the database, by what no code of the desk does; gauge and command must name it.
describe('the invariants', () => {
  let database: TestDatabase;
  let app: INestApplicationContext;
  let source: DataSource;
  let n = 0;

  beforeAll(async () => {
    database = await testDatabase();
    app = await spine(database.url, { ROLES: 'web' }); // nobody works, so nothing is repaired either
    source = app.get(DataSource);
  });
  afterAll(async () => {
    await app?.close();
    await database?.drop();
  });

  const opened = async (): Promise<Ticket> => (await app.get(SubmitService).submit({
    claim: 'mistake', channel: 'noc', account: { id: 'A-1', email: 'ops@shop.example' }, block: { ip: `192.0.2.${++n}`, kind: 'spam', blockedAt: '2026-11-20T08:41:07Z' }, evidence: {},
  }, SYSTEM)).ticket;
  const decided = async (ticket: Ticket, state = 'final'): Promise<string> => {
    const id = randomUUID();
    await source.query(`insert into decision (id, ticket_id, outcome, reasons, statement, state, by_id, by_name, undo_until, ticket_version) values ($1, $2, 'lift', '{x}', 'x', $3, $4, 'R', now() - interval '1 hour', 1)`, [id, ticket.id, state, randomUUID()]);
    return id;
  };
  const lift = async (ticket: Ticket, decision: string, state: string, requestedAt: string): Promise<string> => {
    const id = randomUUID();
    await source.query(
      `insert into lift (id, ticket_id, decision_id, account_id, ip, kind, blocked_at, episode, state, due_at, requested_at) select $1, id, $2, account_id, ip, kind, blocked_at, episode, $3, now(), ${requestedAt} from ticket where id = $4`,
      [id, decision, state, ticket.id],
    );
    return id;
  };
  const work = async (state: string, dueAt: string, leaseUntil = 'null'): Promise<string> => {
    const id = randomUUID();
    await source.query(`insert into outbox_message (id, job, state, due_at, lease_until, lease_no) values ($1, 'read-mail', $2, ${dueAt}, ${leaseUntil}, 1)`, [id, state]);
    return id;
  };
  const unsealed = async (change: () => Promise<unknown>): Promise<void> => {
    await source.query('alter table audit_entry disable trigger user');
    await change();
    await source.query('alter table audit_entry enable trigger user');
  };

  /** Each time from a service of its own: one that has been slow is not asked again for a while. */
  const metrics = (): Promise<string> => {
    const well = { name: 'in-process', healthy: () => true, complaint: () => null } as unknown as Carrier;
    return new HealthService({} as Config, source, well, { paused: null } as Watermark, { active: false } as Draining, new Anomalies(new Clock())).metrics();
  };
  const gauges = async (): Promise<Record<string, number>> => Object.fromEntries([...(await metrics()).matchAll(/^desk_invariant_violations\{invariant="(I\d)"\} (\d+)$/gm)].map(([, name, value]) => [name, Number(value)]));
  const command = async (): Promise<{ code: number; said: string }> => {
    const said: string[] = [];
    const code = await invariantsCommand(source, { stdout: { write: (text: string) => said.push(text) } as unknown as NodeJS.WritableStream });
    return { code, said: said.join('') };
  };

  /** Breaks one thing and gives the row that must be named. */
  const BREAK: Record<string, () => Promise<string>> = {
    I1: async () => {
      const ticket = await opened();
      await unsealed(() => source.query('delete from audit_entry where ticket_id = $1', [ticket.id]));
      return ticket.ref;
    },
    I2: () => work('pending', `now() - interval '31 seconds'`),
    I3: async () => {
      const ticket = await opened();
      await source.query('drop index lift_one_live');
      const decision = await decided(ticket);
      await lift(ticket, decision, 'scheduled', 'null');
      await lift(ticket, decision, 'scheduled', 'null');
      return ticket.episode;
    },
    I4: async () => {
      const ticket = await opened();
      return lift(ticket, await decided(ticket, 'undone'), 'confirmed', 'now()');
    },
    I5: () => work('running', `now()`, `now() - interval '31 seconds'`),
    I6: async () => {
      const ticket = await opened();
      return lift(ticket, await decided(ticket), 'unknown', `now() - interval '16 minutes'`);
    },
    I7: async () => {
      const ticket = await opened();
      await source.query('update ticket set deadline_at = null, due_at = null where id = $1', [ticket.id]);
      return ticket.ref;
    },
    I8: async () => {
      const ticket = await opened();
      await source.query(`update ticket set state = 'upheld' where id = $1`, [ticket.id]);
      return ticket.ref;
    },
  };

  afterEach(async () => {
    await unsealed(async () => {
      for (const table of ['lift', 'decision', 'outbox_message', 'audit_entry', 'evidence_item', 'ticket']) {
        await source.query(`delete from ${table}`);
      }
    });
  });

  it('hold on a desk that works', async () => {
    await opened();
    expect(await gauges()).toEqual(Object.fromEntries(INVARIANTS.map(({ name }) => [name, 0])));
    expect(await command()).toMatchObject({ code: 0, said: expect.not.stringContaining('BROKEN') as string });
  });

  it.each(INVARIANTS.map(({ name }) => name))('%s: broken on purpose is seen by the gauge, and the command names the row', async (name) => {
    const row = await BREAK[name]?.();
    expect(await gauges()).toEqual({ ...Object.fromEntries(INVARIANTS.map((each) => [each.name, 0])), [name]: 1 });
    const { code, said } = await command();
    expect([code, said.split('\n').filter((line) => line.startsWith('BROKEN'))]).toEqual([1, [expect.stringMatching(new RegExp(`^BROKEN  ${name}  .*: 1$`))]]);
    expect(said).toContain(row);
  });
});
