import type { DataSource } from 'typeorm';
import { askedTogether } from '../platform/database/asked-together';
import type { Gathered } from '../platform/gathered';
import type { MailFacts, MailFix } from './models';

export type Fix = { code: string; at: MailFix['when']; state: string; note: string | null };

/** What followed from a decision for its ticket. */
export interface Outcome {
  decision: Omit<NonNullable<MailFacts['decision']>, 'decidedAt'>;
  decidedAt: Date;
  confirmedAt: Date | null;
  dueAt: Date | null;
  inspected: boolean | null;
  fixes: Fix[];
}

/** `decision`: the one that stands; null, and there is no outcome. `first`: the mail plays back what was understood. */
interface AskedGrounds { ticket: string; decision: string | null; first: boolean }

/** What a mail about a ticket rests on besides its row. */
export interface Grounds {
  /** Message-IDs of the conversation, both ways, newest first */
  ids: string[];
  /** what was read out of the first mail of the ticket */
  understood: MailFacts['understood'];
  outcome: Outcome | null;
}

/** Each question of its own would be a write to a socket and an answer to read. The limit keeps each decision a look into an index, however many are asked about. */
const GROUNDS = `select q.i, array(select message_id from (select message_id, created_at as at from mail_delivery where ticket_id = q.ticket
      union all select message_id, received_at from inbound_mail where ticket_id = q.ticket and message_id is not null) m order by at desc limit 10) as ids,
    case when q.first then (select understood from inbound_mail where ticket_id = q.ticket and understood is not null order by received_at limit 1) end as understood, o.*
  from json_to_recordset($1) q(i int, ticket uuid, decision uuid, first boolean)
  left join lateral (select json_build_object('outcome', d.outcome, 'reasons', d.reasons, 'statement', d.statement, 'liftWhenVerified', d.lift_when_verified) as decision,
      d.decided_at as "decidedAt", l.confirmed_at as "confirmedAt", l.due_at as "dueAt",
      (select e.text = 'true' from evidence_item e where e.ticket_id = q.ticket and e.type = 'queue_inspected' order by e.received_at desc limit 1) as inspected,
      coalesce((select json_agg(json_build_object('code', f.code, 'at', f.at, 'state', f.state, 'note', f.note) order by f.position)
        from required_fix f where f.ticket_id = q.ticket and f.decision_id = q.decision), '[]') as fixes
    from decision d left join lateral (select confirmed_at, due_at from lift where ticket_id = q.ticket order by created_at desc limit 1) l on true
    where d.id = q.decision limit 1) o on true`;

type Row = { ids: string[]; understood: MailFacts['understood'] } & { [K in keyof Outcome]: Outcome[K] | null };

/** Asks for the grounds of all mails of one moment in one statement. */
export class GatherGrounds {
  private readonly rows: Gathered<AskedGrounds, Row[]>;

  constructor(source: DataSource) {
    this.rows = askedTogether<AskedGrounds, Row>(source, GROUNDS);
  }

  async ask(about: AskedGrounds): Promise<Grounds> {
    const [row] = await this.rows.ask(about);
    return { ids: row?.ids ?? [], understood: row?.understood ?? null, outcome: row?.decision ? (row as Outcome) : null };
  }
}
