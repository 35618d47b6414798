import { Body, Controller, HttpCode, Post, Req } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import { Allow } from '../auth/access';
import { SignedEvents } from '../auth/signed-events.service';
import { ReservedKey, type Reserved } from '../evidence/reserved';
import { blockEvent, type BlockEvent } from './block-events.schema';
import { WatchService } from './watch.service';

/** What the NOC tells us of its blocks, as it happens. */
@Controller('api/v1/block-events')
export class BlockEventsController {
  constructor(
    private readonly watch: WatchService,
    private readonly events: SignedEvents,
  ) {}

  /** 202: written down, and whatever it means for our tickets is under way. The same event twice is one event. */
  @Post()
  @HttpCode(202)
  @Allow({ scopes: ['noc'], signed: true })
  async tell(@Req() request: FastifyRequest, @Body({ schema: blockEvent }) { event, block }: BlockEvent, @ReservedKey() reserved: Reserved | null): Promise<{ event: string; ip: string; kind: string; blockedAt: string }> {
    const told = { event, ip: block.ip, kind: block.kind, blockedAt: block.blockedAt };
    await this.watch.heard(event, block, reserved?.along(202, () => told));
    await this.events.use(request);
    return told;
  }
}
