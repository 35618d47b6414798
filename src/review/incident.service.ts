import { Injectable } from '@nestjs/common';
import { randomUUID } from 'node:crypto';
import type { EntityManager } from 'typeorm';
import { AuditService } from '../audit/audit.service';
import { may, type Action } from '../core/policy/may';
import { OutboxService } from '../outbox/outbox.service';
import { Clock } from '../platform/clock';
import { Transactions, type AlsoKept } from '../platform/database/transactions';
import { Conflict, Forbidden, InvalidInput } from '../platform/http/errors';
import { incidentProblems } from './incident-problems';
import { IncidentReader, type Cause, type Incident } from './incident.query';
import type { Proposal } from './review.service';
import type { Person } from './staff-of';

export interface BulkProposal extends Proposal {
  perMinute: number;
  /** the tickets to decide, each in the version that was read; nobody decides what they have not seen */
  tickets: { ref: string; version: number }[];
}

const UNIQUE = '23505';

/** Links tickets with one cause, and decides them together. The only writer of the incident tables. */
@Injectable()
export class IncidentService {
  constructor(
    private readonly clock: Clock,
    private readonly transactions: Transactions,
    private readonly reader: IncidentReader,
    private readonly audit: AuditService,
    private readonly outbox: OutboxService,
  ) {}

  /** Confirms that tickets of one rule, script or network belong together; they are linked one by one. @throws Conflict when there is an open one */
  async create(trait: Cause, value: string, title: string, person: Person, also?: AlsoKept<Incident>): Promise<Incident> {
    asked(person, 'link_incident');
    const id = randomUUID();
    try {
      return await this.transactions.run(async (tx) => {
        await tx.query('insert into incident (id, trait, value, title, by_id, by_name) values ($1, $2, $3, $4, $5, $6)', [id, trait, value, title, person.staff.id, person.staff.name]);
        await this.audit.record(tx, { ticketId: null, event: 'incident_made', by: person.actor, detail: { incident: id, trait, value, title } });
        return this.reader.one(id, tx);
      }, also);
    } catch (error) {
      if ((error as { code?: string }).code === UNIQUE) {
        throw new Conflict('There is an open incident of this cause already.', { trait, value });
      }
      throw error;
    }
  }

  /** Links tickets to it. Those that belong to it already stay. @throws Conflict when it has ended, InvalidInput for a reference that is none */
  link(id: string, refs: string[], person: Person, also?: AlsoKept<number>): Promise<number> {
    return this.change(id, person, 'link_incident', also, async (tx, incident) => {
      const rows = (await tx.query(
        `insert into incident_ticket (incident_id, ticket_id, by_name) select $1, t.id, $3 from ticket t where t.ref = any($2) on conflict do nothing returning ticket_id as id`, [id, refs, person.staff.name],
      )) as { id: string }[];
      const known = (await tx.query('select ref from ticket where ref = any($1)', [refs])) as { ref: string }[];
      const unknown = refs.filter((ref) => !known.some((row) => row.ref === ref));
      if (unknown.length > 0 || refs.length === 0) {
        throw new InvalidInput([{ field: 'refs', code: 'invalid', message: refs.length === 0 ? 'Choose a ticket.' : `There is no ticket ${unknown[0] ?? ''}.` }]);
      }
      for (const row of rows) {
        await this.audit.record(tx, { ticketId: row.id, event: 'incident_joined', by: person.actor, detail: { incident: id, title: incident.title } });
      }
      return rows.length;
    });
  }

  /** Takes a ticket out of it; a decision for many that has not come to it yet passes it by. */
  unlink(id: string, ref: string, person: Person): Promise<void> {
    return this.change(id, person, 'link_incident', undefined, async (tx, incident) => {
      const [[row] = []] = (await tx.query('delete from incident_ticket x using ticket t where x.incident_id = $1 and t.id = x.ticket_id and t.ref = $2 returning t.id', [id, ref])) as [{ id: string }[]];
      if (row) {
        // Whoever takes it out says that it does not belong here: nor does what was decided for all, where its turn is still to come.
        await tx.query(
          `update incident_result r set state = 'refused', why = $3, at = $4 from incident_decision d where d.id = r.incident_decision_id and d.incident_id = $1 and r.ticket_id = $2 and r.state = 'waiting'`,
          [id, row.id, `Taken out of the incident by ${person.staff.name}.`, this.clock.now()],
        );
        await this.audit.record(tx, { ticketId: row.id, event: 'incident_left', by: person.actor, detail: { incident: id, title: incident.title } });
      }
    });
  }

