import type { DataSource } from 'typeorm';
import { FALSE_POSITIVE } from '../core/decision/outcome';

/** How a rule of the filter fared when people decided about mistakes. */
export interface Fared {
  rule: string;
  decided: number;
  overturned: number;
}

/** So long the last thousand decisions are believed, in milliseconds: one more or less changes no judgement of a rule. */
const BELIEVED_MS = 30_000;
// Among the last thousand decisions: enough to judge a rule by, and bounded.
const DECIDED = `select t.id as "ticketId", d.outcome = 'lift' and d.reasons && $1 as overturned,
    array(select distinct x->>'rule' from jsonb_array_elements(case jsonb_typeof(t.block->'detections') when 'array' then t.block->'detections' else '[]' end) x where x->>'rule' is not null) as rules
  from (select ticket_id, outcome, reasons from decision where outcome in ('lift','uphold','require_fixes') and state in ('undoable','final') order by decided_at desc limit 1000) d
  join ticket t on t.id = d.ticket_id where t.claim = 'mistake'`;

interface Decided { ticketId: string; overturned: boolean; rules: string[] }

/** The record of the filter's rules, read once in half a minute for all pages that show it. */
export class RuleRecord {
  private read: Promise<Decided[]> | null = null;
  private readAt = 0;

  constructor(private readonly source: Pick<DataSource, 'query'>) {}

  /** Of each of these rules, in the order of their names, those that were decided upon; the ticket in sight is no precedent for itself. */
  async of(rules: readonly string[], exceptTicketId: string): Promise<Fared[]> {
    if (rules.length === 0) {
      return [];
    }
    const decided = (await this.recent()).filter(({ ticketId }) => ticketId !== exceptTicketId);
    return rules.toSorted().flatMap((rule) => {
      const about = decided.filter((one) => one.rules.includes(rule));
      return about.length === 0 ? [] : [{ rule, decided: about.length, overturned: about.filter(({ overturned }) => overturned).length }];
    });
  }

  private recent(): Promise<Decided[]> {
    if (!this.read || Date.now() - this.readAt > BELIEVED_MS) {
      this.readAt = Date.now();
      this.read = this.source.query(DECIDED, [FALSE_POSITIVE]) as Promise<Decided[]>;
      // What could not be read must not be believed.
      this.read.catch(() => (this.read = null));
    }
    return this.read;
  }
}
