import { Inject, Injectable, Logger, type OnModuleInit } from '@nestjs/common';
import { DataSource, type EntityManager } from 'typeorm';
import type { TwoPeopleRule } from '../core/policy/needs-second-person';
import type { Pause } from '../core/promise/working-time';
import { explainPromise } from '../core/promise/explain-promise';
import { due, pausesOf, PROMISES, type Promises } from '../core/promise/promises';
import { promisedPriority, route, type Route } from '../core/routing/route';
import { CONFIG, type Config } from '../platform/config/config';
import { Gathered } from '../platform/gathered';
import { ROUTING, type RoutingRule } from '../core/routing/routing-rule';
import type { Ticket } from './ticket.entity';

/** The rules in force: routing and promises each the newest version of a setting, and when two people are due, a setting of the house. */
export interface Rulebook {
  routing: readonly RoutingRule[];
  promises: Promises;
  twoPeople: TwoPeopleRule;
}

/** What routing asks of a ticket. */
export type Routed = Pick<Ticket, 'kind' | 'claim' | 'tier' | 'language' | 'repeats' | 'assessment' | 'ip' | 'block' | 'liftFailed' | 'escalatedAt'>;
/** What a promise depends on. */
export type Promised = Pick<Ticket, 'id' | 'priority' | 'createdAt' | 'appealedAt' | 'liftFailed' | 'escalatedAt'>;

const FRESH_MS = 1000;
const SQL = { name: 'rulebook', text: `select distinct on (name) name, body from setting_version where name in ('routing','promises') order by name, version desc` } as unknown as string;

/** The routing rules and the promises as they are now. Read here, written in the settings. */
@Injectable()
export class RulebookService implements OnModuleInit {
  private readonly log = new Logger('Rulebook');
  private readonly twoPeople: TwoPeopleRule;
  private book: Rulebook;
  private readAt = 0;
  private reading = false;
  // Whoever decides at the same moment shares one look that began after they asked.
  private readonly looks = new Gathered<null, Rulebook>(async (round) => {
    const book = await this.stored(this.source.manager);
    round.forEach(({ done }) => done(book));
  });

  constructor(
    @Inject(CONFIG) config: Config,
    private readonly source: DataSource,
  ) {
    this.twoPeople = { reasons: config.TWO_PEOPLE_FOR, repeatsFrom: config.TWO_PEOPLE_REPEATS };
    this.book = { routing: ROUTING, promises: PROMISES, twoPeople: this.twoPeople };
  }

  /** The first ticket is routed by the rules in force, not by those that the desk began with. */
  async onModuleInit(): Promise<void> {
    await this.refresh();
  }

  /** At once, about a second old: opening a ticket waits for nothing but its commit. */
  recent(): Rulebook {
    if (Date.now() - this.readAt > FRESH_MS && !this.reading) {
      void this.refresh();
    }
    return this.book;
  }

  /** As it stands in the database, for whoever decides by it. */
  current(tx: EntityManager = this.source.manager): Promise<Rulebook> {
    return tx === this.source.manager ? this.looks.ask(null) : this.stored(tx);
  }

  private async stored(tx: EntityManager): Promise<Rulebook> {
    const rows = (await tx.query(SQL)) as { name: 'routing' | 'promises'; body: never }[];
    return { routing: ROUTING, promises: PROMISES, twoPeople: this.twoPeople, ...Object.fromEntries(rows.map((row) => [row.name, row.body])) };
  }

  /** Where a ticket belongs, by the rules in the database. */
  async route(tx: EntityManager | undefined, ticket: Routed, more: { liftFailed?: boolean; escalated?: boolean } = {}): Promise<Route> {
    return routeBy(await this.current(tx), ticket, more);
  }

  /** When the first answer to a new ticket of this priority is due, and the decision. */
  firstDue(priority: number, at: Date): ReturnType<typeof due> {
    return due(this.recent().promises, priority, at, []);
  }

  /** When the first answer and the decision are due, the times in which the customer was asked left out. */
  async due(tx: EntityManager, ticket: Promised, until: Date): Promise<ReturnType<typeof due> & { pauses: Pause[] }> {
    const [{ promises }, pauses] = [await this.current(tx), await this.pauses(tx, ticket, until)];
    return { ...due(promises, pointsOf(ticket), startOf(ticket), pauses), pauses };
  }

  /** The times in which our clock stood still; one that lasts ends at `until`. */
  private async pauses(tx: EntityManager, ticket: Promised, until: Date): Promise<Pause[]> {
    const moves = (await tx.query('select to_state as "to", at from audit_entry where ticket_id = $1 and to_state is not null order by id', [ticket.id])) as { to: string; at: Date }[];
    return pausesOf(moves, startOf(ticket), until);
  }

  private async refresh(): Promise<void> {
    this.reading = true;
    try {
      this.book = await this.current();
    } catch (error) {
      this.log.warn(`The rules in force cannot be read, the last known hold: ${(error as Error).message}`);
    } finally {
      this.readAt = Date.now();
      this.reading = false;
    }
  }
}

/** An appeal is a new question: its promise begins with it. */
const startOf = ({ createdAt, appealedAt }: Promised): Date => appealedAt ?? createdAt;

const pointsOf = ({ priority, liftFailed, escalatedAt }: Promised): number => promisedPriority(priority, { liftFailed: liftFailed !== null, escalated: escalatedAt !== null });

/**
 * "due Tue 14:00: high, 4 working hours, paused 2 h"; null for a ticket without a promise.
 * @param moves from state to state, oldest first, as the history tells them
 */
export function explainDue({ promises }: Pick<Rulebook, 'promises'>, ticket: Promised & Pick<Ticket, 'dueAt'>, moves: { to: string; at: Date }[], now: Date): string | null {
  return ticket.dueAt && explainPromise(promises, pointsOf(ticket), ticket.dueAt, pausesOf(moves, startOf(ticket), null), now);
}

/** Where a ticket belongs by these rules. */
export function routeBy({ routing, twoPeople }: Pick<Rulebook, 'routing' | 'twoPeople'>, ticket: Routed, more: { liftFailed?: boolean; escalated?: boolean } = {}): Route {
  const { kind, claim, tier, language, repeats, assessment, ip, block } = ticket;
  const filterRules = [...new Set((block.detections ?? []).flatMap((detection) => detection.rule ?? []))];
  return route({
    kind, claim, tier, language, repeats, assessment, ip, filterRules, prefix: block.prefix ?? null,
    liftFailed: more.liftFailed ?? ticket.liftFailed !== null, escalated: more.escalated ?? ticket.escalatedAt !== null,
  }, routing, twoPeople);
}
