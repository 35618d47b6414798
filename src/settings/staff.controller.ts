import { Body, Controller, Param, Post, Res } from '@nestjs/common';
import type { FastifyReply } from 'fastify';
import { z } from 'zod';
import { Allow, Who } from '../auth/access';
import { actorOf, type Principal, type Staff } from '../auth/principal';
import { StaffIdentities } from '../auth/staff-identities.service';
import { StaffService } from '../auth/staff.service';
import { Conflict, NotFound } from '../platform/http/errors';
import { inSession } from './allowed';

const id = z.uuid({ error: 'must be the id of a person' });
const nothing = z.strictObject({});
const WHY = 'Only an admin may change who comes in.';

/** Who comes in: an admin disables an account, enables it again, or disconnects its single sign-on. */
@Allow({ staff: true })
@Controller('desk/settings/staff')
export class StaffController {
  constructor(
    private readonly staff: StaffService,
    private readonly identities: StaffIdentities,
  ) {}

  /** Ends their sessions at once and their keys within ten seconds. @throws Conflict for oneself: somebody has to be left who lets people in */
  @Post(':id/disable')
  async disable(@Who() who: Principal, @Res() reply: FastifyReply, @Param('id', { schema: id }) member: string, @Body({ schema: nothing }) _body: object): Promise<void> {
    const admin = inSession(who, 'change_staff', WHY);
    if (admin.id === member) {
      throw new Conflict('That is you. Ask another admin, or use the command line: npm run cli -- staff disable.');
    }
    await this.able(member, false, admin);
    await reply.redirect('/desk/settings?said=person_disabled#s-staff', 303);
  }

  @Post(':id/enable')
  async enable(@Who() who: Principal, @Res() reply: FastifyReply, @Param('id', { schema: id }) member: string, @Body({ schema: nothing }) _body: object): Promise<void> {
    await this.able(member, true, inSession(who, 'change_staff', WHY));
    await reply.redirect('/desk/settings?said=person_enabled#s-staff', 303);
  }

  /** From now on the issuer names nobody of this desk for them, until they connect it again. @throws NotFound when nothing was connected */
  @Post(':id/disconnect')
  async disconnect(@Who() who: Principal, @Res() reply: FastifyReply, @Param('id', { schema: id }) member: string, @Body({ schema: nothing }) _body: object): Promise<void> {
    if ((await this.identities.disconnect(member, actorOf(inSession(who, 'change_staff', WHY)))) === 0) {
      throw new NotFound('There is no single sign-on to disconnect.');
    }
    await reply.redirect('/desk/settings?said=disconnected#s-staff', 303);
  }

  /** @throws NotFound */
  private async able(member: string, isAble: boolean, by: Staff): Promise<void> {
    if (!(await this.staff.able({ id: member }, isAble, actorOf(by)))) {
      throw new NotFound('There is no such person.');
    }
  }
}
