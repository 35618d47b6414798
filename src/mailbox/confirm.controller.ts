import { Body, Controller, Get, Param, Post, Req, Res } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { z } from 'zod';
import type { Actor } from '../audit/actor';
import { Allow, Who } from '../auth/access';
import { Attempts } from '../auth/attempts.service';
import type { Principal } from '../auth/principal';
import { SAID } from '../core/texts/said';
import { Clock } from '../platform/clock';
import { Forbidden, NotFound } from '../platform/http/errors';
import { View } from '../platform/http/view';
import { ConfirmService } from './confirm.service';
import { confirmPage, confirmedPage, overPage, waitingPage, whichPage } from './confirm.view';
import { Confirmations, type Confirmation } from './confirmations.service';
import { MailboxService } from './mailbox.service';

const answer = z.object({ answer: z.enum(['confirmed', 'refused'], { error: 'must be confirmed or refused' }), block: z.string().max(300).optional(), _csrf: z.string().optional() });
type Answer = z.output<typeof answer>;
const id = z.uuid({ error: 'must be the id of a mail' });

/** Where an account says that a mail is its own: by the link in a mail to its contact, or signed in. Looking uses nothing up; only the button does (T04). */
@Controller()
export class ConfirmController {
  constructor(
    private readonly view: View,
    private readonly clock: Clock,
    private readonly attempts: Attempts,
    private readonly mailbox: MailboxService,
    private readonly confirmations: Confirmations,
    private readonly confirming: ConfirmService,
  ) {}

  @Get('confirm-mail/:token')
  @Allow({ open: true })
  async look(@Req() request: FastifyRequest, @Res() reply: FastifyReply, @Param('token') token: string): Promise<void> {
    const asked = await this.open(request, token);
    this.show(request, reply, asked ? confirmPage(asked, `/confirm-mail/${token}`) : null, asked);
  }

  @Post('confirm-mail/:token')
  @Allow({ open: true })
  async use(@Req() request: FastifyRequest, @Res() reply: FastifyReply, @Param('token') token: string, @Body({ schema: answer }) body: Answer): Promise<void> {
    const asked = await this.open(request, token);
    if (!asked) {
      this.show(request, reply, null, null);
      return;
    }
    await this.answer(request, reply, asked, `/confirm-mail/${token}`, { kind: 'customer', id: asked.accountId, name: asked.sentTo ?? asked.accountId }, body);
  }

  /** The same from a session that the control panel, or a sign-in link, began. */
  @Get('mails')
  @Allow({ customer: true })
  async waiting(@Who() who: Principal, @Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    this.view.render(request, reply, 'mailbox/waiting', waitingPage(await this.confirmations.waiting(customerOf(who).account.id)));
  }

  @Get('mails/:id')
  @Allow({ customer: true })
  async one(@Who() who: Principal, @Req() request: FastifyRequest, @Res() reply: FastifyReply, @Param('id', { schema: id }) key: string): Promise<void> {
    const asked = await this.mine(who, key);
    this.show(request, reply, asked.answer === null && asked.state === 'pending' ? confirmPage(asked, `/mails/${key}`) : null, asked);
  }

  @Post('mails/:id')
  @Allow({ customer: true })
  async say(@Who() who: Principal, @Req() request: FastifyRequest, @Res() reply: FastifyReply, @Param('id', { schema: id }) key: string, @Body({ schema: answer }) body: Answer): Promise<void> {
    await this.answer(request, reply, await this.mine(who, key), `/mails/${key}`, customerOf(who).actor, body);
  }

  private async answer(request: FastifyRequest, reply: FastifyReply, asked: Confirmation, action: string, by: Actor, { answer: said, block }: Answer): Promise<void> {
    if (asked.answer !== null || asked.state !== 'pending') {
      this.show(request, reply, null, asked);
      return;
    }
    if (said === 'refused') {
      await this.confirming.refuse(asked, by);
      this.view.render(request, reply, 'mailbox/confirmed', confirmedPage(null));
      return;
    }
    const done = await this.confirming.confirm(asked, by, block);
    if ('which' in done) {
      void reply.status(block ? 422 : 200);
      this.view.render(request, reply, 'mailbox/confirm', whichPage(asked, action, done.which));
    } else if ('none' in done) {
      void reply.status(409);
      this.view.render(request, reply, 'mailbox/link-over', overPage({ ...asked, none: done.none }));
    } else {
      this.view.render(request, reply, 'mailbox/confirmed', confirmedPage((await this.mailbox.find(asked.inboundId)).ticket));
    }
  }

  private show(request: FastifyRequest, reply: FastifyReply, page: object | null, asked: Confirmation | null): void {
    if (!page) {
      void reply.status(410);
    }
    this.view.render(request, reply, page ? 'mailbox/confirm' : 'mailbox/link-over', page ?? overPage(asked));
  }

  /** A link that still asks something; null for one that is over or was never ours. */
  private async open(request: FastifyRequest, token: string): Promise<Confirmation | null> {
    this.attempts.count(`mail confirmations from ${request.ip}`, 120, 3600);
    const asked = await this.confirmations.byToken(token);
    return asked && asked.answer === null && asked.state === 'pending' && asked.expiresAt > this.clock.now() ? asked : null;
  }

  /** Somebody else's mail and one that does not exist are the same nothing (T11). */
  private async mine(who: Principal, key: string): Promise<Confirmation> {
    const asked = await this.confirmations.of(key, customerOf(who).account.id);
    if (!asked) {
      throw new NotFound();
    }
    return asked;
  }
}

function customerOf(who: Principal): Extract<Principal, { kind: 'customer' }> {
  if (who.kind !== 'customer') {
    throw new Forbidden(SAID.forCustomers);
  }
  return who;
}
