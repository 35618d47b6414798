import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import type { RoutingRule } from '../core/routing/routing-rule';
import { routeBy, RulebookService, type Routed } from '../tickets/rulebook.service';

const TICKETS = 1000;
const SHOWN = 50;

interface Row extends Routed {
  ref: string;
  state: string;
}

export interface Place {
  queue: string;
  priority: number;
  secondPerson: boolean;
}

/** What a draft of the rules would have done to the last thousand tickets. */
export interface Trial {
  tickets: number;
  /** how many would wait elsewhere, or be more or less urgent */
  changed: number;
  queues: { queue: string; before: number; after: number }[];
  moreUrgent: number;
  lessUrgent: number;
  secondMore: number;
  secondLess: number;
  /** how often each rule spoke, in order */
  rules: { name: string; spoke: number }[];
  /** the newest of those that change */
  examples: { ref: string; ip: string; state: string; before: Place; after: Place; because: string[] }[];
}

/** Runs a draft over tickets as they were read. Nothing is stored. */
@Injectable()
export class RoutingTrialService {
  constructor(
    private readonly source: DataSource,
    private readonly rulebook: RulebookService,
  ) {}

  async run(now: readonly RoutingRule[], draft: readonly RoutingRule[]): Promise<Trial> {
    const rows = (await this.source.query(
      `select t.ref, t.state, host(t.ip) as ip, t.kind, t.claim, t.tier, t.language, t.repeats, t.assessment, t.lift_failed as "liftFailed", t.escalated_at as "escalatedAt",
         jsonb_build_object('prefix', t.block->'prefix', 'detections', (select coalesce(jsonb_agg(jsonb_build_object('rule', d->'rule')), '[]') from jsonb_array_elements(coalesce(t.block->'detections', '[]')) d)) as block
       from ticket t order by t.created_at desc, t.id limit ${TICKETS}`,
    )) as Row[];
    const { twoPeople } = this.rulebook.recent();
    const spoke = new Map(draft.map((rule) => [rule.name, 0]));
    const tried = rows.map((row) => {
      const [before, after] = [routeBy({ routing: now, twoPeople }, row), routeBy({ routing: draft, twoPeople }, row)];
      after.because.forEach((name) => spoke.set(name, (spoke.get(name) ?? 0) + 1));
      return { row, before: { ...before, secondPerson: before.secondPerson.includes('routed') }, after: { ...after, secondPerson: after.secondPerson.includes('routed') } };
    });
    const changed = tried.filter(({ before, after }) => before.queue !== after.queue || before.priority !== after.priority || before.secondPerson !== after.secondPerson);
    const queues = [...new Set(tried.flatMap(({ before, after }) => [before.queue, after.queue]))].sort();
    const place = ({ queue, priority, secondPerson }: Place): Place => ({ queue, priority, secondPerson });
    return {
      tickets: rows.length, changed: changed.length,
      queues: queues.map((queue) => ({ queue, before: tried.filter(({ before }) => before.queue === queue).length, after: tried.filter(({ after }) => after.queue === queue).length })),
      moreUrgent: changed.filter(({ before, after }) => after.priority > before.priority).length, lessUrgent: changed.filter(({ before, after }) => after.priority < before.priority).length,
      secondMore: changed.filter(({ before, after }) => after.secondPerson && !before.secondPerson).length, secondLess: changed.filter(({ before, after }) => !after.secondPerson && before.secondPerson).length,
      rules: draft.map(({ name }) => ({ name, spoke: spoke.get(name) ?? 0 })),
      examples: changed.slice(0, SHOWN).map(({ row, before, after }) => ({ ref: row.ref, ip: row.ip, state: row.state, before: place(before), after: place(after), because: after.because })),
    };
  }
}
