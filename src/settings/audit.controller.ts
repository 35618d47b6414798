import { Controller, Get, Query, Req, Res } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { z } from 'zod';
import { Allow, Who } from '../auth/access';
import type { Principal } from '../auth/principal';
import { View } from '../platform/http/view';
import { inSession } from './allowed';
import { AuditReader } from './audit.query';
import { auditView, CHANGE_KINDS, eventsOf } from './audit.view';

// A kind, a person or a line that nobody knows is no reason to refuse a page.
const listQuery = z.object({
  kind: z.enum(CHANGE_KINDS).optional().catch(undefined), by: z.uuid().optional().catch(undefined), before: z.string().regex(/^[1-9]\d{0,17}$/).optional().catch(undefined),
});

/** Who changed what at the desk itself: people, keys, settings, webhooks, data. What happens to a ticket stands on its page. */
@Allow({ staff: true })
@Controller('desk/audit')
export class AuditController {
  constructor(
    private readonly view: View,
    private readonly reader: AuditReader,
  ) {}

  @Get()
  async list(@Who() who: Principal, @Req() request: FastifyRequest, @Res() reply: FastifyReply, @Query({ schema: listQuery }) query: z.output<typeof listQuery>): Promise<void> {
    inSession(who, 'see_audit', 'The audit is for leads, auditors and admins.');
    const [found, sealedUntil] = await Promise.all([this.reader.changes({ events: eventsOf(query.kind), by: query.by, before: query.before }), this.reader.sealedUntil()]);
    this.view.render(request, reply, 'settings/audit', auditView(found, sealedUntil, query));
  }
}
