import { Body, Controller, Headers, Post, Res } from '@nestjs/common';
import type { FastifyReply } from 'fastify';
import { Allow, Who } from '../auth/access';
import type { Principal } from '../auth/principal';
import { newClaim, rejectedUnblock, type NewClaim, type RejectedUnblock } from './claims.schema';
import { IntakeService } from './intake.service';

/** The doors of the NOC: one for an unblock that it refused, one for a claim. */
@Controller('api/v1')
export class IntakeController {
  constructor(private readonly intake: IntakeService) {}

  /** 201 with the new ticket, 200 with the one that is open for this episode. */
  @Post('rejected-unblocks')
  @Allow({ scopes: ['noc'] })
  async rejected(@Who() who: Principal, @Res() reply: FastifyReply, @Body({ schema: rejectedUnblock }) body: RejectedUnblock, @Headers('idempotency-key') key?: string): Promise<void> {
    const { status, answer } = await this.intake.rejectedUnblock(who, body, key);
    await reply.status(status).type('application/json').send(JSON.stringify(answer));
  }

  /** The same for a claim that comes with its evidence. */
  @Post('claims')
  @Allow({ scopes: ['noc', 'reviewer'], action: 'file_claim' })
  async claim(@Who() who: Principal, @Res() reply: FastifyReply, @Body({ schema: newClaim }) body: NewClaim, @Headers('idempotency-key') key?: string): Promise<void> {
    const { status, answer } = await this.intake.claim(who, body, key);
    await reply.status(status).type('application/json').send(JSON.stringify(answer));
  }
}
