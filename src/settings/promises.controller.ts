import { Body, Controller, Get, Post, Query, Req, Res } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { z } from 'zod';
import { Allow, Who } from '../auth/access';
import type { Principal, Staff } from '../auth/principal';
import { Clock } from '../platform/clock';
import { Conflict } from '../platform/http/errors';
import { View } from '../platform/http/view';
import { allowed } from './allowed';
import { told } from './problems';
import { promises as schema, promisesForm, promisesOf, typedOfForm, typedPromises, type PromisesForm, type TypedPromises } from './promises.schema';
import { promisesAt, promisesView, type PromisesPage } from './promises.view';
import { restoreForm } from './routing.schema';
import { VersionsService } from './versions.service';

const pageQuery = z.object({ version: z.coerce.number().int().min(0).optional().catch(undefined), said: z.enum(['saved', 'restored']).optional().catch(undefined) });
const SAID = { saved: 'Saved. It holds for new tickets; one that waits keeps its promise until it moves.', restored: 'Put back, as a new version.' };
const ONLY = 'The promises are for leads and admins.';

/** The page of the promises: what is promised from which urgency on, the working hours, the warnings, the shifts. */
@Allow({ staff: true })
@Controller('desk/settings/promises')
export class PromisesController {
  constructor(
    private readonly view: View,
    private readonly clock: Clock,
    private readonly versions: VersionsService,
  ) {}

  @Get()
  async page(@Who() who: Principal, @Req() request: FastifyRequest, @Res() reply: FastifyReply, @Query({ schema: pageQuery }) query: z.output<typeof pageQuery>): Promise<void> {
    const staff = allowed(who, 'see_settings', 'The settings are for leads and admins.');
    const { version, promises } = await promisesAt(this.versions, query.version);
    await this.show(request, reply, staff, { version, typed: typedPromises(promises), promises, said: query.said ? SAID[query.said] : null });
  }

  /** Shows what a draft would mean, or saves it. */
  @Post()
  async change(@Who() who: Principal, @Req() request: FastifyRequest, @Res() reply: FastifyReply, @Body({ schema: promisesForm }) form: PromisesForm): Promise<void> {
    const staff = allowed(who, 'change_promises', ONLY);
    const typed = typedOfForm(form);
    const judged = schema.safeParse(promisesOf(typed));
    const draft = { version: form.version, typed, why: form.why, promises: judged.success ? judged.data : null };
    const problems = [...(judged.success ? [] : told(judged.error)), ...(form.do === 'save' && form.why.trim().length < 3 ? [{ field: 'why', code: 'missing', message: 'say in a few words why, for whoever reads the versions' }] : [])];
    if (!judged.success || problems.length > 0 || form.do !== 'save') {
      await this.show(request, reply, staff, { ...draft, problems, status: problems.length > 0 ? 422 : 200 });
      return;
    }
    const saved = await this.versions.save('promises', form.version, judged.data, form.why.trim(), staff).catch((error: unknown) => (error instanceof Conflict ? error : Promise.reject(error)));
    if (saved instanceof Conflict) {
      await this.show(request, reply, staff, { ...draft, version: Number(saved.detail['version'] ?? form.version), conflict: saved.message, status: 409 });
      return;
    }
    await reply.redirect('/desk/settings/promises?said=saved', 303);
  }

  @Post('restore')
  async restore(@Who() who: Principal, @Res() reply: FastifyReply, @Body({ schema: restoreForm }) form: z.output<typeof restoreForm>): Promise<void> {
    const staff = allowed(who, 'change_promises', ONLY);
    await this.versions.save('promises', form.version, (await promisesAt(this.versions, form.to)).promises, `Back to version ${form.to}`, staff);
    await reply.redirect('/desk/settings/promises?said=restored', 303);
  }

  private async show(request: FastifyRequest, reply: FastifyReply, staff: Staff, shown: Partial<PromisesPage> & { version: number; typed: TypedPromises; status?: number }): Promise<void> {
    void reply.status(shown.status ?? 200);
    const history = await this.versions.history('promises');
    this.view.render(request, reply, 'settings/promises', promisesView({ promises: null, why: '', problems: [], conflict: null, said: null, ...shown, history, role: staff.role, now: this.clock.now() }));
  }
}
