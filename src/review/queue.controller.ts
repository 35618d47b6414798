import { Body, Controller, Get, Post, Query, Req, Res } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { z } from 'zod';
import { Allow, Who } from '../auth/access';
import type { Principal } from '../auth/principal';
import { Clock } from '../platform/clock';
import { View } from '../platform/http/view';
import { takeForm } from './decision.schema';
import { noticeOf, undoView } from './notice';
import { QueueReader } from './queue.query';
import { queueQuery, type QueueQuery } from './queue.schema';
import { queueView } from './queue.view';
import { personOf } from './staff-of';
import { TakeService } from './take.service';
import { TicketReader } from './ticket.query';

/** The queue of the desk. */
@Allow({ staff: true })
@Controller('desk')
export class QueueController {
  constructor(
    private readonly view: View,
    private readonly clock: Clock,
    private readonly queue: QueueReader,
    private readonly tickets: TicketReader,
    private readonly takes: TakeService,
  ) {}

  /** Whole page; the filters, the search and the place stand in the address. */
  @Get()
  async list(@Who() who: Principal, @Req() request: FastifyRequest, @Res() reply: FastifyReply, @Query({ schema: queueQuery }) query: QueueQuery): Promise<void> {
    const { staff } = personOf(who);
    const now = this.clock.now();
    const [page, counts, undo] = await Promise.all([this.queue.page(query, staff.id), this.queue.counts(staff.id), this.tickets.undoable(staff.id, now)]);
    this.view.render(request, reply, 'review/queue', { ...queueView(query, page, counts, staff.id, now), undo: undoView(undo, now), notice: noticeOf(query.said) });
  }

  /** Takes the ticket that is named, or the most urgent one, and opens it. */
  @Post('take')
  async take(@Who() who: Principal, @Res() reply: FastifyReply, @Body({ schema: takeForm }) body: z.output<typeof takeForm>): Promise<void> {
    const person = personOf(who);
    const ticket = body.ref ? await this.takes.take(body.ref, person) : await this.takes.next(person);
    await reply.redirect(ticket ? `/desk/tickets/${ticket.ref}` : '/desk?said=nothing-left', 303);
  }

  /** The keys of the desk. */
  @Get('keys')
  keys(@Req() request: FastifyRequest, @Res() reply: FastifyReply): void {
    this.view.render(request, reply, 'review/keys', {});
  }
}
