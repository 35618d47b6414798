import { Body, Controller, Get, Param, Post, Query, Req, Res } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { z } from 'zod';
import { Allow, Who } from '../auth/access';
import type { Principal } from '../auth/principal';
import { InvalidInput, type FieldError } from '../platform/http/errors';
import { View } from '../platform/http/view';
import { bulkForm, incidentForm, joinForm, linkForm } from './desk-acts.schema';
import { IncidentReader } from './incident.query';
import { IncidentService } from './incident.service';
import { bulkDraft, proposalOfMany, type BulkDraft } from './incident.form';
import { CAUSES, incidentsView, incidentView } from './incident.view';
import { personOf, type Person } from './staff-of';

const said = z.object({ said: z.enum(['linked', 'unlinked', 'decided', 'stopped', 'ended']).optional().catch(undefined) });
const nothing = z.strictObject({});
const SAID = {
  linked: 'Linked.', unlinked: 'Taken out.', decided: 'Under way: each ticket is decided on its own when its turn comes.', stopped: 'Stopped: what was not decided yet stays as it is.',
  ended: 'Ended. Its tickets stay linked.',
};

/** Incidents: tickets with one cause, linked by a person and decided together. */
@Allow({ staff: true })
@Controller('desk/incidents')
export class IncidentController {
  constructor(
    private readonly view: View,
    private readonly reader: IncidentReader,
    private readonly incidents: IncidentService,
  ) {}

  @Get()
  async list(@Who() who: Principal, @Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    const { staff } = personOf(who);
    const [lines, suggestions] = await Promise.all([this.reader.list(), this.reader.suggestions()]);
    this.view.render(request, reply, 'review/incidents', incidentsView(lines, suggestions, staff.role));
  }

  @Post()
  async create(@Who() who: Principal, @Res() reply: FastifyReply, @Body({ schema: incidentForm }) form: z.output<typeof incidentForm>): Promise<void> {
    const incident = await this.incidents.create(form.trait, form.value, form.title || `${capital(CAUSES[form.trait].label)} ${form.value}`, personOf(who));
    await reply.redirect(`/desk/incidents/${incident.id}`, 303);
  }

  @Get(':id')
  async page(@Who() who: Principal, @Req() request: FastifyRequest, @Res() reply: FastifyReply, @Param('id') id: string, @Query({ schema: said }) query: z.output<typeof said>): Promise<void> {
    await this.show(request, reply, id, personOf(who), { said: query.said ? SAID[query.said] : null });
  }

  @Post(':id/tickets')
  async link(@Who() who: Principal, @Res() reply: FastifyReply, @Param('id') id: string, @Body({ schema: linkForm }) form: z.output<typeof linkForm>): Promise<void> {
    await this.incidents.link(id, form.ref, personOf(who));
    await reply.redirect(`/desk/incidents/${id}?said=linked`, 303);
  }

  @Post(':id/unlink')
  async unlink(@Who() who: Principal, @Res() reply: FastifyReply, @Param('id') id: string, @Body({ schema: joinForm }) form: z.output<typeof joinForm>): Promise<void> {
    await this.incidents.unlink(id, form.into, personOf(who));
    await reply.redirect(`/desk/incidents/${id}?said=unlinked`, 303);
  }

  /** One decision for all that are ticked; what is missing comes back with all that was typed. */
  @Post(':id/decision')
  async decide(@Who() who: Principal, @Req() request: FastifyRequest, @Res() reply: FastifyReply, @Param('id') id: string, @Body({ schema: bulkForm }) form: z.output<typeof bulkForm>): Promise<void> {
    const person = personOf(who);
    const tickets = form.ticket.flatMap((entry) => {
      const [ref = '', version = ''] = entry.split(':');
      return /^\d{1,9}$/.test(version) ? [{ ref, version: Number(version) }] : [];
    });
    const { statement, perMinute } = form;
    const draft = bulkDraft(form, tickets.map(({ ref }) => ref));
    const refused = await this.incidents.decide(id, { ...proposalOfMany(draft), statement, perMinute, tickets }, person)
      .then(() => null, (error: unknown) => (error instanceof InvalidInput ? error : Promise.reject(error)));
    if (refused) {
      await this.show(request, reply, id, person, { status: 422, problems: refused.errors, draft });
      return;
    }
    await reply.redirect(`/desk/incidents/${id}?said=decided`, 303);
  }

  @Post(':id/stop')
  async stop(@Who() who: Principal, @Res() reply: FastifyReply, @Param('id') id: string, @Body({ schema: nothing }) _body: object): Promise<void> {
    await this.incidents.stop(id, personOf(who));
    await reply.redirect(`/desk/incidents/${id}?said=stopped`, 303);
  }

  @Post(':id/end')
  async end(@Who() who: Principal, @Res() reply: FastifyReply, @Param('id') id: string, @Body({ schema: nothing }) _body: object): Promise<void> {
    await this.incidents.end(id, personOf(who));
    await reply.redirect(`/desk/incidents/${id}?said=ended`, 303);
  }

  private async show(request: FastifyRequest, reply: FastifyReply, id: string, person: Person, shown: { said?: string | null; draft?: BulkDraft; problems?: FieldError[]; status?: number }): Promise<void> {
    const incident = await this.reader.one(id);
    const [tickets, suggested, decisions, asked] = await Promise.all([this.reader.tickets(id), incident.endedAt === null ? this.reader.suggested(incident) : [], this.reader.decisions(id), this.reader.fixesAsked(id)]);
    void reply.status(shown.status ?? 200);
    this.view.render(request, reply, 'review/incident', incidentView({ incident, tickets, suggested, decisions, asked, role: person.staff.role, said: shown.said ?? null, draft: shown.draft ?? null, problems: shown.problems ?? [] }));
  }
}

const capital = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1);
