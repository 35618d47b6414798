import { Body, Controller, Get, HttpCode, Param, Post, Query } from '@nestjs/common';
import { z } from 'zod';
import { Allow, Who } from '../auth/access';
import type { Principal } from '../auth/principal';
import { unfilledGaps } from '../core/decision/unfilled-gaps';
import { Clock } from '../platform/clock';
import { InvalidInput } from '../platform/http/errors';
import { LeaseService } from '../tickets/lease.service';
import { RulebookService } from '../tickets/rulebook.service';
import { SearchService } from '../tickets/search.service';
import { TicketsService } from '../tickets/tickets.service';
import { decisionBody, type DecisionBody } from './decision.schema';
import { PresenceService, type There } from './presence.service';
import { readCursor } from './queue.place';
import { QueueReader } from './queue.query';
import { queueList, type QueueList } from './queue.schema';
import { rowJson } from './queue.view';
import { personOf } from './staff-of';
import { TicketPages } from './ticket-pages';

const listQuery = queueList.refine(({ after }) => !after || readCursor(after) !== null, { path: ['after'], error: 'must be the "next" that a page gave' });
const hereBody = z.strictObject({ doing: z.enum(['looking', 'typing', 'gone'], { error: 'must be looking, typing or gone' }).default('looking') });

/** What the queue and the page of a ticket show beside the ticket itself, over the API. */
@Allow({ scopes: ['reviewer'] })
@Controller('api/v1')
export class PanelApiController {
  constructor(
    private readonly clock: Clock,
    private readonly queue: QueueReader,
    private readonly rulebook: RulebookService,
    private readonly tickets: TicketsService,
    private readonly leases: LeaseService,
    private readonly presence: PresenceService,
    private readonly pages: TicketPages,
  ) {}

  /** The queue in the order of the page, with its filters; how many stand in each queue, up to 1,000. @throws Malformed for a search after an address or a network that is none */
  @Get('review/queue')
  async list(@Who() who: Principal, @Query({ schema: listQuery }) { limit, ...query }: QueueList) {
    const { staff } = personOf(who);
    const [{ rows, after }, counts] = await Promise.all([this.queue.page(query, staff.id, limit), this.queue.counts(staff.id)]);
    if (rows.length === 0 && !query.after) {
      SearchService.nothingFound(query.q);
    }
    const [now, { routing }] = [this.clock.now(), this.rulebook.recent()];
    return { items: rows.map((row) => rowJson(row, staff.id, now, routing)), next: after, counts };
  }

  /** What stands beside a ticket for the person of this key: the promise in words, who has it and who is there, why they may not judge it, the canned parts filled for it. */
  @Get('tickets/:ref/desk')
  async beside(@Who() who: Principal, @Param('ref') ref: string) {
    const { promised, holder, leaseUntil, whyNot, there, decide } = await this.pages.model(ref, personOf(who), {});
    return {
      promise: promised, holder: holder?.name ?? null, yours: holder?.you ?? false, leaseUntil: leaseUntil?.toISOString() ?? null, whyNot, there,
      second: decide?.second || null, parts: decide?.parts ?? [],
    };
  }

  /** Says that somebody works on the ticket: renews the lease of who has it, and tells who else is there. */
  @Post('tickets/:ref/here')
  @HttpCode(200)
  async here(@Who() who: Principal, @Param('ref') ref: string, @Body({ schema: hereBody }) { doing }: z.output<typeof hereBody>): Promise<{ version: number; state: string; yours: boolean; leaseUntil: string | null; there: There[] }> {
    const { staff } = personOf(who);
    const { id, version, state } = await this.tickets.find(ref);
    const until = doing === 'gone' ? null : await this.leases.renew(id, staff.id);
    await (doing === 'gone' ? this.presence.leave(id, staff.id) : this.presence.beat(id, staff.id, doing));
    return { version, state, yours: until !== null, leaseUntil: until?.toISOString() ?? null, there: (await this.presence.onTickets([id], staff.id)).get(id) ?? [] };
  }

  /** The customer's mail as a decision would send it, and what is still open in its statement. Nothing is stored. */
  @Post('tickets/:ref/decisions/preview')
  @HttpCode(200)
  async preview(@Who() who: Principal, @Param('ref') ref: string, @Body({ schema: decisionBody }) { outcome, reasons, requiredFixes, statement, liftWhenVerified }: DecisionBody) {
    personOf(who);
    const when = Object.fromEntries(requiredFixes.flatMap((fix) => (fix.when ? [[fix.code, fix.when]] : [])));
    const letter = await this.pages.letterOf(ref, { version: 1, outcome, reason: reasons, fix: requiredFixes.map(({ code }) => code), when, statement, liftWhenVerified });
    if (!letter) {
      throw new InvalidInput([{ field: 'outcome', code: 'missing', message: 'Choose an outcome: lift, require_fixes, uphold, request_information or hold.' }]);
    }
    const { to, subject, none, parts } = letter;
    return { to, subject: none ? null : subject, parts: none ? [] : parts, gaps: unfilledGaps(statement) };
  }
}
