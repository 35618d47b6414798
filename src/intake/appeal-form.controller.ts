import { Controller, Get, Post, Query, Req, Res } from '@nestjs/common';
import { randomUUID } from 'node:crypto';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { z } from 'zod';
import { Allow, Who } from '../auth/access';
import { Attempts } from '../auth/attempts.service';
import type { Principal } from '../auth/principal';
import { NO_ANSWERS } from '../core/texts/answers-form';
import type { AnswerError } from '../core/evidence/answers';
import { SAID } from '../core/texts/said';
import type { Block } from '../core/ticket/block';
import { answerErrors, readAnswers, type GivenAnswers } from '../evidence/answers.schema';
import { Clock } from '../platform/clock';
import { Forbidden, InvalidInput } from '../platform/http/errors';
import { readForm } from '../platform/http/read-form';
import { View } from '../platform/http/view';
import { WaitService } from '../tickets/wait.service';
import { AppealService } from './appeal.service';
import { appealForm, checkPage, choosePage } from './appeal-form.view';
import { KnownBlocksService } from './known-blocks.service';

const asked = z.object({ claim: z.enum(['mistake', 'fixed']).optional().catch(undefined), ip: z.string().max(64).optional(), kind: z.enum(['spam', 'hack']).optional().catch(undefined), at: z.string().max(40).optional() });
type Customer = Extract<Principal, { kind: 'customer' }>;
/** Addresses that one account may ask about in an hour: enough for a reseller, too few to search with. */
const ASKS_AN_HOUR = 60;
/** Opened or loaded again within this, the form asks the NOC nothing anew; every answer that is sent does. */
const LOOK_MS = 5_000;

/** The web form: choose the block, answer, check the answers, send. Works without a script; what was typed is never lost. */
@Allow({ customer: true })
@Controller('appeals')
export class AppealFormController {
  constructor(
    private readonly view: View,
    private readonly clock: Clock,
    private readonly attempts: Attempts,
    private readonly blocks: KnownBlocksService,
    private readonly appeals: AppealService,
    private readonly waits: WaitService,
  ) {}

  /** The empty form for the block that is known; the list of blocks where it is not; the ticket where there is one already. */
  @Get('new')
  async form(@Req() request: FastifyRequest, @Res() reply: FastifyReply, @Who() who: Principal, @Query({ schema: asked }) query: z.output<typeof asked>): Promise<void> {
    const customer = customerOf(who);
    const wanted = query.ip !== undefined ? { ip: query.ip, kind: query.kind, blockedAt: query.at } : customer.launch?.ip ? { ...customer.launch, ip: customer.launch.ip } : null;
    const found = wanted ? await this.find(customer, wanted, LOOK_MS).catch(asFieldError) : [];
    const [block] = Array.isArray(found) && found.length === 1 ? found : [];
    const ticketRef = block ? await this.blocks.ticketFor(customer.account, block) : null;
    if (ticketRef) {
      await reply.redirect(`/tickets/${ticketRef}`, 303);
      return;
    }
    if (block) {
      const answers = { ...NO_ANSWERS, claim: query.claim ?? NO_ANSWERS.claim };
      this.view.render(request, reply, 'intake/appeal-form', await this.model(customer, block, { answers, held: [] }, []));
      return;
    }
    const error = Array.isArray(found) ? null : found;
    const listed = Array.isArray(found) && found.length > 1 ? found.map((each) => ({ block: each, ticketRef: null })) : await this.blocks.mirrored(customer.account);
    if (error) {
      void reply.status(422);
    }
    this.view.render(request, reply, 'intake/choose-block', choosePage(listed, { claim: query.claim ?? null, ip: wanted?.ip ?? '', error }));
  }

  /** Typed again after a reload of the answers: back to the form. */
  @Get()
  async start(@Res() reply: FastifyReply): Promise<void> {
    await reply.redirect('/appeals/new', 303);
  }

  /** Check, change or send the answers, by the button that was pressed. */
  @Post()
  async answer(@Req() request: FastifyRequest, @Res() reply: FastifyReply, @Who() who: Principal): Promise<void> {
    const customer = customerOf(who);
    const submission = readAnswers(await readForm(request));
    const [block] = await this.find(customer, submission);
    if (!block) {
      throw new InvalidInput([{ field: 'ip', code: 'missing', message: SAID.chooseAddressFirst }]);
    }
    const errors = submission.step === 'edit' ? [] : answerErrors(submission, block.kind);
    if (errors.length > 0 || submission.step === 'edit') {
      void reply.status(errors.length > 0 ? 422 : 200);
      this.view.render(request, reply, 'intake/appeal-form', await this.model(customer, block, submission, errors));
    } else if (submission.step === 'send') {
      const { ref, joined } = await this.appeals.send(customer, block, submission);
      await reply.redirect(`/tickets/${ref}/received${joined ? '?joined=1' : ''}`, 303);
    } else {
      const { answers, held } = submission;
      this.view.render(request, reply, 'intake/check', { ...checkPage({ block, answers, held, email: customer.account.email, now: this.clock.now() }), once: submission.once ?? randomUUID() });
    }
  }

  private find(customer: Customer, wanted: { ip: string; kind?: string; blockedAt?: string }, within = 0): Promise<Block[]> {
    if (wanted.ip !== customer.launch?.ip) {
      this.attempts.count(`addresses of ${customer.account.id}`, ASKS_AN_HOUR, 3600);
    }
    return this.blocks.find(customer.account, wanted, customer.launch, within);
  }

  private async model(customer: Customer, block: Block, { answers, held }: Pick<GivenAnswers, 'answers' | 'held'>, errors: AnswerError[]) {
    return appealForm({ block, answers, errors, held, email: customer.account.email, wait: await this.waits.about(block.kind), now: this.clock.now() });
  }
}

function customerOf(who: Principal): Customer {
  if (who.kind !== 'customer') {
    throw new Forbidden(SAID.forCustomers);
  }
  return who;
}

/** A wrong address belongs beside its field; everything else goes on as it is. */
function asFieldError(error: unknown): string {
  if (error instanceof InvalidInput) {
    return error.message;
  }
  throw error;
}
