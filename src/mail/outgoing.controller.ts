import { Controller, Get, Param, Post, Query, Req, Res } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import PostalMime from 'postal-mime';
import { z } from 'zod';
import { Allow, Who } from '../auth/access';
import type { Principal } from '../auth/principal';
import { may } from '../core/policy/may';
import { Forbidden, NotFound } from '../platform/http/errors';
import { CONTENT_SECURITY_POLICY } from '../platform/http/pages';
import { View } from '../platform/http/view';
import { MailStops } from './mail-stops.service';
import { OutgoingReader, type OutgoingRow } from './outgoing.query';
import { DELIVERY_STATES, outgoingList, outgoingMail } from './outgoing.view';

const id = z.uuid({ error: 'must be the id of a mail' });
// A state or cursor that nobody knows is no reason to refuse a page.
const listQuery = z.object({ state: z.enum(DELIVERY_STATES).optional().catch(undefined), q: z.string().trim().max(320).transform((q) => q || undefined).optional(), after: z.uuid().optional().catch(undefined) });

/** What an HTML part may do in its frame: nothing. */
const FRAME_POLICY = "sandbox; default-src 'none'; style-src 'unsafe-inline'; img-src data:; frame-ancestors 'self'";

/** What the desk wrote to whom, and what became of it. */
@Allow({ staff: true, action: 'see_mail' })
@Controller('desk/outgoing-mail')
export class OutgoingController {
  constructor(
    private readonly view: View,
    private readonly reader: OutgoingReader,
    private readonly stops: MailStops,
  ) {}

  @Get()
  async list(@Who() who: Principal, @Req() request: FastifyRequest, @Res() reply: FastifyReply, @Query({ schema: listQuery }) query: z.output<typeof listQuery>): Promise<void> {
    this.view.render(request, reply, 'mailroom/outgoing', outgoingList(await this.reader.list(query), query, query.after ? [] : await this.stops.standing(), mayHandle(who)));
  }

  /** Lets mail go to an address again, once somebody has made sure that it arrives there. */
  @Post('stops/:id/lift')
  async lift(@Who() who: Principal, @Res() reply: FastifyReply, @Param('id', { schema: id }) key: string): Promise<void> {
    if (who.kind !== 'staff' || !mayHandle(who)) {
      throw new Forbidden('Leads and admins lift a stop.');
    }
    await this.stops.lift(key, who.actor);
    await reply.redirect('/desk/outgoing-mail', 303);
  }

  /** One mail, its text as text and its HTML in a frame that can do nothing. */
  @Get(':id')
  async one(@Req() request: FastifyRequest, @Res() reply: FastifyReply, @Param('id', { schema: id }) key: string): Promise<void> {
    const mail = await this.read(key);
    void reply.header('content-security-policy', `${CONTENT_SECURITY_POLICY}; frame-src 'self'`);
    this.view.render(request, reply, 'mailroom/outgoing-mail', outgoingMail(mail, isSecret(mail) ? null : await PostalMime.parse(mail.raw)));
  }

  @Get(':id/html')
  async html(@Res() reply: FastifyReply, @Param('id', { schema: id }) key: string): Promise<void> {
    const mail = await this.read(key);
    const { html } = isSecret(mail) ? {} : await PostalMime.parse(mail.raw);
    await reply
      .headers({ 'content-security-policy': FRAME_POLICY, 'x-frame-options': 'SAMEORIGIN' })
      .type('text/html; charset=utf-8')
      .send(html ?? '');
  }

  private async read(key: string): Promise<OutgoingRow & { raw: Buffer }> {
    const mail = await this.reader.one(key);
    if (!mail) {
      throw new NotFound('There is no such mail.');
    }
    return mail;
  }
}

const mayHandle = (who: Principal): boolean => who.kind === 'staff' && may(who.staff.role, 'handle_mail');

/** A sign-in link that went out is for its reader only. One that was kept can be read nowhere else. */
const isSecret = (mail: OutgoingRow): boolean => (mail.template === 'sign-in-link' || mail.template === 'confirm-claim') && mail.state !== 'kept';
