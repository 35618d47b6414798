import { Controller, HttpCode, Post, Req, Res } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { Allow, Who } from '../auth/access';
import { Attempts } from '../auth/attempts.service';
import type { Principal } from '../auth/principal';
import { readAnswers, type GivenAnswers } from '../evidence/answers.schema';
import { Forbidden } from '../platform/http/errors';
import { readForm } from '../platform/http/read-form';
import { View } from '../platform/http/view';
import { AnalysisService } from './analysis.service';
import { episode } from '../core/ticket/episode';
import { nothingRead, readingView } from '../core/texts/reading';
import { SAID } from '../core/texts/said';
import { RecordService } from './record.service';

/** Readings of one account for one block in an hour: enough to get it right, too few to try the filter out. */
const READINGS_AN_HOUR = 200;
/** And whatever it asks about: each reading looks names up. */
const IN_ALL_AN_HOUR = 1000;

/** What we see in headers, before anything is sent: authentication and completeness, never weights. Nothing is stored. */
@Allow({ customer: true })
@Controller('appeals/reading')
export class ReadingController {
  constructor(
    private readonly view: View,
    private readonly attempts: Attempts,
    private readonly analyses: AnalysisService,
    private readonly records: RecordService,
  ) {}

  /** A fragment for the form's "What we see"; without a script, a page with the way back to what was typed. */
  @Post()
  @HttpCode(200)
  async read(@Req() request: FastifyRequest, @Res() reply: FastifyReply, @Who() who: Principal): Promise<void> {
    if (who.kind !== 'customer') {
      throw new Forbidden(SAID.forCustomers);
    }
    const given = readAnswers(await readForm(request));
    this.attempts.count(`readings of ${who.account.id}`, IN_ALL_AN_HOUR, 3600);
    const model = await this.reading(who, given);
    if (request.headers['hx-request'] === 'true') {
      this.view.render(request, reply, 'analysis/reading-fragment', model);
      return;
    }
    const { answers, held, ip, kind, blockedAt, ticket } = given;
    const carried = Object.entries({ ip, kind: kind ?? '', blockedAt, ...answers }).filter(([, value]) => value !== '').map(([name, value]) => ({ name, value }));
    this.view.render(request, reply, 'analysis/reading', { ...model, carried, held, back: ticket === '' ? '/appeals' : `/tickets/${encodeURIComponent(ticket)}/evidence` });
  }

  private async reading(who: Extract<Principal, { kind: 'customer' }>, given: GivenAnswers) {
    const { answers, files, fileErrors } = given;
    const file = files.at(-1);
    if (fileErrors[0] && !file) {
      return { ...nothingRead(false), nothing: fileErrors[0].message };
    }
    if (!file && answers.headers.trim() === '' && answers.messageId === '') {
      return nothingRead(false);
    }
    const block = await this.records.of(who, given);
    // By the block that was found, however it was written: an answer about it counts, and only about it can anything be tried out.
    this.attempts.count(`readings of ${who.account.id} ${block ? episode(block) : ''}`, READINGS_AN_HOUR, 3600);
    const analysis = await this.analyses.analyseInput({
      ...(file ? { message: file.bytes } : answers.headers.trim() !== '' ? { headers: answers.headers } : { messageId: answers.messageId }),
      ip: block?.ip ?? given.ip, kind: 'spam', ...(block ? { blockedAt: block.blockedAt, block } : {}),
    });
    const text = file ? new TextDecoder('latin1').decode(file.bytes.subarray(0, 300_000)).split(/\r?\n\r?\n/, 1)[0] ?? '' : answers.headers;
    return readingView(analysis, { ip: block?.ip ?? given.ip, lines: text.trim() === '' ? 0 : text.trim().split('\n').length, alertTotal: Math.max(block?.detectionsTotal ?? 0, block?.detections?.length ?? 0) });
  }
}
