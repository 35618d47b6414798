import { Body, Controller, Post, Res } from '@nestjs/common';
import type { FastifyReply } from 'fastify';
import { z } from 'zod';
import { Allow, Who } from '../auth/access';
import type { Principal } from '../auth/principal';
import { AccountSharing } from './account-sharing.service';
import { customerOf } from './customer';

const chosen = z.strictObject({ _csrf: z.string().optional(), show: z.enum(['all', 'own']) });

/** Whether the contacts of an account see one another's tickets. */
@Allow({ customer: true })
@Controller('account')
export class AccountSharingController {
  constructor(private readonly sharing: AccountSharing) {}

  @Post('sharing')
  async change(@Res() reply: FastifyReply, @Who() who: Principal, @Body({ schema: chosen }) { show }: z.output<typeof chosen>): Promise<void> {
    await this.sharing.change(customerOf(who), show === 'all');
    await reply.redirect('/tickets#sharing', 303);
  }
}
