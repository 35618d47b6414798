import { Controller, Get, Query } from '@nestjs/common';
import { z } from 'zod';
import { Allow } from '../auth/access';
import { FeedService, type FedEvent } from './feed.service';

const feed = z.strictObject({
  after: z.string().regex(/^(\d{1,18}(\.\d)?)?$/, 'must be the "next" of the page before, or the "cursor" of an event').default('').overwrite((id) => id || '0'),
  limit: z.coerce.number().int().min(1).max(200).default(100),
});

/** Everything the webhooks tell, in order, for a NOC that would rather ask. */
@Controller('api/v1/events')
export class EventsController {
  constructor(private readonly events: FeedService) {}

  /**
   * Events after a cursor, oldest first: every event of the webhooks, with the same id, type, timestamp and data. Nothing is ever
   * committed below a cursor that was given out, so a reader that goes on from `next` misses nothing.
   */
  @Get()
  @Allow({ scopes: ['noc', 'read', 'lead'] })
  async list(@Query({ schema: feed }) { after, limit }: z.output<typeof feed>): Promise<{ items: FedEvent[]; next: string }> {
    const items = await this.events.page(after, limit);
    return { items, next: items.at(-1)?.cursor ?? after };
  }
}
