import { Body, Controller, Get, Post, Query, Req, Res } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { z } from 'zod';
import { Allow, Who } from '../auth/access';
import type { Principal, Staff } from '../auth/principal';
import { Conflict } from '../platform/http/errors';
import { View } from '../platform/http/view';
import { allowed } from './allowed';
import { told, type Told } from './problems';
import { RoutingTrialService } from './routing-trial.service';
import { restoreForm, routingRules, ruleOf, rulesForm, typedOf, typedRules, type RulesForm, type TypedRule } from './routing.schema';
import { RoutingService } from './routing.service';
import { routingView, type RoutingPage } from './routing.view';
import { VersionsService } from './versions.service';

const pageQuery = z.object({ version: z.coerce.number().int().min(0).optional().catch(undefined), said: z.enum(['saved', 'restored']).optional().catch(undefined) });
const WHY_MISSING: Told = { field: 'why', code: 'missing', message: 'say in a few words why, for whoever reads the versions' };
const SAID = { saved: 'Saved. New tickets are routed by it within a second, the others when they move.', restored: 'Put back, as a new version.' };

/** The page of the routing rules: the whole draft travels with the form, so nothing is stored before it is saved. */
@Allow({ staff: true })
@Controller('desk/settings/routing')
export class RoutingController {
  constructor(
    private readonly view: View,
    private readonly routing: RoutingService,
    private readonly trial: RoutingTrialService,
    private readonly versions: VersionsService,
  ) {}

  /** The rules in force, or those of an older version. */
  @Get()
  async page(@Who() who: Principal, @Req() request: FastifyRequest, @Res() reply: FastifyReply, @Query({ schema: pageQuery }) query: z.output<typeof pageQuery>): Promise<void> {
    const staff = allowed(who, 'see_settings', 'The settings are for leads and admins.');
    const { version, rules } = await this.routing.rules(query.version);
    await this.show(request, reply, staff, { version, typed: rules.map(typedOf), said: query.said ? SAID[query.said] : null });
  }

  /** Moves, adds, takes out, tries or saves; what cannot be saved comes back with all that was typed. */
  @Post()
  async change(@Who() who: Principal, @Req() request: FastifyRequest, @Res() reply: FastifyReply, @Body({ schema: rulesForm }) form: RulesForm): Promise<void> {
    const staff = allowed(who, 'change_routing', 'The routing is for leads and admins.');
    const typed = typedRules(form);
    const draft = { version: form.version, typed, why: form.why, isDraft: true };
    if (form.do !== 'save' && form.do !== 'try') {
      await this.show(request, reply, staff, { ...draft, open: form.do === 'add' ? typed.length - 1 : null });
      return;
    }
    const rules = routingRules.safeParse(typed.map(ruleOf));
    const problems = [...(rules.success ? [] : told(rules.error)), ...(form.do === 'save' && form.why.trim().length < 3 ? [WHY_MISSING] : [])];
    if (!rules.success || problems.length > 0) {
      await this.show(request, reply, staff, { ...draft, problems, status: 422 });
    } else if (form.do === 'try') {
      await this.show(request, reply, staff, { ...draft, trial: await this.trial.run((await this.routing.rules()).rules, rules.data) });
    } else {
      await this.save(request, reply, staff, draft, () => this.routing.save(form.version, rules.data, form.why.trim(), staff));
    }
  }

  /** Puts an old version back, as a new one. */
  @Post('restore')
  async restore(@Who() who: Principal, @Res() reply: FastifyReply, @Body({ schema: restoreForm }) form: z.output<typeof restoreForm>): Promise<void> {
    const staff = allowed(who, 'change_routing', 'The routing is for leads and admins.');
    await this.routing.restore(form.version, form.to, undefined, staff);
    await reply.redirect('/desk/settings/routing?said=restored', 303);
  }

  private async save(request: FastifyRequest, reply: FastifyReply, staff: Staff, draft: { version: number; typed: TypedRule[]; why: string }, work: () => Promise<number>): Promise<void> {
    try {
      await work();
    } catch (error) {
      if (!(error instanceof Conflict)) {
        throw error;
      }
      // Looked at, the next save stands on what was saved meanwhile.
      await this.show(request, reply, staff, { ...draft, version: Number(error.detail['version'] ?? draft.version), conflict: error.message, isDraft: true, status: 409 });
      return;
    }
    await reply.redirect('/desk/settings/routing?said=saved', 303);
  }

  private async show(request: FastifyRequest, reply: FastifyReply, staff: Staff, shown: Partial<RoutingPage> & { version: number; typed: TypedRule[]; status?: number }): Promise<void> {
    void reply.status(shown.status ?? 200);
    const history = await this.versions.history('routing');
    this.view.render(request, reply, 'settings/routing', routingView({ why: '', problems: [], conflict: null, trial: null, said: null, isDraft: false, open: null, ...shown, history, role: staff.role }));
  }
}
