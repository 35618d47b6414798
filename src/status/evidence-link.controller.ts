import { Body, Controller, Get, HttpCode, Param, Post, Req, Res } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { z } from 'zod';
import { Allow, Who } from '../auth/access';
import { Attempts } from '../auth/attempts.service';
import type { Principal } from '../auth/principal';
import { answersForm, NO_ANSWERS, shownErrors } from '../core/texts/answers-form';
import { SAID } from '../core/texts/said';
import { isOpen } from '../core/ticket/states';
import { filesOf, readAnswers } from '../evidence/answers.schema';
import { FormKeys } from '../evidence/form-keys.service';
import { ReservedKey, ShownBefore, type Reserved } from '../evidence/reserved';
import { InvalidInput, NotFound } from '../platform/http/errors';
import { readForm } from '../platform/http/read-form';
import { View } from '../platform/http/view';
import { customerOf } from './customer';
import { CustomerTicketsService } from './customer-tickets.service';
import { EvidenceLinks } from './evidence-links.service';
import { ticketPage } from './ticket-page.view';

const made = z.object({ _csrf: z.string().optional(), label: z.string().max(200) });
const TEXT_AT_MOST = 500_000;

/** The link for an administrator: made and ended on the ticket; behind it one form and nothing else. */
@Controller()
export class EvidenceLinkController {
  constructor(
    private readonly view: View,
    private readonly tickets: CustomerTicketsService,
    private readonly links: EvidenceLinks,
    private readonly attempts: Attempts,
    private readonly keys: FormKeys,
  ) {}

  @Post('tickets/:ref/evidence-links')
  @HttpCode(200)
  @Allow({ customer: true })
  async make(@Req() request: FastifyRequest, @Res() reply: FastifyReply, @Who() who: Principal, @Param('ref') ref: string, @Body({ schema: made }) body: z.output<typeof made>, @ReservedKey() reserved: Reserved | null, @ShownBefore() before: unknown): Promise<void> {
    const customer = customerOf(who);
    const input = await this.tickets.page(customer, ref);
    const { ticket } = input.data;
    const form = answersForm(ticket.block, { ...NO_ANSWERS }, [], []);
    try {
      const evidenceLink = (before as string | null) ?? (await this.links.make(customer, ticket, body.label, reserved));
      const page = ticketPage(await this.tickets.page(customer, ref));
      this.view.render(request, reply, 'status/ticket', { ...form, ...page, evidenceLink, done: SAID.evidenceLinkMade });
    } catch (error) {
      if (!(error instanceof InvalidInput)) {
        throw error;
      }
      void reply.status(422);
      this.view.render(request, reply, 'status/ticket', { ...form, ...ticketPage(input), ...shownErrors([{ field: 'label', message: error.message }]), label: body.label });
    }
  }

  @Post('tickets/:ref/evidence-links/:id/end')
  @Allow({ customer: true })
  async end(@Res() reply: FastifyReply, @Who() who: Principal, @Param('ref') ref: string, @Param('id') id: string): Promise<void> {
    const customer = customerOf(who);
    const { ticket } = (await this.tickets.page(customer, ref)).data;
    await this.links.end(customer, ticket.id, id);
    await reply.redirect(`/tickets/${ticket.ref}#share`, 303);
  }

  @Get('e/:key')
  @Allow({ open: true })
  async form(@Req() request: FastifyRequest, @Res() reply: FastifyReply, @Param('key') key: string): Promise<void> {
    await this.show(request, reply, key, { done: 'done' in (request.query as object) });
  }

  @Post('e/:key')
  @HttpCode(200)
  @Allow({ open: true })
  async add(@Req() request: FastifyRequest, @Res() reply: FastifyReply, @Param('key') key: string): Promise<void> {
    await this.guarded(request, () => this.links.open(key));
    const form = await readForm(request);
    const text = form.fields['text']?.[0] ?? '';
    const { files, fileErrors } = readAnswers(filesOf(form));
    const message = fileErrors[0]?.message ?? (text.trim() === '' && files.length === 0 ? SAID.pasteOrChoose : text.length > TEXT_AT_MOST ? SAID.atMost(TEXT_AT_MOST) : null);
    if (message) {
      void reply.status(422);
      await this.show(request, reply, key, { typed: text, message, field: fileErrors[0] ? 'message' : 'text' });
      return;
    }
    await this.keys.once(request, `evidence link ${key}`, (reserved) => this.links.supply(key, text, files, reserved));
    // The same page, unnamed: where a form went on is kept, and this address opens a door.
    await reply.redirect('?done', 303);
  }

  private async show(request: FastifyRequest, reply: FastifyReply, key: string, { typed = '', message = null, field = 'text', done = false }: { typed?: string; message?: string | null; field?: string; done?: boolean }): Promise<void> {
    const { ticket, link } = await this.guarded(request, () => this.links.open(key));
    void reply.header('x-robots-tag', 'noindex').header('cache-control', 'no-store');
    this.view.render(request, reply, 'status/evidence-link', {
      title: message ? 'Error: add evidence' : 'Add evidence', key, ip: ticket.ip, spam: ticket.kind === 'spam', blockedAt: ticket.blockedAt, until: link.expiresAt, open: isOpen(ticket.state), typed, done,
      ...shownErrors(message ? [{ field, message }] : []),
    });
  }

  private guarded<T>(request: FastifyRequest, work: () => Promise<T>): Promise<T> {
    return work().catch((error: unknown) => {
      if (error instanceof NotFound) {
        this.attempts.count(`evidence links of ${request.ip}`, 60, 600);
      }
      throw error;
    });
  }
}
