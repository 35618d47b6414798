import { Body, Controller, Get, HttpCode, Param, Post, Query } from '@nestjs/common';
import { z } from 'zod';
import { Allow } from '../auth/access';
import { Malformed } from '../platform/http/errors';
import { INBOUND_STATES, type InboundState } from './inbound-mail.entity';
import { MailboxService, type MailSummary } from './mailbox.service';

const id = z.uuid({ error: 'must be the id of a mail, as POST /inbound-mail answered it' });
const listQuery = z.strictObject({
  state: z.enum(INBOUND_STATES, { error: `must be one of ${INBOUND_STATES.join(', ')}` }).optional(),
  after: z.uuid({ error: 'must be the "next" of the page before' }).optional(),
  limit: z.coerce.number({ error: 'must be a number' }).int().min(1, 'must be 1 to 200').max(200, 'must be 1 to 200').optional(),
});

/** The API's door for mail, and what became of each one. */
@Controller('api/v1/inbound-mail')
export class InboundMailController {
  constructor(private readonly mailbox: MailboxService) {}

  /** Takes one raw mail (message/rfc822, at most 25 MB). 202 once it is stored; how it ends is asked with GET. */
  @Post()
  @HttpCode(202)
  @Allow({ scopes: ['noc', 'admin'] })
  store(@Body() raw: unknown): Promise<{ id: string; state: InboundState }> {
    if (!Buffer.isBuffer(raw)) {
      throw new Malformed([{ field: 'body', code: 'not_a_mail', message: 'Send the raw mail as the body, with Content-Type: message/rfc822.' }]);
    }
    return this.mailbox.store({ door: 'api', raw });
  }

  @Get()
  @Allow({ scopes: ['admin', 'reviewer'] })
  list(@Query({ schema: listQuery }) query: z.output<typeof listQuery>): Promise<{ items: MailSummary[]; next: string | null }> {
    return this.mailbox.list({ ...query, states: query.state && [query.state] });
  }

  @Get(':id')
  @Allow({ scopes: ['noc', 'admin', 'reviewer'] })
  async find(@Param('id', { schema: id }) key: string): Promise<Pick<MailSummary, 'id' | 'state' | 'reason' | 'ticket'>> {
    const { state, reason, ticket } = await this.mailbox.find(key);
    return { id: key, state, reason, ticket };
  }
}
