import { Body, Controller, Get, Header, HttpCode, Param, Post, Query, Res } from '@nestjs/common';
import type { FastifyReply } from 'fastify';
import type { z } from 'zod';
import { Allow, Who } from '../auth/access';
import type { Principal } from '../auth/principal';
import type { Evidence } from '../core/evidence/evidence';
import { ReservedKey, type Reserved } from '../evidence/reserved';
import { evidence } from '../evidence/wire.schema';
import type { TicketJson } from '../tickets/ticket.view';
import { reportedFix, ticketList, type TicketList } from './tickets-api.schema';
import { TicketsApiService } from './tickets-api.service';

/** Tickets over the API: reading, adding evidence, reporting a fix, a link to pass on. The noc scope sees the customer's view. */
@Controller('api/v1/tickets')
export class TicketsApiController {
  constructor(private readonly api: TicketsApiService) {}

  /**
   * Newest first; `next` is the cursor of the following page, null on the last. Items are heads of tickets: without evidence, analysis, decision, fixes and lift, and
   * with the block but for its detections and logs; `GET /tickets/{ref}` has them. `q` takes a reference, an address, a network, a Message-ID, a domain, an account, or words.
   */
  @Get()
  @Allow({ scopes: ['noc', 'read', 'reviewer'] })
  @Header('content-type', 'application/json; charset=utf-8')
  list(@Who() who: Principal, @Query({ schema: ticketList }) query: TicketList): Promise<string> {
    return this.api.list(who, query);
  }

  @Get(':ref')
  @Allow({ scopes: ['noc', 'read', 'reviewer'] })
  one(@Who() who: Principal, @Param('ref') ref: string): Promise<TicketJson> {
    return this.api.one(who, ref);
  }

  /** 200 with the ticket as it stands then; 409 when it is decided. */
  @Post(':ref/evidence')
  @HttpCode(200)
  @Allow({ scopes: ['noc', 'reviewer'], action: 'supply_evidence' })
  supply(@Who() who: Principal, @Param('ref') ref: string, @Body({ schema: evidence }) body: Evidence, @ReservedKey() reserved: Reserved | null): Promise<TicketJson> {
    return this.api.supply(who, ref, body, reserved);
  }

  /** A read-only page for the NOC to link to: no sign-in, no personal data, expires. */
  @Post(':ref/status-links')
  @HttpCode(201)
  @Allow({ scopes: ['noc'] })
  async link(@Param('ref') ref: string, @Res({ passthrough: true }) reply: FastifyReply, @ReservedKey() reserved: Reserved | null): Promise<{ url: string; expiresAt: string }> {
    const link = await this.api.statusLink(ref, reserved);
    void reply.header('location', link.url);
    return link;
  }

  /** The customer says that a required fix is done; that starts its verification. */
  @Post(':ref/fixes/:code')
  @HttpCode(200)
  @Allow({ scopes: ['noc', 'reviewer'], action: 'report_fix' })
  fixed(@Who() who: Principal, @Param('ref') ref: string, @Param('code') code: string, @Body({ schema: reportedFix }) body: z.output<typeof reportedFix>, @ReservedKey() reserved: Reserved | null): Promise<TicketJson> {
    return this.api.reportFix(who, ref, code, body.statement, reserved);
  }
}
