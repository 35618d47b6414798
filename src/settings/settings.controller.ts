import { Body, Controller, Get, Inject, Param, Post, Query, Req, Res } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { z } from 'zod';
import { Allow, Who } from '../auth/access';
import type { Principal } from '../auth/principal';
import { Carrier } from '../outbox/carrier';
import { Clock } from '../platform/clock';
import { CONFIG, type Config } from '../platform/config/config';
import { View } from '../platform/http/view';
import { inSession } from './allowed';
import { SettingsReader } from './settings.query';
import { SettingsService } from './settings.service';
import { jobsView, SAID_CODES, settingsView } from './settings.view';

const pageQuery = z.object({ said: z.enum(SAID_CODES).optional().catch(undefined) });
const id = z.uuid({ error: 'must be an id' });
const nothing = z.strictObject({});

/** What leads and admins look after: how the desk is set, who works here, which keys are out, what got stuck. */
@Allow({ staff: true })
@Controller()
export class SettingsController {
  constructor(
    @Inject(CONFIG) private readonly config: Config,
    private readonly view: View,
    private readonly clock: Clock,
    private readonly carrier: Carrier,
    private readonly reader: SettingsReader,
    private readonly settings: SettingsService,
  ) {}

  @Get('desk/settings')
  async page(@Who() who: Principal, @Req() request: FastifyRequest, @Res() reply: FastifyReply, @Query({ schema: pageQuery }) query: z.output<typeof pageQuery>): Promise<void> {
    const staff = inSession(who, 'see_settings', 'The settings are for leads and admins.');
    this.view.render(request, reply, 'settings/settings', settingsView(this.config, await this.reader.read(), staff, query.said));
  }

  /** Withdraws a key. */
  @Post('desk/settings/keys/:id/disable')
  async disable(@Who() who: Principal, @Res() reply: FastifyReply, @Param('id', { schema: id }) key: string, @Body({ schema: nothing }) _body: object): Promise<void> {
    const staff = inSession(who, 'change_keys', 'Only an admin may disable a key.');
    await this.settings.disableKey(key, staff);
    await reply.redirect('/desk/settings?said=disabled#keys', 303);
  }

  /** Lets parked work be tried again. */
  @Post('desk/settings/parked/:id/retry')
  async retry(@Who() who: Principal, @Res() reply: FastifyReply, @Param('id', { schema: id }) row: string, @Body({ schema: nothing }) _body: object): Promise<void> {
    const staff = inSession(who, 'retry_job', 'Only a lead or an admin may let work be tried again.');
    await reply.redirect(`/desk/settings?said=${(await this.settings.retry(row, staff)) ? 'retried' : 'gone'}#parked`, 303);
  }

  /** What waits, runs and got stuck, by job. */
  @Get('jobs')
  async jobs(@Who() who: Principal, @Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    inSession(who, 'see_jobs', 'The jobs are for admins.');
    this.view.render(request, reply, 'settings/jobs', jobsView(await this.reader.jobs(this.clock.now()), { name: this.carrier.name, healthy: this.carrier.healthy() }));
  }
}
