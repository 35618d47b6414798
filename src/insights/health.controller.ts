import { Controller, Get, Header, Res } from '@nestjs/common';
import type { FastifyReply } from 'fastify';
import { Allow } from '../auth/access';
import { HealthService } from './health.service';

/** Whether this process lives and can work, and the figures of the whole desk. */
@Controller()
export class HealthController {
  constructor(private readonly health: HealthService) {}

  /** The process runs. Stays green while the database is away: a restart would help nobody. */
  @Get('health/live')
  @Allow({ open: true })
  live(): { status: 'ok' } {
    return { status: 'ok' };
  }

  /** Whether requests should come here: 503 while the database does not answer, and from the signal to stop on. Without Redis: 200, "degraded". */
  @Get('health/ready')
  @Allow({ open: true })
  async ready(@Res() reply: FastifyReply): Promise<void> {
    const found = await this.health.ready();
    await reply.status(found.status === 'unavailable' || found.status === 'stopping' ? 503 : 200).send(found);
  }

  /** Prometheus text, version 0.0.4. */
  @Get('metrics')
  @Allow({ scopes: ['admin', 'read'] })
  @Header('content-type', 'text/plain; version=0.0.4; charset=utf-8')
  metrics(): Promise<string> {
    return this.health.metrics();
  }
}
