import { Body, Controller, Get, Post, Query, Req, Res } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { z } from 'zod';
import { Allow, Who } from '../auth/access';
import type { Principal } from '../auth/principal';
import { may } from '../core/policy/may';
import { mistypedNetwork } from '../core/search/mistyped-network';
import { Clock } from '../platform/clock';
import { pageOf, View } from '../platform/http/view';
import { RulebookService } from '../tickets/rulebook.service';
import { AroundListReader } from './around-list.query';
import { takeForm } from './decision.schema';
import { noticeOf, undoView } from './notice';
import { QueueReader } from './queue.query';
import { RowHtml } from './row-html';
import { queueQuery, rowsQuery, type QueueQuery } from './queue.schema';
import { cappedCounts, queueView } from './queue.view';
import { personOf } from './staff-of';
import { TakeService } from './take.service';
import { TicketPages } from './ticket-pages';
import { viewLink } from './views.service';

/** The queue of the desk. */
@Allow({ staff: true })
@Controller('desk')
export class QueueController {
  constructor(
    private readonly view: View,
    private readonly clock: Clock,
    private readonly queue: QueueReader,
    private readonly around: AroundListReader,
    private readonly rowHtml: RowHtml,
    private readonly takes: TakeService,
    private readonly rulebook: RulebookService,
    private readonly pages: TicketPages,
  ) {}

  /** Whole page; the filters, the search, the order and the place stand in the address. */
  @Get()
  async list(@Who() who: Principal, @Req() request: FastifyRequest, @Res() reply: FastifyReply, @Query({ schema: queueQuery }) query: QueueQuery): Promise<void> {
    const { staff } = personOf(who);
    const now = this.clock.now();
    const [page, shared, { mine, undo, views, takers: people }] = await Promise.all([this.queue.page(query, staff.id), this.queue.shared(), this.around.of(staff.id, now, may(staff.role, 'assign'))]);
    const links = views.map((view) => viewLink(view, query, staff));
    const slip = query.q && page.rows.length === 0 ? mistypedNetwork(query.q) : null;
    const model = queueView(query, page, { ...shared, mine }, this.rulebook.recent().routing, may(staff.role, 'give_back'));
    const mayTake = may(staff.role, 'take');
    const { zone } = pageOf(request);
    this.view.render(request, reply, 'review/queue', {
      ...model, empty: slip ? `Nothing found. ${slip}` : model.empty, rows: this.rowHtml.of(page.rows, { id: staff.id, mayTake, now, zone }, !query.q?.trim()).map((html) => this.view.part(html)), undo: undoView(undo, now), notice: noticeOf(query.said), nameless: query.said === 'view-nameless', mayTake, people: people.filter((one) => one.id !== staff.id),
      // One place of the list is where the reader is: their view, where these are its filters.
      rail: links.some(({ current }) => current) ? model.rail.map((entry) => ({ ...entry, current: false })) : model.rail, views: links, mayShare: may(staff.role, 'share_view'),
    });
  }

  /** Rows of a page that is open, as they are now: those of `refs` that still stand there, as HTML, and what stands in each queue. */
  @Get('rows')
  async rows(@Who() who: Principal, @Req() request: FastifyRequest, @Query({ schema: rowsQuery }) query: z.output<typeof rowsQuery>): Promise<object> {
    const { staff } = personOf(who);
    const refs = query.refs.split(',').filter(Boolean).slice(0, 200);
    const [rows, counts] = await Promise.all([this.queue.again(query, staff.id, refs), this.queue.counts(staff.id)]);
    const now = this.clock.now();
    const html = this.rowHtml.of(rows, { id: staff.id, mayTake: may(staff.role, 'take'), now, zone: pageOf(request).zone }, true);
    return { rows: Object.fromEntries(rows.map(({ ref }, i) => [ref, html[i]])), counts: cappedCounts(counts) };
  }

  /** Takes the ticket that is named, or the most urgent one, and opens it. */
  @Post('take')
  async take(@Who() who: Principal, @Req() request: FastifyRequest, @Res() reply: FastifyReply, @Body({ schema: takeForm }) body: z.output<typeof takeForm>): Promise<void> {
    const person = personOf(who);
    const { ref } = body;
    if (ref) {
      await this.pages.act(request, reply, ref, person, async () => `/desk/tickets/${(await this.takes.take(ref, person)).ref}`);
      return;
    }
    const taken = await this.takes.nextShown(person);
    await reply.redirect(taken ? `/desk/tickets/${taken.ticket.ref}` : '/desk?said=nothing-left', 303);
  }

  /** The keys of the desk: those that do something for this reader. */
  @Get('keys')
  keys(@Who() who: Principal, @Req() request: FastifyRequest, @Res() reply: FastifyReply): void {
    this.view.render(request, reply, 'review/keys', { mayTake: may(personOf(who).staff.role, 'take') });
  }
}
