import { Controller, Get, Param, Query, Req, Res } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { z } from 'zod';
import { Allow, Who } from '../auth/access';
import { Attempts } from '../auth/attempts.service';
import type { Principal } from '../auth/principal';
import { SAID } from '../core/texts/said';
import { address } from '../core/ticket/address';
import { Forbidden, NotFound } from '../platform/http/errors';
import { View } from '../platform/http/view';
import { AddressesService } from './addresses.service';
import { BlocklistsService } from './blocklists.service';

const asked = z.object({ ip: z.string().max(64).optional() });
/** Each page asks the control panel about every address. */
const LOOKS_AN_HOUR = 120;
type Customer = Extract<Principal, { kind: 'customer' }>;

/** "Am I still blocked, and by whom?" on one page: our own blocks, and the lists that others publish. */
@Allow({ customer: true })
@Controller('addresses')
export class AddressesController {
  constructor(
    private readonly view: View,
    private readonly attempts: Attempts,
    private readonly addresses: AddressesService,
    private readonly lists: BlocklistsService,
  ) {}

  @Get()
  async all(@Req() request: FastifyRequest, @Res() reply: FastifyReply, @Who() who: Principal, @Query({ schema: asked }) { ip }: z.output<typeof asked>): Promise<void> {
    const customer = this.counted(who);
    const { addresses, asked: one, invalid } = await this.addresses.of(customer, ip);
    void reply.status(invalid ? 422 : 200);
    const blocked = addresses.filter((each) => each.state === 'blocked').length;
    this.view.render(request, reply, 'analysis/addresses', {
      title: SAID.amIBlocked, addresses, one, typed: ip ?? '', invalid, blocked, checkedAt: new Date(),
      says: addresses.length === 0 ? SAID.noAddressYet : blocked === 0 ? SAID.noneBlocked : SAID.someBlocked(blocked, addresses.length),
    });
  }

  /** The lists of others, for one address of the account: a fragment, or a page of its own without a script. */
  @Get(':ip/blocklists')
  async blocklists(@Req() request: FastifyRequest, @Res() reply: FastifyReply, @Who() who: Principal, @Param('ip') given: string): Promise<void> {
    const customer = this.counted(who);
    const ip = address(given);
    const { asked: one } = ip ? await this.addresses.of({ ...customer, launch: null }, ip) : { asked: null };
    if (!ip || !one || one.state === 'not_yours') {
      throw new NotFound(SAID.noSuchAddress);
    }
    const lists = await this.lists.of(ip);
    this.view.render(request, reply, request.headers['hx-request'] === 'true' ? 'analysis/_blocklists' : 'analysis/blocklists', { title: `Blocklists that name ${ip}`, ip, lists, listed: lists.filter((list) => list.state === 'listed').length, checkedAt: new Date() });
  }

  private counted(who: Principal): Customer {
    if (who.kind !== 'customer') {
      throw new Forbidden(SAID.forCustomers);
    }
    this.attempts.count(`looks at the addresses of ${who.account.id}`, LOOKS_AN_HOUR, 3600);
    return who;
  }
}
