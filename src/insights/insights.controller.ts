import { Body, Controller, Get, Param, Post, Query, Req, Res } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { Allow, Who } from '../auth/access';
import type { Principal, Staff } from '../auth/principal';
import { may } from '../core/policy/may';
import { Clock } from '../platform/clock';
import { Forbidden } from '../platform/http/errors';
import { pageOf, View } from '../platform/http/view';
import { FilterAdjustmentsService } from './filter-adjustments.service';
import { InsightsReader } from './insights.query';
import { answerForm, behindQuery, csvFile, insightsQuery, type AnswerForm, type BehindQuery, type BlockName, type InsightsQuery } from './insights.schema';
import { behindView, blockCsv, insightsView } from './insights.view';

/** How the desk does: what is overdue, which rules are wrong, what did not hold. */
@Allow({ staff: true })
@Controller('desk/insights')
export class InsightsController {
  constructor(
    private readonly view: View,
    private readonly clock: Clock,
    private readonly reader: InsightsReader,
    private readonly adjustments: FilterAdjustmentsService,
  ) {}

  @Get()
  async page(@Who() who: Principal, @Req() request: FastifyRequest, @Res() reply: FastifyReply, @Query({ schema: insightsQuery }) query: InsightsQuery): Promise<void> {
    const { role } = refuseOthers(who);
    const [now, { zone }] = [this.clock.now(), pageOf(request)];
    this.view.render(request, reply, 'insights/insights', {
      ...insightsView(query, await this.reader.read(query, zone, now), zone, now), mayAnswer: may(role, 'change_filter_adjustment'),
    });
  }

  /** The tickets behind one figure. */
  @Get('tickets')
  async behind(@Who() who: Principal, @Req() request: FastifyRequest, @Res() reply: FastifyReply, @Query({ schema: behindQuery }) query: BehindQuery): Promise<void> {
    refuseOthers(who);
    this.view.render(request, reply, 'insights/tickets', behindView(query, await this.reader.behind(query, pageOf(request).zone, this.clock.now())));
  }

  /** What the filter team made of a proposal, written down by a lead; the filter team itself says it over the API. */
  @Post('adjustments/:id')
  async answer(@Who() who: Principal, @Res() reply: FastifyReply, @Param('id') id: string, @Body({ schema: answerForm }) form: AnswerForm): Promise<void> {
    if (who.kind !== 'staff' || !may(who.staff.role, 'change_filter_adjustment')) {
      throw new Forbidden('What became of a filter adjustment is written down by a lead.');
    }
    await this.adjustments.answer(id, form.state, form.answer || undefined, who.actor);
    await reply.redirect(`/desk/insights?${new URLSearchParams({ days: String(form.days), ...(form.queue ? { queue: form.queue } : {}) }).toString()}#c-adjustments`, 303);
  }

  /** One block as CSV. */
  @Get(':file')
  async csv(
    @Who() who: Principal, @Req() request: FastifyRequest, @Res() reply: FastifyReply, @Param('file', { schema: csvFile }) file: `${BlockName}.csv`, @Query({ schema: insightsQuery }) query: InsightsQuery,
  ): Promise<void> {
    refuseOthers(who);
    const found = await this.reader.read(query, pageOf(request).zone, this.clock.now());
    await reply
      .headers({ 'content-type': 'text/csv; charset=utf-8', 'content-disposition': `attachment; filename="${file}"` })
      .send(blockCsv(file.replace(/\.csv$/, '') as BlockName, found));
  }
}

function refuseOthers(who: Principal): Staff {
  if (who.kind !== 'staff' || !may(who.staff.role, 'see_insights')) {
    throw new Forbidden('The insights are for seniors, leads, auditors and admins.');
  }
  return who.staff;
}
