import { Inject, Injectable } from '@nestjs/common';
import { createHmac, randomUUID, timingSafeEqual } from 'node:crypto';
import { z } from 'zod';
import { Clock } from '../platform/clock';
import { CONFIG, type Config } from '../platform/config/config';
import type { CustomerAccount, Launch } from './principal';
import { Once } from './once.service';

const MINUTES = 10;
const sealed = z.object({
  id: z.string(), until: z.number(), account: z.object({ id: z.string(), email: z.string(), name: z.string().nullable() }),
  launch: z.object({ ip: z.string().optional(), kind: z.enum(['spam', 'hack']).optional(), blockedAt: z.string().optional() }),
});

/**
 * What stands between the NOC's launch and our session: the customer sees which account it is and clicks (login CSRF, ASVS 7.6.2).
 * The launch token is used up by then, so the page carries this: signed, ten minutes, once.
 */
@Injectable()
export class LaunchTickets {
  constructor(
    @Inject(CONFIG) private readonly config: Pick<Config, 'SECRET'>,
    private readonly once: Once,
    private readonly clock: Clock,
  ) {}

  seal(account: CustomerAccount, launch: Launch): string {
    const body = Buffer.from(JSON.stringify({ id: randomUUID(), until: this.clock.now().getTime() + MINUTES * 60_000, account, launch })).toString('base64url');
    return `${body}.${this.mac(body)}`;
  }

  /** Who it is for; null when it is not ours, too old, or was used. */
  async open(ticket: string): Promise<{ account: CustomerAccount; launch: Launch } | null> {
    const [body = '', mac = ''] = ticket.slice(0, 8192).split('.');
    const right = this.mac(body);
    if (mac.length !== right.length || !timingSafeEqual(Buffer.from(mac), Buffer.from(right))) {
      return null;
    }
    const { id, until, account, launch } = sealed.parse(JSON.parse(Buffer.from(body, 'base64url').toString()));
    if (until < this.clock.now().getTime()) {
      return null;
    }
    const first = await this.once.first('launch-ticket', id, new Date(until));
    return first ? { account, launch } : null;
  }

  private mac(body: string): string {
    return createHmac('sha256', this.config.SECRET).update(`launch ticket ${body}`).digest('base64url');
  }
}