  /** Ends it: what is found later is another incident. Its tickets stay linked. */
  end(id: string, person: Person, also?: AlsoKept<void>): Promise<void> {
    return this.change(id, person, 'link_incident', also, async (tx) => {
      await tx.query('update incident set ended_at = $2 where id = $1', [id, this.clock.now()]);
      await this.audit.record(tx, { ticketId: null, event: 'incident_ended', by: person.actor, detail: { incident: id } });
    });
  }

  /**
   * One decision for many tickets, at a set pace. Each is decided on its own when its turn comes, by all rules that hold for a single
   * decision, the second person's too; what refuses says why. @returns the id of the bulk decision
   */
  decide(id: string, { perMinute, tickets, ...proposal }: BulkProposal, person: Person, also?: AlsoKept<string>): Promise<string> {
    return this.change(id, person, 'decide_incident', also, async (tx, incident) => {
      const problems = [...incidentProblems(proposal, this.clock.now()), ...(tickets.length > 0 ? [] : [{ field: 'tickets', code: 'missing', message: 'Choose the tickets that it is for.' }])];
      const rows = (await tx.query(
        'select t.id, t.ref from incident_ticket x join ticket t on t.id = x.ticket_id where x.incident_id = $1 and t.ref = any($2)', [id, tickets.map(({ ref }) => ref)],
      )) as { id: string; ref: string }[];
      const stranger = tickets.find(({ ref }) => !rows.some((row) => row.ref === ref));
      if (problems.length > 0 || stranger) {
        throw new InvalidInput([...problems, ...(stranger ? [{ field: 'tickets', code: 'invalid', message: `${stranger.ref} does not belong to this incident.` }] : [])]);
      }
      const [decision, now] = [randomUUID(), this.clock.now().getTime()];
      await tx.query('insert into incident_decision (id, incident_id, proposal, per_minute, by_id, by_name) values ($1, $2, $3, $4, $5, $6)', [decision, id, JSON.stringify(proposal), perMinute, person.staff.id, person.staff.name]);
      const results = tickets.flatMap(({ ref, version }, i) => {
        const row = rows.find((one) => one.ref === ref);
        return row ? [{ id: randomUUID(), ticket: row.id, version, dueAt: new Date(now + Math.floor((i * 60_000) / perMinute)) }] : [];
      });
      await tx.query(
        `insert into incident_result (id, incident_decision_id, ticket_id, ticket_version, due_at)
         select id, $1, ticket, version, "dueAt" from json_to_recordset($2) as r(id uuid, ticket uuid, version int, "dueAt" timestamptz)`, [decision, JSON.stringify(results)],
      );
      await this.outbox.add(tx, results.map((result) => ({ job: 'decide-in-incident', ticketId: result.ticket, refId: result.id, dueAt: result.dueAt })));
      await this.audit.record(tx, { ticketId: null, event: 'incident_decided', by: person.actor, detail: { incident: id, title: incident.title, decision, outcome: proposal.outcome, tickets: results.length } });
      return decision;
    });
  }

  /** Stops what has not been decided yet. @returns how many */
  stop(id: string, person: Person, also?: AlsoKept<number>): Promise<number> {
    return this.change(id, person, 'decide_incident', also, async (tx) => {
      const [stopped] = (await tx.query(
        `update incident_result r set state = 'refused', why = $2, at = $3 from incident_decision d where d.id = r.incident_decision_id and d.incident_id = $1 and r.state = 'waiting' returning r.id`,
        [id, `Stopped by ${person.staff.name}.`, this.clock.now()],
      )) as [{ id: string }[]];
      await this.audit.record(tx, { ticketId: null, event: 'incident_stopped', by: person.actor, detail: { incident: id, tickets: stopped.length } });
      return stopped.length;
    }, true);
  }

  private async change<T>(id: string, person: Person, action: Action, also: AlsoKept<T> | undefined, work: (tx: EntityManager, incident: Incident) => Promise<T>, ended = false): Promise<T> {
    asked(person, action);
    const incident = await this.reader.one(id);
    return this.transactions.run(async (tx) => {
      const [row] = (await tx.query('select ended_at as "endedAt" from incident where id = $1 for update', [id])) as { endedAt: Date | null }[];
      if (row?.endedAt && !ended) {
        throw new Conflict('This incident has ended.', { endedAt: row.endedAt });
      }
      return work(tx, incident);
    }, also);
  }
}

function asked(person: Person, action: Action): void {
  if (!may(person.staff.role, action)) {
    throw new Forbidden(action === 'decide_incident' ? 'Many tickets at once are decided by a senior or a lead.' : `As ${person.staff.role} you may not do this.`);
  }
}
