import { Body, Controller, Get, Param, Post, Query, Req, Res } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { z } from 'zod';
import { Allow, Who } from '../auth/access';
import type { Principal } from '../auth/principal';
import { may } from '../core/policy/may';
import { ReservedKey, type Reserved } from '../evidence/reserved';
import { Conflict, InvalidInput } from '../platform/http/errors';
import { View } from '../platform/http/view';
import type { Ticket } from '../tickets/ticket.entity';
import { DeskActsService } from './desk-acts.service';
import { handoverForm, joinForm, whyForm } from './desk-acts.schema';
import { HandoverService } from './handover.service';
import { personOf, type Person } from './staff-of';
import { TicketPages } from './ticket-pages';

const said = z.object({ said: z.literal('kept').optional().catch(undefined) });

/** Asking a lead, giving back, joining duplicates, and the handover between shifts. */
@Allow({ staff: true })
@Controller('desk')
export class DeskActsController {
  constructor(
    private readonly view: View,
    private readonly acts: DeskActsService,
    private readonly handovers: HandoverService,
    private readonly pages: TicketPages,
  ) {}

  @Post('tickets/:ref/escalation')
  async escalate(@Who() who: Principal, @Req() request: FastifyRequest, @Res() reply: FastifyReply, @Param('ref') ref: string, @Body({ schema: whyForm }) form: z.output<typeof whyForm>, @ReservedKey() reserved: Reserved | null): Promise<void> {
    const person = personOf(who);
    const back = (ticket: Ticket): string => `/desk/tickets/${ticket.ref}?said=escalated`;
    await this.pages.act(request, reply, ref, person, async () => back(await this.acts.escalate(ref, form.why, person, reserved?.goingOn(back))), form.why);
  }

  @Post('tickets/:ref/give-back')
  async giveBack(@Who() who: Principal, @Req() request: FastifyRequest, @Res() reply: FastifyReply, @Param('ref') ref: string, @Body({ schema: whyForm }) form: z.output<typeof whyForm>, @ReservedKey() reserved: Reserved | null): Promise<void> {
    const person = personOf(who);
    const back = (ticket: Ticket): string => `/desk/tickets/${ticket.ref}?said=given-back`;
    await this.pages.act(request, reply, ref, person, async () => back(await this.acts.giveBack(ref, form.why, person, reserved?.goingOn(back))), form.why);
  }

  @Post('tickets/:ref/duplicate')
  async join(@Who() who: Principal, @Req() request: FastifyRequest, @Res() reply: FastifyReply, @Param('ref') ref: string, @Body({ schema: joinForm }) form: z.output<typeof joinForm>, @ReservedKey() reserved: Reserved | null): Promise<void> {
    const person = personOf(who);
    const back = (ticket: Ticket): string => `/desk/tickets/${ticket.ref}?said=joined`;
    await this.pages.act(request, reply, ref, person, async () => back(await this.acts.join(ref, form.into, person, reserved?.goingOn(back))), form.into);
  }

  /** The note of the shift that is on, and those before it. */
  @Get('handover')
  async handover(@Who() who: Principal, @Req() request: FastifyRequest, @Res() reply: FastifyReply, @Query({ schema: said }) query: z.output<typeof said>): Promise<void> {
    await this.show(request, reply, personOf(who), { said: query.said !== undefined });
  }

  @Post('handover')
  async write(@Who() who: Principal, @Req() request: FastifyRequest, @Res() reply: FastifyReply, @Body({ schema: handoverForm }) form: z.output<typeof handoverForm>): Promise<void> {
    const person = personOf(who);
    const lost = await this.handovers.write(form.text, form.version, person).then(() => null, (error: unknown) => (error instanceof Conflict || error instanceof InvalidInput ? error : Promise.reject(error)));
    if (lost instanceof InvalidInput) {
      void reply.status(422);
      await this.show(request, reply, person, { text: form.text, problem: lost.errors[0]?.message });
      return;
    }
    if (lost) {
      void reply.status(409);
      await this.show(request, reply, person, { text: form.text, conflict: { message: lost.message, theirs: String(lost.detail['text'] ?? '') } });
      return;
    }
    await reply.redirect('/desk/handover?said=kept', 303);
  }

  private async show(request: FastifyRequest, reply: FastifyReply, person: Person, shown: { said?: boolean; text?: string; problem?: string; conflict?: { message: string; theirs: string } }): Promise<void> {
    const { shift, note, before } = await this.handovers.read();
    const [last, ...older] = before;
    this.view.render(request, reply, 'review/handover', {
      title: 'Handover', shift, note, last, older, mayWrite: may(person.staff.role, 'write_handover'), said: shown.said ?? false, conflict: shown.conflict ?? null, problem: shown.problem ?? null, text: shown.text ?? note?.text ?? '', version: note?.version ?? 0,
    });
  }
}
