import { Body, Controller, Get, Post, Query, Req, Res } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { z } from 'zod';
import { Allow, Who } from '../auth/access';
import type { Principal, Staff } from '../auth/principal';
import { PARTS, type CannedPart } from '../core/decision/canned-part';
import { Conflict } from '../platform/http/errors';
import { View } from '../platform/http/view';
import { allowed } from './allowed';
import { cannedParts, partsForm, partsOf, typedPart, typedParts, type PartsForm, type TypedPart } from './parts.schema';
import { partsView, type PartsPage } from './parts.view';
import { told, type Told } from './problems';
import { restoreForm } from './routing.schema';
import { VersionsService } from './versions.service';

const pageQuery = z.object({ version: z.coerce.number().int().min(0).optional().catch(undefined), said: z.enum(['saved', 'restored']).optional().catch(undefined) });
const WHY_MISSING: Told = { field: 'why', code: 'missing', message: 'say in a few words why, for whoever reads the versions' };
const SAID = { saved: 'Saved. Reviewers see it when they next open a ticket.', restored: 'Put back, as a new version.' };
const ONLY = 'The canned parts are for leads and admins.';

/** The page of the canned parts. The draft travels with the form; a part that was used once is retired, never deleted. */
@Allow({ staff: true })
@Controller('desk/settings/parts')
export class PartsController {
  constructor(
    private readonly view: View,
    private readonly versions: VersionsService,
  ) {}

  @Get()
  async page(@Who() who: Principal, @Req() request: FastifyRequest, @Res() reply: FastifyReply, @Query({ schema: pageQuery }) query: z.output<typeof pageQuery>): Promise<void> {
    const staff = allowed(who, 'see_settings', 'The settings are for leads and admins.');
    const { version, parts } = await partsAt(this.versions, query.version);
    await this.show(request, reply, staff, { version, typed: parts.map(typedPart), said: query.said ? SAID[query.said] : null });
  }

  @Post()
  async change(@Who() who: Principal, @Req() request: FastifyRequest, @Res() reply: FastifyReply, @Body({ schema: partsForm }) form: PartsForm): Promise<void> {
    const staff = allowed(who, 'change_parts', ONLY);
    const typed = typedParts(form);
    const draft = { version: form.version, typed, why: form.why, isDraft: true };
    if (form.do !== 'save') {
      await this.show(request, reply, staff, { ...draft, open: form.do === 'add' ? typed.length - 1 : null });
      return;
    }
    const parts = cannedParts.safeParse(partsOf(typed));
    const problems = [...(parts.success ? [] : told(parts.error)), ...(form.why.trim().length < 3 ? [WHY_MISSING] : [])];
    if (!parts.success || problems.length > 0) {
      await this.show(request, reply, staff, { ...draft, problems, status: 422 });
      return;
    }
    const saved = await this.versions.save('parts', form.version, parts.data, form.why.trim(), staff).catch((error: unknown) => (error instanceof Conflict ? error : Promise.reject(error)));
    if (saved instanceof Conflict) {
      await this.show(request, reply, staff, { ...draft, version: Number(saved.detail['version'] ?? form.version), conflict: saved.message, status: 409 });
      return;
    }
    await reply.redirect('/desk/settings/parts?said=saved', 303);
  }

  @Post('restore')
  async restore(@Who() who: Principal, @Res() reply: FastifyReply, @Body({ schema: restoreForm }) form: z.output<typeof restoreForm>): Promise<void> {
    const staff = allowed(who, 'change_parts', ONLY);
    await this.versions.save('parts', form.version, (await partsAt(this.versions, form.to)).parts, `Back to version ${form.to}`, staff);
    await reply.redirect('/desk/settings/parts?said=restored', 303);
  }

  private async show(request: FastifyRequest, reply: FastifyReply, staff: Staff, shown: Partial<PartsPage> & { version: number; typed: TypedPart[]; status?: number }): Promise<void> {
    void reply.status(shown.status ?? 200);
    const history = await this.versions.history('parts');
    this.view.render(request, reply, 'settings/parts', partsView({ why: '', problems: [], conflict: null, said: null, isDraft: false, open: null, ...shown, history, role: staff.role }));
  }
}

/** The parts in force, or those of a version. @throws NotFound */
export async function partsAt(versions: VersionsService, version?: number): Promise<{ version: number; parts: readonly CannedPart[] }> {
  const found = version === 0 ? null : await versions.read<CannedPart[]>('parts', version);
  return found ? { version: found.version, parts: found.body } : { version: 0, parts: PARTS };
}
