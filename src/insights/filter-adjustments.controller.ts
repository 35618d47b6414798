import { Body, Controller, Get, Param, Patch, Query } from '@nestjs/common';
import { z } from 'zod';
import { Allow, Who } from '../auth/access';
import type { Principal } from '../auth/principal';
import { SYSTEM } from '../audit/actor';
import { text } from '../evidence/wire.schema';
import { ADJUSTMENT_STATES } from './filter-adjustment.entity';
import { FilterAdjustmentsService, type AdjustmentJson } from './filter-adjustments.service';

const state = z.enum(ADJUSTMENT_STATES, { error: `must be one of ${ADJUSTMENT_STATES.join(', ')}` });
const list = z.strictObject({ state: state.optional(), after: text(100).optional(), limit: z.coerce.number().int().min(1).max(200, 'must be at most 200').default(50) });
const answer = z.strictObject({ state, answer: text(5000).optional() });

/** What the filter should learn, for the team that keeps it. */
@Controller('api/v1/filter-adjustments')
@Allow({ scopes: ['noc', 'lead'] })
export class FilterAdjustmentsController {
  constructor(private readonly adjustments: FilterAdjustmentsService) {}

  @Get()
  list(@Query({ schema: list }) query: z.output<typeof list>): Promise<{ items: AdjustmentJson[]; next: string | null }> {
    return this.adjustments.list(query.state, query.after, query.limit);
  }

  /** What became of it: applied, accepted, rejected or expired. */
  @Patch(':id')
  answer(@Who() who: Principal, @Param('id') id: string, @Body({ schema: answer }) body: z.output<typeof answer>): Promise<AdjustmentJson> {
    return this.adjustments.answer(id, body.state, body.answer, who.kind === 'nobody' ? SYSTEM : who.actor);
  }
}
