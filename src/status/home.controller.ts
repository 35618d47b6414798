import { Controller, Get, Inject, Req, Res } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { Allow, Who } from '../auth/access';
import type { Principal } from '../auth/principal';
import { shownGuide } from '../core/texts/help/guide';
import { HOW_WE_DECIDE } from '../core/texts/help/how-we-decide';
import { privacyGuide, type Kept } from '../core/texts/help/privacy';
import { CONFIG, type Config } from '../platform/config/config';
import { View } from '../platform/http/view';
import { WaitService } from '../tickets/wait.service';

/** The first page and the pages that explain. */
@Allow({ open: true })
@Controller()
export class HomeController {
  constructor(
    @Inject(CONFIG) private readonly config: Pick<Config, 'MAIL_DOMAIN' | keyof Kept>,
    private readonly view: View,
    private readonly waits: WaitService,
  ) {}

  @Get()
  async home(@Req() request: FastifyRequest, @Res() reply: FastifyReply, @Who() who: Principal): Promise<void> {
    this.view.render(request, reply, 'home', {
      wait: await this.waits.about(), mailDomain: this.config.MAIL_DOMAIN, signedIn: who.kind === 'customer', accountId: who.kind === 'customer' ? who.account.id : null,
    });
  }

  @Get('how-we-decide')
  howWeDecide(@Req() request: FastifyRequest, @Res() reply: FastifyReply): void {
    this.view.render(request, reply, 'help/guide', shownGuide(HOW_WE_DECIDE));
  }

  @Get('privacy')
  privacy(@Req() request: FastifyRequest, @Res() reply: FastifyReply): void {
    this.view.render(request, reply, 'help/guide', shownGuide(privacyGuide(this.config)));
  }
}
