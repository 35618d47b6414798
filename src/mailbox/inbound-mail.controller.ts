import { Body, Controller, Get, HttpCode, Param, Post, Query } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { z } from 'zod';
import { Allow, Who } from '../auth/access';
import type { Principal } from '../auth/principal';
import { episode } from '../core/ticket/episode';
import { ReservedKey, type Reserved } from '../evidence/reserved';
import { kind, text, time } from '../evidence/wire.schema';
import { Conflict, InvalidInput, Malformed, NotFound, Unauthorised } from '../platform/http/errors';
import { ConfirmService } from './confirm.service';
import { Confirmations } from './confirmations.service';
import { INBOUND_STATES, type InboundState } from './inbound-mail.entity';
import { MailList, type Counts } from './mail-list.query';
import { MailboxService, type MailSummary } from './mailbox.service';

const id = z.uuid({ error: 'must be the id of a mail, as POST /inbound-mail answered it' });
const listQuery = z.strictObject({
  state: z.enum(INBOUND_STATES, { error: `must be one of ${INBOUND_STATES.join(', ')}` }).optional(),
  q: z.string().trim().max(320, 'may have 320 characters').optional(),
  reason: z.string().regex(/^[a-z_]{1,40}$/, 'must be a reason, as the list shows it').optional(),
  after: z.union([z.uuid(), z.literal('')], { error: 'must be the "next" of the page before' }).optional(),
  limit: z.coerce.number({ error: 'must be a number' }).int().min(1, 'must be 1 to 200').max(200, 'must be 1 to 200').optional(),
});
const confirmation = z.strictObject({
  account: text(200),
  answer: z.enum(['confirmed', 'refused'], { error: 'must be confirmed or refused' }).default('confirmed'),
  /** which of several that fit is meant */
  block: z.strictObject({ ip: text(60), kind, blockedAt: time, blockId: text(200).optional() }).optional(),
});

type Found = Pick<MailSummary, 'id' | 'state' | 'reason' | 'ticket'>;

/** The API's door for mail, and what became of each one. */
@Controller('api/v1/inbound-mail')
export class InboundMailController {
  constructor(
    private readonly mailbox: MailboxService,
    private readonly mails: MailList,
    private readonly confirmations: Confirmations,
    private readonly confirming: ConfirmService,
  ) {}

  /** Takes one raw mail (message/rfc822, at most 25 MB). 202 once it is stored; how it ends is asked with GET. */
  @Post()
  @HttpCode(202)
  @Allow({ scopes: ['noc', 'admin'] })
  store(@Body() raw: unknown, @ReservedKey() reserved: Reserved | null): Promise<{ id: string; state: InboundState }> {
    if (!Buffer.isBuffer(raw)) {
      throw new Malformed([{ field: 'body', code: 'not_a_mail', message: 'Send the raw mail as the body, with Content-Type: message/rfc822.' }]);
    }
    return this.mailbox.store({ door: 'api', raw }, reserved?.along(202, (mail) => ({ id: mail, state: 'stored' })));
  }

  /** Newest first; `q` finds sender, subject, Message-ID, reference and reason. `counts` are of all mails, by state. */
  @Get()
  @Allow({ scopes: ['admin', 'reviewer'] })
  async list(@Query({ schema: listQuery }) { state, ...query }: z.output<typeof listQuery>): Promise<{ items: MailSummary[]; next: string | null; counts: Counts }> {
    const [found, counts] = await Promise.all([this.mails.list({ ...query, states: state && [state] }), this.mails.counts()]);
    return { ...found, counts };
  }

  @Get(':id')
  @Allow({ scopes: ['noc', 'admin', 'reviewer'] })
  find(@Param('id', { schema: id }) key: string): Promise<Found> {
    return this.found(key);
  }

  /**
   * The control panel says for an account that a mail that waits is theirs, or is not. Confirmed, it becomes a ticket with all that it brought.
   * 409 when it does not wait (any more), or when several blocks fit: then `blocks` lists them, and `block` says which. 422 for an account
   * that was not asked.
   */
  @Post(':id/confirmation')
  @HttpCode(200)
  @Allow({ scopes: ['noc'] })
  async confirm(@Who() who: Principal, @Param('id', { schema: id }) key: string, @Body({ schema: confirmation }) body: z.output<typeof confirmation>, @ReservedKey() reserved: Reserved | null): Promise<Found> {
    if (who.kind === 'nobody') {
      throw new Unauthorised();
    }
    await this.mailbox.find(key);
    const asked = await this.confirmations.of(key, body.account);
    if (!asked) {
      throw new InvalidInput([{ field: 'account', code: 'not_asked', message: 'This mail names no address of that account, or does not wait for anybody.' }]);
    }
    const answer = reserved?.along<void>(200, (_, tx) => this.found(key, tx));
    if (body.answer === 'refused') {
      await this.confirming.refuse(asked, who.actor, answer);
      return this.found(key);
    }
    const done = await this.confirming.confirm(asked, who.actor, body.block && episode(body.block), answer);
    if ('which' in done) {
      throw new Conflict('Several blocks fit what the mail says: send the one that is meant as "block".', { blocks: done.which });
    }
    if ('none' in done) {
      throw done.none === 'not_owner' ? new NotFound('There is no such account.') : new Conflict('None of its addresses is blocked as this account’s any more.', { reason: done.none });
    }
    return this.found(key);
  }

  private async found(key: string, tx?: EntityManager): Promise<Found> {
    const { state, reason, ticket } = await this.mailbox.find(key, tx);
    return { id: key, state, reason, ticket };
  }
}
