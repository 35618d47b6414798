import { Injectable } from '@nestjs/common';
import { DataSource, type EntityManager } from 'typeorm';
import { NotFound } from '../platform/http/errors';
import { isUuid } from '../platform/uuid';
import type { Proposal } from './review.service';

export type Cause = 'rule' | 'script' | 'network';

export interface Incident {
  id: string;
  trait: Cause;
  value: string;
  title: string;
  byName: string;
  createdAt: Date;
  endedAt: Date | null;
}

export interface IncidentLine extends Incident {
  tickets: number;
  open: number;
}

export interface IncidentTicket {
  ref: string;
  ip: string;
  kind: 'spam' | 'hack';
  claim: string;
  accountId: string;
  accountName: string | null;
  state: string;
  version: number;
  assessment: string | null;
  confidence: number | null;
  takenByName: string | null;
  createdAt: Date;
}

export interface IncidentResult {
  ref: string;
  ip: string;
  state: 'waiting' | 'decided' | 'second' | 'refused';
  why: string | null;
  dueAt: Date;
  at: Date | null;
}

export interface IncidentDecision {
  id: string;
  proposal: Proposal;
  perMinute: number;
  byName: string;
  at: Date;
  results: IncidentResult[];
}

export interface Suggestion {
  trait: Cause;
  value: string;
  tickets: number;
  accounts: number;
  since: Date;
}

const COLUMNS = `i.id, i.trait, i.value, i.title, i.by_name as "byName", i.created_at as "createdAt", i.ended_at as "endedAt"`;
const TICKET = `t.ref, host(t.ip) as ip, t.kind, t.claim, t.account_id as "accountId", t.account_name as "accountName", t.state, t.version, t.assessment, t.confidence, s.name as "takenByName", t.created_at as "createdAt"`;
const OPEN = `t.state not in ('lifted','upheld','closed')`;
/** From so many open tickets with one cause on, an incident is suggested. */
const SUGGEST_FROM = 3;

/** The open incidents that a ticket belongs to, as SQL. */
export const incidentsOf = (ticket: string): string => `select i.id, i.title, (select count(*)::int from incident_ticket o where o.incident_id = i.id) as tickets
  from incident_ticket x join incident i on i.id = x.incident_id where x.ticket_id = ${ticket} and i.ended_at is null order by i.created_at`;

/** Reads incidents. What belongs together is suggested by what tickets share; a person confirms it. */
@Injectable()
export class IncidentReader {
  constructor(private readonly source: DataSource) {}

  async list(): Promise<IncidentLine[]> {
    return (await this.source.query(
      `select ${COLUMNS}, (select count(*)::int from incident_ticket x where x.incident_id = i.id) as tickets,
         (select count(*)::int from incident_ticket x join ticket t on t.id = x.ticket_id where x.incident_id = i.id and ${OPEN}) as open
       from incident i order by i.ended_at nulls first, i.created_at desc limit 100`,
    )) as IncidentLine[];
  }

  /** Causes of the last three days with several open tickets that nobody has made an incident of. */
  async suggestions(): Promise<Suggestion[]> {
    return (await this.source.query(
      `select r.trait, r.value, count(*)::int as tickets, count(distinct t.account_id)::int as accounts, min(t.created_at) as since
       from (select trait, value, ticket_id from ticket_trait where trait in ('rule','script','network') and at > now() - interval '3 days' order by at desc limit 20000) r
       join ticket t on t.id = r.ticket_id and ${OPEN}
       where not exists (select 1 from incident i where i.trait = r.trait and i.value = r.value and i.ended_at is null)
       group by r.trait, r.value having count(*) >= ${SUGGEST_FROM} order by count(*) desc, r.value limit 20`,
    )) as Suggestion[];
  }

  /** @throws NotFound */
  async one(id: string, runner: Pick<EntityManager, 'query'> = this.source): Promise<Incident> {
    const [row] = isUuid(id) ? ((await runner.query(`select ${COLUMNS} from incident i where i.id = $1`, [id])) as Incident[]) : [];
    if (!row) {
      throw new NotFound('There is no such incident.');
    }
    return row;
  }

  async tickets(id: string): Promise<IncidentTicket[]> {
    return (await this.source.query(
      `select ${TICKET} from incident_ticket x join ticket t on t.id = x.ticket_id left join staff_member s on s.id = t.taken_by where x.incident_id = $1 order by t.created_at, t.ref limit 1000`, [id],
    )) as IncidentTicket[];
  }

  /** Which fixes the readings of its tickets ask for, and of how many; most often asked first. */
  async fixesAsked(id: string): Promise<{ code: string; tickets: number }[]> {
    return (await this.source.query(
      `select f.code, count(*)::int as tickets from incident_ticket x join ticket t on t.id = x.ticket_id join analysis a on a.id = t.analysis_id
       cross join lateral json_array_elements_text(a.body->'requiredFixes') f(code) where x.incident_id = $1 and ${OPEN} group by f.code order by count(*) desc, f.code`, [id],
    )) as { code: string; tickets: number }[];
  }

  /** Open tickets with the same cause that do not belong to it yet. */
  async suggested({ id, trait, value }: Incident): Promise<IncidentTicket[]> {
    return (await this.source.query(
      `select ${TICKET} from (select ticket_id from ticket_trait where trait = $2 and value = $3 and at > now() - interval '14 days' order by at desc limit 500) r
       join ticket t on t.id = r.ticket_id and ${OPEN} left join staff_member s on s.id = t.taken_by
       where not exists (select 1 from incident_ticket x where x.incident_id = $1 and x.ticket_id = t.id) order by t.created_at, t.ref limit 200`,
      [id, trait, value],
    )) as IncidentTicket[];
  }

  async decisions(id: string): Promise<IncidentDecision[]> {
    return (await this.source.query(
      `select d.id, d.proposal, d.per_minute as "perMinute", d.by_name as "byName", d.at,
         (select coalesce(json_agg(json_build_object('ref', t.ref, 'ip', host(t.ip), 'state', r.state, 'why', r.why, 'dueAt', r.due_at, 'at', r.at) order by r.due_at, t.ref), '[]')
          from incident_result r join ticket t on t.id = r.ticket_id where r.incident_decision_id = d.id) as results
       from incident_decision d where d.incident_id = $1 order by d.at desc limit 20`,
      [id],
    )) as IncidentDecision[];
  }
}
