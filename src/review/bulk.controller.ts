import { Body, Controller, Delete, Get, HttpCode, Param, Post, Req, Res } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { Allow, Who } from '../auth/access';
import type { Principal } from '../auth/principal';
import { ReservedKey, ShownBefore, type Reserved } from '../evidence/reserved';
import { InvalidInput } from '../platform/http/errors';
import { View } from '../platform/http/view';
import { bulkBody, bulkForm, bulkUndoForm, type BulkBody, type BulkForm, type BulkUndoForm } from './bulk.schema';
import { BulkService, type BulkResult } from './bulk.service';
import { viewBody, type ViewBody } from './queue.schema';
import { personOf } from './staff-of';
import { ViewsService, type SavedView } from './views.service';

/** Many tickets at once, on the page. */
@Allow({ staff: true })
@Controller('desk')
export class BulkController {
  constructor(
    private readonly view: View,
    private readonly bulk: BulkService,
  ) {}

  /** Shows what became of each, with the way back to where the reader was. What is wrong with the text is said beside it, with the tickets still chosen and nothing lost. */
  @Post('bulk')
  async do(@Who() who: Principal, @Req() request: FastifyRequest, @Res() reply: FastifyReply, @Body({ schema: bulkForm }) form: BulkForm, @ReservedKey() reserved: Reserved | null, @ShownBefore() before: unknown): Promise<void> {
    if (form.pick.length === 0) {
      throw new InvalidInput([{ field: 'pick', code: 'missing', message: 'Tick the tickets first: the boxes stand at the left of each row.' }]);
    }
    const tickets = form.pick.map((pick) => ({ ref: pick.slice(0, pick.indexOf('@')), version: Number(pick.slice(pick.indexOf('@') + 1)) }));
    const back = safe(form.back);
    const results = (before as { results: BulkResult[] } | null)?.results ?? (await this.bulk.do({ action: form.action, tickets, to: form.to, text: form.text }, personOf(who), reserved).catch(wrongText));
    if (results instanceof InvalidInput) {
      void reply.status(422);
      this.view.render(request, reply, 'review/bulk-again', { title: 'Not done yet', ...form, back, problems: results.errors, ...AGAIN[form.action] });
      return;
    }
    const decisions = results.flatMap(({ decision }) => decision ?? []);
    const seconds = await this.bulk.secondsLeft(decisions);
    this.view.render(request, reply, 'review/bulk', { title: 'Done with many', ...said(HEADINGS[form.action], results), back, undo: decisions.length > 0 && seconds > 0 ? { decisions, seconds, count: decisions.length } : null });
  }

  /** Takes back what was asked of many, and shows which of them it came too late for. */
  @Post('bulk/undo')
  async undo(@Who() who: Principal, @Req() request: FastifyRequest, @Res() reply: FastifyReply, @Body({ schema: bulkUndoForm }) form: BulkUndoForm): Promise<void> {
    this.view.render(request, reply, 'review/bulk', { title: 'Taken back', ...said('Taken back', await this.bulk.undo(form.decision, personOf(who))), back: safe(form.back), undo: null });
  }
}

/** Only ever back to the queue. */
const safe = (back: string): string => (/^\/desk(\?|$)/.test(back) ? back : '/desk');

/** What is written once for all of them can be written again. */
function wrongText(error: unknown): InvalidInput {
  if (error instanceof InvalidInput && error.errors.every(({ field }) => field === 'text')) {
    return error;
  }
  throw error;
}

const AGAIN: Partial<Record<BulkForm['action'], { label: string; submit: string }>> = {
  note: { label: 'Note for each of them', submit: 'Note' },
  ask: { label: 'What these customers are asked for', submit: 'Ask all' },
};

const HEADINGS: Record<BulkForm['action'], string> = { assign: 'Assigned', note: 'Notes', close_expired: 'Closed as expired', ask: 'Asked for the same' };

const said = (heading: string, results: BulkResult[]) => ({
  heading,
  done: results.filter((result) => result.ok).length, failed: results.filter((result) => !result.ok).length,
  results: results.map((result) => ({ ...result, href: `/desk/tickets/${result.ref}` })),
});

/** The same over the API, and the views. */
@Allow({ scopes: ['reviewer'] })
@Controller('api/v1/review')
export class BulkApiController {
  constructor(
    private readonly bulk: BulkService,
    private readonly views: ViewsService,
  ) {}

  /** Each ticket in its own transaction: 200 with one result for each, in their order. `version` makes a ticket that changed since a 409 of its own, with what changed. Asked again with its key after a death half-way, it goes on with those that were not done. */
  @Post('bulk')
  @HttpCode(200)
  async do(@Who() who: Principal, @Body({ schema: bulkBody }) body: BulkBody, @ReservedKey() reserved: Reserved | null): Promise<{ results: BulkResult[] }> {
    return { results: await this.bulk.do(body, personOf(who), reserved) };
  }

  /** One's own views of the queue and those that are shared. */
  @Get('views')
  async list(@Who() who: Principal): Promise<{ items: SavedView[] }> {
    return { items: await this.views.of(personOf(who).staff.id) };
  }

  /** Keeps a view; one's own of the same name is replaced. 403 when somebody may not share. */
  @Post('views')
  @HttpCode(201)
  async keep(@Who() who: Principal, @Body({ schema: viewBody }) body: ViewBody, @Res({ passthrough: true }) reply: FastifyReply, @ReservedKey() reserved: Reserved | null): Promise<SavedView> {
    const view = await this.views.keep(body, personOf(who).staff, reserved?.along(201, (kept) => kept));
    void reply.header('location', `/api/v1/review/views/${view.id}`);
    return view;
  }

  @Delete('views/:id')
  @HttpCode(204)
  async remove(@Who() who: Principal, @Param('id') id: string): Promise<void> {
    await this.views.remove(id, personOf(who).staff);
  }
}
