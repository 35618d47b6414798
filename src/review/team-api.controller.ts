import { Body, Controller, Delete, Get, HttpCode, Param, Post } from '@nestjs/common';
import { z } from 'zod';
import { Allow, Who } from '../auth/access';
import type { Principal } from '../auth/principal';
import { may } from '../core/policy/may';
import { ReservedKey, type Reserved } from '../evidence/reserved';
import type { Message } from '../evidence/message.entity';
import { MessagesService } from '../evidence/messages.service';
import { text } from '../evidence/wire.schema';
import { Forbidden } from '../platform/http/errors';
import { TicketsService } from '../tickets/tickets.service';
import { asReference } from './as-reference';
import { IncidentService } from './incident.service';
import { SkillsService, type Colleague } from './skills.service';
import { personOf } from './staff-of';

const noteBody = z.strictObject({ text: text(50_000) });
const skillsBody = z.strictObject({ queues: z.array(text(100).min(1)).max(50, 'at most 50 queues') });

export interface Note {
  id: string;
  by: string;
  at: string;
  text: string;
}

/** What people of the desk tell each other, and who takes what, over the API: the same rules and errors as the pages. */
@Allow({ scopes: ['reviewer'] })
@Controller('api/v1')
export class TeamApiController {
  constructor(
    private readonly tickets: TicketsService,
    private readonly messages: MessagesService,
    private readonly incidents: IncidentService,
    private readonly skills: SkillsService,
  ) {}

  /** The internal notes of a ticket, the oldest first. Customers never see them. */
  @Get('tickets/:ref/notes')
  async notes(@Who() who: Principal, @Param('ref') ref: string): Promise<{ items: Note[] }> {
    personOf(who);
    const { id } = await this.tickets.find(ref);
    const all = await this.messages.of(id);
    return { items: all.filter((message) => message.internal).map(noteOf) };
  }

  /** Writes an internal note; it changes nothing of the ticket (rule 11). */
  @Post('tickets/:ref/notes')
  @HttpCode(201)
  async note(@Who() who: Principal, @Param('ref') ref: string, @Body({ schema: noteBody }) body: z.output<typeof noteBody>, @ReservedKey() reserved: Reserved | null): Promise<Note> {
    const { staff, actor } = personOf(who);
    if (!may(staff.role, 'write_note')) {
      throw new Forbidden(`As ${staff.role} you may read tickets, not write on them.`);
    }
    return noteOf(await this.messages.write((await this.tickets.find(ref)).id, actor, body.text, { internal: true, channel: 'api' }, reserved?.along(201, noteOf)));
  }

  /** Takes a ticket out of an incident. */
  @Delete('incidents/:id/tickets/:ref')
  @HttpCode(204)
  async unlink(@Who() who: Principal, @Param('id') id: string, @Param('ref') ref: string): Promise<void> {
    await this.incidents.unlink(id, asReference(ref), personOf(who));
  }

  /** Who takes from which queues (none: from all), and the queues that there are. */
  @Get('review/skills')
  async takers(@Who() who: Principal): Promise<{ items: Colleague[]; queues: string[] }> {
    personOf(who);
    const [items, queues] = await Promise.all([this.skills.takers(), this.skills.queues()]);
    return { items, queues };
  }

  /** Sets the queues of a member of staff; none means all. 403 for who is no lead. */
  @Post('review/skills/:id')
  @HttpCode(200)
  async setSkills(@Who() who: Principal, @Param('id') id: string, @Body({ schema: skillsBody }) body: z.output<typeof skillsBody>, @ReservedKey() reserved: Reserved | null): Promise<{ queues: string[] }> {
    const { staff, actor } = personOf(who);
    if (!may(staff.role, 'change_skills')) {
      throw new Forbidden('Only a lead or an admin sets who takes from which queue.');
    }
    const answer = () => ({ queues: body.queues });
    await this.skills.set(id, body.queues, actor, reserved?.along(200, answer));
    return answer();
  }
}

const noteOf = ({ id, byName, at, text: says }: Message): Note => ({ id, by: byName, at: at.toISOString(), text: says });
