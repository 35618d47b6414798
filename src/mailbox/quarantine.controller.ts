import { Body, Controller, Get, Param, Post, Query, Req, Res } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { z } from 'zod';
import type { Actor } from '../audit/actor';
import { Allow, Who } from '../auth/access';
import type { Principal, Staff } from '../auth/principal';
import { may } from '../core/policy/may';
import { Forbidden } from '../platform/http/errors';
import { View } from '../platform/http/view';
import { INBOUND_STATES } from './inbound-mail.entity';
import { MailList } from './mail-list.query';
import { QuarantineService } from './quarantine.service';
import { mailPage, quarantineList, UNSETTLED } from './quarantine.view';

// A state, a word or a cursor that nobody knows is no reason to refuse a page.
const listQuery = z.object({
  state: z.enum(INBOUND_STATES).optional().catch(undefined), q: z.string().trim().max(320).transform((q) => q || undefined).optional().catch(undefined),
  reason: z.string().regex(/^[a-z_]{1,40}$/).optional().catch(undefined), after: z.uuid().optional().catch(undefined),
  said: z.enum(['dismissed', 'released']).optional().catch(undefined),
});
const id = z.uuid({ error: 'must be the id of a mail' });
const look = z.object({ ip: z.string().trim().max(60).optional().catch(undefined) });
const csrf = z.string().optional();
const ticket = z.strictObject({ _csrf: csrf, ip: z.string().trim().min(1, 'Give the address.').max(60), episode: z.string().min(1, 'Choose the block.').max(300), claim: z.enum(['', 'mistake', 'fixed']).default('') });
const place = z.strictObject({ _csrf: csrf, ref: z.string().trim().min(1, 'Give the reference of a ticket.').max(40), as: z.enum(['note', 'answer']).default('note') });
const why = z.strictObject({ _csrf: csrf, note: z.string().trim().min(3, 'Say why, in a word or two.').max(500) });

/** The mails that nothing came of, and all others by their state; what staff can make of one. */
@Allow({ staff: true })
@Controller('desk/quarantine')
export class QuarantineController {
  constructor(
    private readonly view: View,
    private readonly mails: MailList,
    private readonly quarantine: QuarantineService,
  ) {}

  @Get()
  async list(@Who() who: Principal, @Req() request: FastifyRequest, @Res() reply: FastifyReply, @Query({ schema: listQuery }) query: z.output<typeof listQuery>): Promise<void> {
    personOf(who, 'see_mail');
    const states = query.state ? [query.state] : UNSETTLED;
    const [found, counts, reasons] = await Promise.all([
      this.mails.list({ states, q: query.q, reason: query.reason, after: query.after, unhandled: !query.state }), this.mails.counts(), this.mails.reasons(states),
    ]);
    this.view.render(request, reply, 'mailbox/quarantine', quarantineList(found, counts, reasons, query));
  }

  @Get(':id')
  async one(@Who() who: Principal, @Req() request: FastifyRequest, @Res() reply: FastifyReply, @Param('id', { schema: id }) key: string, @Query({ schema: look }) { ip }: z.output<typeof look>): Promise<void> {
    const { staff } = personOf(who, 'see_mail');
    const found = await this.quarantine.one(key);
    const canHandle = may(staff.role, 'handle_mail');
    const waits = canHandle && found.mail !== null && ['pending', 'quarantined'].includes(found.row.state);
    this.view.render(request, reply, 'mailbox/quarantine-mail', mailPage(found, { canHandle, ip, candidates: waits ? await this.quarantine.candidates(found.row, ip) : [] }));
  }

  /** The mail as it came, never to be shown by a browser. */
  @Get(':id/raw')
  async raw(@Who() who: Principal, @Res() reply: FastifyReply, @Param('id', { schema: id }) key: string): Promise<void> {
    personOf(who, 'see_mail');
    const { row } = await this.quarantine.one(key);
    await reply.headers({ 'content-disposition': `attachment; filename="${row.id}.eml"`, 'x-content-type-options': 'nosniff' }).type('application/octet-stream').send(row.raw);
  }

  @Post(':id/ticket')
  async makeTicket(@Who() who: Principal, @Res() reply: FastifyReply, @Param('id', { schema: id }) key: string, @Body({ schema: ticket }) body: z.output<typeof ticket>): Promise<void> {
    const ref = await this.quarantine.makeTicket(key, personOf(who, 'handle_mail'), { ...body, claim: body.claim || null });
    await reply.redirect(`/desk/tickets/${ref}`, 303);
  }

  @Post(':id/reply')
  async putOn(@Who() who: Principal, @Res() reply: FastifyReply, @Param('id', { schema: id }) key: string, @Body({ schema: place }) body: z.output<typeof place>): Promise<void> {
    const ref = await this.quarantine.putOn(key, personOf(who, 'handle_mail'), body.ref, body.as);
    await reply.redirect(`/desk/tickets/${ref}`, 303);
  }

  @Post(':id/dismiss')
  async dismiss(@Who() who: Principal, @Res() reply: FastifyReply, @Param('id', { schema: id }) key: string, @Body({ schema: why }) { note }: z.output<typeof why>): Promise<void> {
    await this.quarantine.dismiss(key, personOf(who, 'handle_mail'), note);
    await reply.redirect('/desk/quarantine?said=dismissed', 303);
  }

  @Post(':id/release')
  async release(@Who() who: Principal, @Res() reply: FastifyReply, @Param('id', { schema: id }) key: string, @Body({ schema: why }) { note }: z.output<typeof why>): Promise<void> {
    await this.quarantine.release(key, personOf(who, 'handle_mail'), note);
    await reply.redirect('/desk/quarantine?said=released', 303);
  }
}

/** @throws Forbidden */
function personOf(who: Principal, action: 'see_mail' | 'handle_mail'): { staff: Staff; actor: Actor } {
  if (who.kind !== 'staff' || !may(who.staff.role, action)) {
    throw new Forbidden(action === 'see_mail' ? 'You may not see incoming mail.' : 'Leads and admins decide what becomes of a mail.');
  }
  return { staff: who.staff, actor: who.actor };
}
