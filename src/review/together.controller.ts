import { Body, Controller, Get, Param, Post, Req, Res } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { z } from 'zod';
import { Allow, Who } from '../auth/access';
import type { Principal } from '../auth/principal';
import { may } from '../core/policy/may';
import { Forbidden, InvalidInput } from '../platform/http/errors';
import { View } from '../platform/http/view';
import { LeaseService } from '../tickets/lease.service';
import { TicketsService } from '../tickets/tickets.service';
import { draftOf } from './decision.form';
import { decisionForm } from './decision.schema';
import { DraftsService } from './drafts.service';
import { LiveService } from './live.service';
import { PresenceService, thereWords } from './presence.service';
import { viewForm, viewQuery } from './queue.schema';
import { SkillsService } from './skills.service';
import { personOf } from './staff-of';
import { ViewsService } from './views.service';

/** What can be wrong with a view that has a name: there is no room for one more. */
function tooMany(error: unknown): 'view-too-many' {
  if (error instanceof InvalidInput) {
    return 'view-too-many';
  }
  throw error;
}

/** A page that is open says so. `draft`: what was typed so far, when the panel of the decision is on it. */
const beat = z.object({ doing: z.enum(['looking', 'typing', 'gone']).catch('looking'), draft: z.string().optional() }).catchall(z.unknown());
const skillsForm = z.object({ staff: z.uuid({ error: 'must be an id' }), queue: z.preprocess((value) => (value === undefined ? [] : Array.isArray(value) ? value : [value]) as unknown, z.array(z.string().min(1).max(100)).max(50)) });
const nothing = z.object({ _csrf: z.string().optional() });

/** What several people at one desk know of each other, and what each of them has set for themselves. */
@Allow({ staff: true })
@Controller('desk')
export class TogetherController {
  constructor(
    private readonly view: View,
    private readonly live: LiveService,
    private readonly tickets: TicketsService,
    private readonly leases: LeaseService,
    private readonly presence: PresenceService,
    private readonly drafts: DraftsService,
    private readonly skills: SkillsService,
    private readonly views: ViewsService,
  ) {}

  /** Which tickets change, as they do (server-sent events). */
  @Get('live')
  listen(@Who() who: Principal, @Req() request: FastifyRequest, @Res() reply: FastifyReply): void {
    personOf(who);
    this.live.open(request, reply);
  }

  /** The page of a ticket is open: renews the lease of who has it, keeps what they typed, and tells who else is there. */
  @Post('tickets/:ref/here')
  async here(@Who() who: Principal, @Res() reply: FastifyReply, @Param('ref') ref: string, @Body({ schema: beat }) body: z.output<typeof beat>): Promise<void> {
    const { staff } = personOf(who);
    const ticket = await this.tickets.find(ref);
    if (body.doing === 'gone') {
      await this.presence.leave(ticket.id, staff.id);
      return void (await reply.status(204).send());
    }
    const [until] = await Promise.all([this.leases.renew(ticket.id, staff.id), this.presence.beat(ticket.id, staff.id, body.doing)]);
    const typed = body.draft === undefined ? null : decisionForm.safeParse(body);
    if (typed?.success) {
      await this.drafts.keep(ticket.id, staff.id, draftOf(typed.data));
    }
    const [there, holder] = await Promise.all([this.presence.onTickets([ticket.id], staff.id), until ? staff.name : this.presence.holder(ticket.id)]);
    await reply.send({ version: ticket.version, state: ticket.state, yours: until !== null, leaseUntil: until, holder, there: thereWords(there.get(ticket.id)) });
  }

  /** Keeps the filters of the queue as they are, under a name. */
  @Post('views')
  async keepView(@Who() who: Principal, @Res() reply: FastifyReply, @Body({ schema: viewForm }) form: z.output<typeof viewForm>): Promise<void> {
    const { staff } = personOf(who);
    const { after: _after, said: _said, ...address } = Object.fromEntries(new URLSearchParams(form.address.replace(/^[^?]*\??/, '')));
    const said = form.name === '' ? 'view-nameless' : await this.views.keep({ name: form.name, query: viewQuery.parse(address), shared: form.shared }, staff).then(() => 'view-kept', tooMany);
    await reply.redirect(`/desk?${new URLSearchParams({ ...address, said }).toString()}`, 303);
  }

  @Post('views/:id/remove')
  async removeView(@Who() who: Principal, @Res() reply: FastifyReply, @Param('id') id: string, @Body({ schema: nothing }) _body: object): Promise<void> {
    await this.views.remove(id, personOf(who).staff);
    await reply.redirect('/desk?said=view-removed', 303);
  }

  /** Who takes from which queue. */
  @Get('skills')
  async skillsPage(@Who() who: Principal, @Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    const { staff } = personOf(who);
    if (!may(staff.role, 'see_settings')) {
      throw new Forbidden('Who takes from which queue is for leads and admins.');
    }
    const [people, queues] = await Promise.all([this.skills.takers(), this.skills.queues()]);
    this.view.render(request, reply, 'review/skills', {
      title: 'Who takes what', mayChange: may(staff.role, 'change_skills'),
      people: people.map((one) => ({ ...one, all: one.queues.length === 0, queues: queues.map((queue) => ({ queue, checked: one.queues.includes(queue) })) })),
    });
  }

  @Post('skills')
  async setSkills(@Who() who: Principal, @Res() reply: FastifyReply, @Body({ schema: skillsForm }) form: z.output<typeof skillsForm>): Promise<void> {
    const { staff, actor } = personOf(who);
    if (!may(staff.role, 'change_skills')) {
      throw new Forbidden('Only a lead or an admin sets who takes from which queue.');
    }
    await this.skills.set(form.staff, form.queue, actor);
    await reply.redirect('/desk/skills', 303);
  }
}
