import { Body, Controller, Get, HttpCode, Post } from '@nestjs/common';
import type { z } from 'zod';
import { Allow, Who } from '../auth/access';
import type { Principal } from '../auth/principal';
import { ReservedKey, type Reserved } from '../evidence/reserved';
import { allowed } from './allowed';
import { partsAt } from './parts.controller';
import { partsBody } from './parts.schema';
import { promisesBody } from './promises.schema';
import { promisesAt } from './promises.view';
import { RoutingTrialService, type Trial } from './routing-trial.service';
import { restoreBody, routingBody, routingTry } from './routing.schema';
import { RoutingService } from './routing.service';
import { VersionsService } from './versions.service';

const ONLY = 'The settings are for leads and admins.';

/** What leads set, over the API: the same rules and errors as the pages. Every answer carries the version to save on. */
@Allow({ scopes: ['lead', 'admin'] })
@Controller('api/v1/settings')
export class SettingsApiController {
  constructor(
    private readonly routing: RoutingService,
    private readonly trial: RoutingTrialService,
    private readonly versions: VersionsService,
  ) {}

  /** The routing rules in force, in order, with all versions. */
  @Get('routing')
  async readRouting(@Who() who: Principal) {
    allowed(who, 'see_settings', ONLY);
    return { ...(await this.routing.rules()), versions: await this.versions.history('routing') };
  }

  /** Saves the rules on top of the version that was read. 409 when somebody saved meanwhile; 403 for a lead who changes when two people are due. */
  @Post('routing')
  @HttpCode(201)
  async saveRouting(@Who() who: Principal, @Body({ schema: routingBody }) body: z.output<typeof routingBody>, @ReservedKey() reserved: Reserved | null) {
    return saved(await this.routing.save(body.version, body.rules, body.why, allowed(who, 'change_routing', ONLY), reserved?.along(201, saved)));
  }

  /** What a draft would change among the last 1,000 tickets. Nothing is stored. */
  @Post('routing/try')
  @HttpCode(200)
  async try(@Who() who: Principal, @Body({ schema: routingTry }) body: z.output<typeof routingTry>): Promise<Trial> {
    allowed(who, 'see_settings', ONLY);
    return this.trial.run((await this.routing.rules()).rules, body.rules);
  }

  /** Puts the rules of version `to` back, as a new version. */
  @Post('routing/restore')
  @HttpCode(201)
  async restoreRouting(@Who() who: Principal, @Body({ schema: restoreBody }) body: z.output<typeof restoreBody>, @ReservedKey() reserved: Reserved | null) {
    return saved(await this.routing.restore(body.version, body.to, body.why, allowed(who, 'change_routing', ONLY), reserved?.along(201, saved)));
  }

  /** Promises by urgency in minutes of working time, the calendar, the warnings and the shifts. */
  @Get('promises')
  async readPromises(@Who() who: Principal) {
    allowed(who, 'see_settings', ONLY);
    return { ...(await promisesAt(this.versions)), versions: await this.versions.history('promises') };
  }

  /** 409 when somebody saved meanwhile. */
  @Post('promises')
  @HttpCode(201)
  async savePromises(@Who() who: Principal, @Body({ schema: promisesBody }) body: z.output<typeof promisesBody>, @ReservedKey() reserved: Reserved | null) {
    return saved(await this.versions.save('promises', body.version, body.promises, body.why, allowed(who, 'change_promises', ONLY), reserved?.along(201, saved)));
  }

  /** Puts the promises of version `to` back, as a new version. */
  @Post('promises/restore')
  @HttpCode(201)
  async restorePromises(@Who() who: Principal, @Body({ schema: restoreBody }) body: z.output<typeof restoreBody>, @ReservedKey() reserved: Reserved | null) {
    const staff = allowed(who, 'change_promises', ONLY);
    return saved(await this.versions.save('promises', body.version, (await promisesAt(this.versions, body.to)).promises, body.why, staff, reserved?.along(201, saved)));
  }

  /** The canned parts, retired ones too. */
  @Get('parts')
  async readParts(@Who() who: Principal) {
    allowed(who, 'see_settings', ONLY);
    return { ...(await partsAt(this.versions)), versions: await this.versions.history('parts') };
  }

  /** 409 when somebody saved meanwhile; 422 for a name that cannot be filled. */
  @Post('parts')
  @HttpCode(201)
  async saveParts(@Who() who: Principal, @Body({ schema: partsBody }) body: z.output<typeof partsBody>, @ReservedKey() reserved: Reserved | null) {
    return saved(await this.versions.save('parts', body.version, body.parts, body.why, allowed(who, 'change_parts', ONLY), reserved?.along(201, saved)));
  }

  /** Puts the parts of version `to` back, as a new version. */
  @Post('parts/restore')
  @HttpCode(201)
  async restoreParts(@Who() who: Principal, @Body({ schema: restoreBody }) body: z.output<typeof restoreBody>, @ReservedKey() reserved: Reserved | null) {
    const staff = allowed(who, 'change_parts', ONLY);
    return saved(await this.versions.save('parts', body.version, (await partsAt(this.versions, body.to)).parts, body.why, staff, reserved?.along(201, saved)));
  }
}

const saved = (version: number) => ({ version });
