import { Body, Controller, Get, Header, Param, Post, Query, Req, Res, StreamableFile } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { z } from 'zod';
import { Allow, Who } from '../auth/access';
import type { Principal } from '../auth/principal';
import { may } from '../core/policy/may';
import { ReservedKey, type Reserved } from '../evidence/reserved';
import { MessagesService } from '../evidence/messages.service';
import { Forbidden, NotFound } from '../platform/http/errors';
import { isUuid } from '../platform/uuid';
import { TicketsService } from '../tickets/tickets.service';
import { noteForm } from './decision.schema';
import { SAID } from './notice';
import { personOf } from './staff-of';
import { TakeService } from './take.service';
import { TicketPages } from './ticket-pages';
import { TicketReader } from './ticket.query';

const said = z.object({ said: z.enum(SAID).optional().catch(undefined) });

/** One ticket with its evidence, its reading and its history. */
@Allow({ staff: true })
@Controller('desk')
export class TicketController {
  constructor(
    private readonly pages: TicketPages,
    private readonly reader: TicketReader,
    private readonly tickets: TicketsService,
    private readonly takes: TakeService,
    private readonly messages: MessagesService,
  ) {}

  @Get('tickets/:ref')
  async show(@Who() who: Principal, @Req() request: FastifyRequest, @Res() reply: FastifyReply, @Param('ref') ref: string, @Query({ schema: said }) query: z.output<typeof said>): Promise<void> {
    await this.pages.show(request, reply, ref, personOf(who), { said: query.said });
  }

  @Post('tickets/:ref/take')
  async take(@Who() who: Principal, @Req() request: FastifyRequest, @Res() reply: FastifyReply, @Param('ref') ref: string): Promise<void> {
    const person = personOf(who);
    await this.pages.act(request, reply, ref, person, async () => `/desk/tickets/${(await this.takes.take(ref, person)).ref}`);
  }

  @Post('tickets/:ref/release')
  async release(@Who() who: Principal, @Req() request: FastifyRequest, @Res() reply: FastifyReply, @Param('ref') ref: string): Promise<void> {
    const person = personOf(who);
    await this.pages.act(request, reply, ref, person, async () => {
      await this.takes.release(ref, person);
      return '/desk?said=released';
    });
  }

  /** An internal note: it never changes the ticket, and customers never see it (rule 11). */
  @Post('tickets/:ref/notes')
  async note(@Who() who: Principal, @Req() request: FastifyRequest, @Res() reply: FastifyReply, @Param('ref') ref: string, @Body({ schema: noteForm }) body: z.output<typeof noteForm>, @ReservedKey() reserved: Reserved | null): Promise<void> {
    const person = personOf(who);
    const { staff, actor } = person;
    if (!may(staff.role, 'write_note')) {
      throw new Forbidden(`As ${staff.role} you may read tickets, not write on them.`);
    }
    const ticket = await this.tickets.find(ref);
    await this.pages.act(request, reply, ref, person, async () => {
      const back = `/desk/tickets/${ticket.ref}?said=noted#timeline`;
      await this.messages.write(ticket.id, actor, body.text, { internal: true }, reserved?.goingOn(() => back));
      return back;
    }, body.text);
  }

  /** An evidence item exactly as it came, always as a download: it is not ours and may be anything. */
  @Get('evidence/:id')
  @Header('content-type', 'application/octet-stream')
  @Header('content-security-policy', "default-src 'none'; sandbox")
  async evidence(@Who() who: Principal, @Param('id') id: string): Promise<StreamableFile> {
    const { staff } = personOf(who);
    if (!may(staff.role, 'see_evidence')) {
      throw new Forbidden(`As ${staff.role} you may not open evidence.`);
    }
    const item = isUuid(id) ? await this.reader.item(id) : null;
    if (!item) {
      throw new NotFound('There is no such file.');
    }
    const body = item.bytes ?? Buffer.from(item.text ?? '');
    return new StreamableFile(body, { type: 'application/octet-stream', length: body.length, disposition: `attachment; filename="${item.id.slice(-8)}.${item.bytes ? 'eml' : 'txt'}"` });
  }
}
