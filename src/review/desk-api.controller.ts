import { Body, Controller, Get, HttpCode, Inject, Param, Post } from '@nestjs/common';
import { DataSource, type EntityManager } from 'typeorm';
import type { z } from 'zod';
import { Allow, Who } from '../auth/access';
import type { Principal } from '../auth/principal';
import { ReservedKey, type Reserved } from '../evidence/reserved';
import { CONFIG, type Config } from '../platform/config/config';
import { asReference } from './as-reference';
import type { Ticket } from '../tickets/ticket.entity';
import { ticketParts } from '../tickets/ticket.query';
import { ticketView, type TicketJson } from '../tickets/ticket.view';
import { TicketsService } from '../tickets/tickets.service';
import { bulkBody, handoverBody, incidentBody, joinBody, linkBody, whyBody } from './desk-acts.schema';
import { DeskActsService } from './desk-acts.service';
import { HandoverService } from './handover.service';
import { IncidentReader } from './incident.query';
import { IncidentService } from './incident.service';
import { MemoryReader } from './memory.query';
import { personOf } from './staff-of';

/** The rest of the desk over the API: memory, leads, duplicates, incidents, handover; the same rules and errors as its pages. */
@Allow({ scopes: ['reviewer'] })
@Controller('api/v1')
export class DeskApiController {
  constructor(
    @Inject(CONFIG) private readonly config: Config,
    private readonly source: DataSource,
    private readonly tickets: TicketsService,
    private readonly memory: MemoryReader,
    private readonly acts: DeskActsService,
    private readonly incidents: IncidentService,
    private readonly reader: IncidentReader,
    private readonly handovers: HandoverService,
  ) {}

  /** Earlier blocks and tickets by what they share, and the three most alike with their decisions. */
  @Get('tickets/:ref/memory')
  async remember(@Who() who: Principal, @Param('ref') ref: string) {
    personOf(who);
    return this.memory.of(await this.tickets.find(ref));
  }

  /** Puts the ticket before the leads. 409 when a lead was asked already or somebody else has it. */
  @Post('tickets/:ref/escalation')
  @HttpCode(200)
  async escalate(@Who() who: Principal, @Param('ref') ref: string, @Body({ schema: whyBody }) body: z.output<typeof whyBody>, @ReservedKey() reserved: Reserved | null): Promise<TicketJson> {
    return this.shown(await this.acts.escalate(ref, body.why, personOf(who), this.shownThen(reserved)));
  }

  /** A lead gives it back, with an answer. */
  @Post('tickets/:ref/give-back')
  @HttpCode(200)
  async giveBack(@Who() who: Principal, @Param('ref') ref: string, @Body({ schema: whyBody }) body: z.output<typeof whyBody>, @ReservedKey() reserved: Reserved | null): Promise<TicketJson> {
    return this.shown(await this.acts.giveBack(ref, body.why, personOf(who), this.shownThen(reserved)));
  }

  /** Closes the ticket as a duplicate of another one of the same account; the customer is told once. */
  @Post('tickets/:ref/duplicate')
  @HttpCode(200)
  async join(@Who() who: Principal, @Param('ref') ref: string, @Body({ schema: joinBody }) body: z.output<typeof joinBody>, @ReservedKey() reserved: Reserved | null): Promise<TicketJson> {
    return this.shown(await this.acts.join(ref, body.into, personOf(who), this.shownThen(reserved)));
  }

  /** Incidents, the open ones first, and what the machine suggests. */
  @Get('incidents')
  async list(@Who() who: Principal) {
    personOf(who);
    const [incidents, suggestions] = await Promise.all([this.reader.list(), this.reader.suggestions()]);
    return { incidents, suggestions };
  }

  /** 409 when this cause has an open incident. */
  @Post('incidents')
  @HttpCode(201)
  create(@Who() who: Principal, @Body({ schema: incidentBody }) body: z.output<typeof incidentBody>, @ReservedKey() reserved: Reserved | null) {
    return this.incidents.create(body.trait, body.value, body.title, personOf(who), reserved?.along(201, (incident) => incident));
  }

  /** With its tickets, those that are suggested, and every decision with the result of each ticket. */
  @Get('incidents/:id')
  async one(@Who() who: Principal, @Param('id') id: string) {
    personOf(who);
    const incident = await this.reader.one(id);
    const [tickets, suggested, decisions] = await Promise.all([this.reader.tickets(id), this.reader.suggested(incident), this.reader.decisions(id)]);
    return { ...incident, tickets, suggested, decisions };
  }

  @Post('incidents/:id/tickets')
  @HttpCode(200)
  async link(@Who() who: Principal, @Param('id') id: string, @Body({ schema: linkBody }) body: z.output<typeof linkBody>, @ReservedKey() reserved: Reserved | null) {
    const answer = (linked: number) => ({ linked });
    return answer(await this.incidents.link(id, body.refs.map(asReference), personOf(who), reserved?.along(200, answer)));
  }

  /** One decision for many, `perMinute` of them; 202, and the results stand at the incident. */
  @Post('incidents/:id/decision')
  @HttpCode(202)
  async decide(@Who() who: Principal, @Param('id') id: string, @Body({ schema: bulkBody }) body: z.output<typeof bulkBody>, @ReservedKey() reserved: Reserved | null) {
    const answer = (decision: string) => ({ id: decision });
    return answer(await this.incidents.decide(id, { ...body, tickets: body.tickets.map(({ ref, version }) => ({ ref: asReference(ref), version })) }, personOf(who), reserved?.along(202, answer)));
  }

  /** Stops what has not had its turn. */
  @Post('incidents/:id/stop')
  @HttpCode(200)
  async stop(@Who() who: Principal, @Param('id') id: string, @ReservedKey() reserved: Reserved | null) {
    const answer = (stopped: number) => ({ stopped });
    return answer(await this.incidents.stop(id, personOf(who), reserved?.along(200, answer)));
  }

  @Post('incidents/:id/end')
  @HttpCode(204)
  async end(@Who() who: Principal, @Param('id') id: string, @ReservedKey() reserved: Reserved | null): Promise<void> {
    await this.incidents.end(id, personOf(who), reserved?.along(204, () => null));
  }

  /** The shift that is on, its note, and those before it. */
  @Get('handover')
  handover(@Who() who: Principal) {
    personOf(who);
    return this.handovers.read();
  }

  /** Writes the note of this shift on top of the version that was read; 409 with the other's text. */
  @Post('handover')
  @HttpCode(200)
  write(@Who() who: Principal, @Body({ schema: handoverBody }) body: z.output<typeof handoverBody>, @ReservedKey() reserved: Reserved | null) {
    return this.handovers.write(body.text, body.version, personOf(who), reserved?.along(200, (note) => note));
  }

  private shownThen(reserved: Reserved | null) {
    return reserved?.along<Ticket>(200, (ticket, tx) => this.shown(ticket, tx));
  }

  private async shown(ticket: Ticket, tx: EntityManager = this.source.manager): Promise<TicketJson> {
    return ticketView(ticket, await ticketParts(tx, ticket.id), this.config.PUBLIC_URL, 'inside');
  }
}
