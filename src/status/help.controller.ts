import { Controller, Get, Param, Query, Req, Res } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { z } from 'zod';
import { Allow, Who } from '../auth/access';
import type { Principal } from '../auth/principal';
import { fixOf } from '../core/fixes/catalogue';
import { fixWords } from '../core/fixes/fix-words';
import { MAIL_PROGRAMS } from '../core/texts/help/clients';
import { shownGuide } from '../core/texts/help/guide';
import { AFTER_THE_TRACE, HEADERS_GUIDE } from '../core/texts/help/headers';
import { QUEUE_GUIDE } from '../core/texts/help/queue';
import { FIX_GUIDES, HELP_PAGES, searchHelp } from '../core/texts/help/search';
import { EXAMPLE_ID, inCommand, traces } from '../core/texts/help/trace';
import { SAID, SHOWN_BY } from '../core/texts/said';
import { NotFound } from '../platform/http/errors';
import { View } from '../platform/http/view';
import { CustomerTicketsService } from './customer-tickets.service';
import { MyTicketsService } from './my-tickets.service';

const searched = z.object({ q: z.string().max(200).optional() });
const forTicket = z.object({ ticket: z.string().max(20).optional() });
const forMessage = z.object({ id: z.string().max(998).optional() });

/** Help in place: open to all; who is signed in finds their own Message-IDs and records in it. */
@Allow({ open: true })
@Controller('help')
export class HelpController {
  constructor(
    private readonly view: View,
    private readonly tickets: CustomerTicketsService,
    private readonly mine: MyTicketsService,
  ) {}

  @Get()
  index(@Req() request: FastifyRequest, @Res() reply: FastifyReply, @Query({ schema: searched }) { q = '' }: z.output<typeof searched>): void {
    const found = searchHelp(q);
    this.view.render(request, reply, 'help/index', { title: 'Help', q, searched: q.trim() !== '', found, pages: HELP_PAGES, guides: FIX_GUIDES });
  }

  @Get('headers')
  headers(@Req() request: FastifyRequest, @Res() reply: FastifyReply): void {
    const { sections: [first, ...others], ...guide } = shownGuide(HEADERS_GUIDE);
    this.view.render(request, reply, 'help/headers', { ...guide, first, others, programs: MAIL_PROGRAMS.map((program) => ({ ...program, picture: drawn(program.picture) })) });
  }

  @Get('queue')
  queue(@Req() request: FastifyRequest, @Res() reply: FastifyReply): void {
    this.view.render(request, reply, 'help/guide', { ...shownGuide(QUEUE_GUIDE), inHelp: true });
  }

  /** The commands with a Message-ID of the alert; only with one that is no danger in a shell. */
  @Get('trace')
  async trace(@Req() request: FastifyRequest, @Res() reply: FastifyReply, @Who() who: Principal, @Query({ schema: forMessage }) { id }: z.output<typeof forMessage>): Promise<void> {
    const ids = (who.kind === 'customer' ? await this.mine.messageIds(who) : []).map(inCommand).filter((each) => each !== null);
    const typed = id === undefined ? null : inCommand(id);
    const chosen = typed ?? ids[0] ?? EXAMPLE_ID;
    this.view.render(request, reply, 'help/trace', {
      title: 'Trace a message in the logs', traces: traces(chosen), then: shownGuide({ title: '', lead: '', sections: [AFTER_THE_TRACE] }).sections[0], chosen, example: chosen === EXAMPLE_ID, refused: id !== undefined && id.trim() !== '' && typed === null, typed: id ?? '',
      ids: ids.map((each) => ({ id: each, href: `/help/trace?${new URLSearchParams({ id: each }).toString()}`, chosen: each === chosen })),
    });
  }

  /** One fix, whole; with the records made for a ticket of whoever is signed in. */
  @Get('fixes/:code')
  async fix(@Req() request: FastifyRequest, @Res() reply: FastifyReply, @Who() who: Principal, @Param('code') code: string, @Query({ schema: forTicket }) { ticket }: z.output<typeof forTicket>): Promise<void> {
    const fix = fixOf(code);
    if (!fix) {
      throw new NotFound(SAID.noSuchFix);
    }
    const input = who.kind === 'customer' && ticket ? await this.tickets.page(who, ticket) : null;
    const words = input ? input.fixTexts({ code }) : fixWords(code, { ip: '', domain: null, greeting: null, txt: [] });
    this.view.render(request, reply, 'help/fix', {
      ...words, code, ticket: input?.data.ticket.ref ?? null, shownBy: fix.verification.map((by) => SHOWN_BY[by]), others: FIX_GUIDES.filter((guide) => guide.href !== `/help/fixes/${code}`),
    });
  }
}

/** Where the parts of a drawn menu or a terminal stand. */
function drawn(picture: (typeof MAIL_PROGRAMS)[number]['picture']) {
  return 'lines' in picture
    ? { terminal: true, height: 26 * picture.lines.length + 40, lines: picture.lines.map((text, i) => ({ text, y: 48 + i * 24, typed: text.startsWith('#') })) }
    : { terminal: false, height: 110 + picture.entries.length * 34, bar: picture.bar, button: picture.button, menu: 20 + picture.entries.length * 34, entries: picture.entries.map((text, i) => ({ text, y: 112 + i * 34, top: 90 + i * 34, mark: i === picture.mark })) };
}
