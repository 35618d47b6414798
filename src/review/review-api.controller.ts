import { Body, Controller, HttpCode, Inject, Param, Post, Res } from '@nestjs/common';
import type { FastifyReply } from 'fastify';
import { DataSource, type EntityManager } from 'typeorm';
import { Allow, Who } from '../auth/access';
import type { Principal } from '../auth/principal';
import { ReservedKey, type Reserved } from '../evidence/reserved';
import { CONFIG, type Config } from '../platform/config/config';
import { NotFound } from '../platform/http/errors';
import type { Ticket } from '../tickets/ticket.entity';
import { shownTickets, type Shown } from '../tickets/ticket.query';
import { decisionView, ticketView, type TicketJson } from '../tickets/ticket.view';
import { ApprovalService } from './approval.service';
import type { Decision } from './decision.entity';
import { approvalBody, decisionBody, type ApprovalBody, type DecisionBody } from './decision.schema';
import { ReviewService } from './review.service';
import { personOf } from './staff-of';
import { TakeService } from './take.service';

/** The desk over the API: the same rules and the same errors as its pages. */
@Allow({ scopes: ['reviewer'] })
@Controller('api/v1')
export class ReviewApiController {
  constructor(
    @Inject(CONFIG) private readonly config: Config,
    private readonly source: DataSource,
    private readonly takes: TakeService,
    private readonly review: ReviewService,
    private readonly approvals: ApprovalService,
  ) {}

  /** The most urgent ticket that this reviewer may take; 204 when there is none. Each call gives another one. */
  @Post('review/take')
  @HttpCode(200)
  async next(@Who() who: Principal, @Res({ passthrough: true }) reply: FastifyReply, @ReservedKey() reserved: Reserved | null): Promise<TicketJson | undefined> {
    const view = (taken: Shown): TicketJson => ticketView(taken.ticket, taken.parts, this.config.PUBLIC_URL, 'inside');
    const taken = await this.takes.nextShown(personOf(who), reserved?.along(200, view));
    void reply.status(taken ? 200 : 204);
    return taken ? view(taken) : undefined;
  }

  /** 409 when somebody else has it. */
  @Post('tickets/:ref/take')
  @HttpCode(200)
  async take(@Who() who: Principal, @Param('ref') ref: string, @ReservedKey() reserved: Reserved | null): Promise<TicketJson> {
    return this.shown(await this.takes.take(ref, personOf(who), this.shownThen(reserved)));
  }

  /** Back to the queue. 409 when this reviewer does not have it. */
  @Post('tickets/:ref/release')
  @HttpCode(200)
  async release(@Who() who: Principal, @Param('ref') ref: string, @ReservedKey() reserved: Reserved | null): Promise<TicketJson> {
    return this.shown(await this.takes.release(ref, personOf(who), this.shownThen(reserved)));
  }

  /** 409 when the version is stale, with what changed; 422 names everything that is missing. */
  @Post('tickets/:ref/decisions')
  @HttpCode(201)
  async decide(@Who() who: Principal, @Param('ref') ref: string, @Body({ schema: decisionBody }) body: DecisionBody, @Res({ passthrough: true }) reply: FastifyReply, @ReservedKey() reserved: Reserved | null) {
    const decision = await this.review.decide(ref, { ...body, wakeAt: body.wakeAt ? new Date(body.wakeAt) : null }, personOf(who), false, this.kept(reserved, 201));
    const shown = await this.decision(decision);
    void reply.header('location', `/api/v1/tickets/${shown.ticket}`);
    return shown;
  }

  /** The second person. */
  @Post('decisions/:id/approval')
  @HttpCode(200)
  async approve(@Who() who: Principal, @Param('id') id: string, @Body({ schema: approvalBody }) body: ApprovalBody, @ReservedKey() reserved: Reserved | null) {
    return this.decision(await this.approvals.approve(id, body, personOf(who), this.kept(reserved, 200)));
  }

  /** Takes a decision back inside the undo window; 409 when it is too late. */
  @Post('decisions/:id/undo')
  @HttpCode(200)
  async undo(@Who() who: Principal, @Param('id') id: string, @ReservedKey() reserved: Reserved | null) {
    return this.decision(await this.approvals.undo(id, personOf(who), this.kept(reserved, 200)));
  }

  private shownThen(reserved: Reserved | null) {
    return reserved?.along<Ticket>(200, (ticket, tx) => this.shown(ticket, tx));
  }

  private async shown({ id }: Ticket, tx: EntityManager = this.source.manager): Promise<TicketJson> {
    const found = (await shownTickets(tx, [id])).get(id);
    if (!found) {
      throw new NotFound('There is no such ticket.');
    }
    return ticketView(found.ticket, found.parts, this.config.PUBLIC_URL, 'inside');
  }

  private kept(reserved: Reserved | null, status: number) {
    return reserved?.along<Decision>(status, (decision, tx) => this.decision(decision, tx));
  }

  private async decision(decision: Decision, tx: EntityManager = this.source.manager) {
    const [row] = (await tx.query('select ref from ticket where id = $1', [decision.ticketId])) as { ref: string }[];
    return decisionView(row?.ref ?? '', {
      ...decision, by: decision.byName, decidedAt: decision.decidedAt.toISOString(), undoUntil: decision.undoUntil.toISOString(), wakeAt: decision.wakeAt?.toISOString() ?? null,
      second: decision.secondBy === null ? null : { by: decision.secondName ?? '', at: decision.secondAt?.toISOString() ?? '', agreed: decision.agreed === true, statement: decision.secondStatement },
    }, true);
  }
}
