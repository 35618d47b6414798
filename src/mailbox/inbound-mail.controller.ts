import { Body, Controller, Get, Headers, HttpCode, Param, Post, Query } from '@nestjs/common';
import { createHash } from 'node:crypto';
import { z } from 'zod';
import { Allow, Who } from '../auth/access';
import type { Principal } from '../auth/principal';
import { Idempotency } from '../evidence/idempotency';
import { Clock } from '../platform/clock';
import { Malformed } from '../platform/http/errors';
import { INBOUND_STATES, type InboundState } from './inbound-mail.entity';
import { MailboxService, type MailSummary } from './mailbox.service';

const id = z.uuid({ error: 'must be the id of a mail, as POST /inbound-mail answered it' });
const listQuery = z.strictObject({
  state: z.enum(INBOUND_STATES, { error: `must be one of ${INBOUND_STATES.join(', ')}` }).optional(),
  after: z.uuid({ error: 'must be the "next" of the page before' }).optional(),
  limit: z.coerce.number({ error: 'must be a number' }).int().min(1, 'must be 1 to 200').max(200, 'must be 1 to 200').optional(),
});

interface Told {
  id: string;
  state: InboundState;
}

/** The API's door for mail, and what became of each one. */
@Controller('api/v1/inbound-mail')
export class InboundMailController {
  constructor(
    private readonly mailbox: MailboxService,
    private readonly idempotency: Idempotency,
    private readonly clock: Clock,
  ) {}

  /** Takes one raw mail (message/rfc822, at most 25 MB). 202 once it is stored; how it ends is asked with GET. */
  @Post()
  @HttpCode(202)
  @Allow({ scopes: ['noc', 'admin'] })
  async store(@Who() who: Principal, @Body() raw: unknown, @Headers('idempotency-key') key?: string): Promise<Told> {
    if (!Buffer.isBuffer(raw)) {
      throw new Malformed([{ field: 'body', code: 'not_a_mail', message: 'Send the raw mail as the body, with Content-Type: message/rfc822.' }]);
    }
    const owner = who.kind === 'key' ? who.keyId : '';
    const hash = createHash('sha256').update('POST /inbound-mail\n').update(raw).digest('base64url');
    const kept = key ? await this.idempotency.kept(owner, key, hash) : null;
    if (kept) {
      return kept.answer as Told;
    }
    const told = await this.mailbox.store({ door: 'api', raw });
    return key ? ((await this.idempotency.keep({ owner, key, request_hash: hash, status: 202, answer: told, ticket_id: null, created_at: this.clock.now().toISOString() })).answer as Told) : told;
  }

  @Get()
  @Allow({ scopes: ['admin', 'reviewer'] })
  async list(@Query({ schema: listQuery }) query: z.output<typeof listQuery>): Promise<{ items: MailSummary[]; next: string | null }> {
    return this.mailbox.list({ ...query, states: query.state && [query.state] });
  }

  @Get(':id')
  @Allow({ scopes: ['noc', 'admin', 'reviewer'] })
  async find(@Param('id', { schema: id }) key: string): Promise<Pick<MailSummary, 'id' | 'state' | 'reason' | 'ticket'>> {
    const { state, reason, ticket } = await this.mailbox.find(key);
    return { id: key, state, reason, ticket };
  }
}
