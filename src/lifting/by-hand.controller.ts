import { Body, Controller, Get, Param, Post, Query, Req, Res } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { z } from 'zod';
import { Allow, Who } from '../auth/access';
import type { Principal, Staff } from '../auth/principal';
import { may } from '../core/policy/may';
import { LiftTasksService, type TaskAnswer } from '../noc/lift-tasks.service';
import { NocService } from '../noc/noc.service';
import { Forbidden } from '../platform/http/errors';
import { View } from '../platform/http/view';
import { doneForm, notPossibleForm, tasksQuery } from './by-hand.schema';
import { ByHandService } from './by-hand.service';
import { tasksView } from './by-hand.view';

const id = z.uuid({ error: 'must be the id of a task' });
const anything = z.record(z.string(), z.unknown());

/** Where staff of a NOC without an API find what they are to lift, and say what became of it. */
@Allow({ staff: true })
@Controller('desk/lift-tasks')
export class ByHandController {
  constructor(
    private readonly view: View,
    private readonly tasks: LiftTasksService,
    private readonly noc: NocService,
    private readonly byHand: ByHandService,
  ) {}

  @Get()
  async page(@Who() who: Principal, @Req() request: FastifyRequest, @Res() reply: FastifyReply, @Query({ schema: tasksQuery }) query: z.output<typeof tasksQuery>): Promise<void> {
    operator(who);
    this.view.render(request, reply, 'lifting/tasks', tasksView(await this.tasks.list(), this.noc.byHand, query));
  }

  /** The block is gone: somebody lifted it, and looked again. */
  @Post(':id/done')
  done(@Who() who: Principal, @Req() request: FastifyRequest, @Res() reply: FastifyReply, @Param('id', { schema: id }) task: string, @Body({ schema: anything }) body: unknown): Promise<void> {
    const form = doneForm.safeParse(body);
    return this.settle(operator(who), request, reply, task, form.success ? { state: 'done' } : { message: form.error.issues[0]?.message ?? '' });
  }

  /** It cannot be lifted, and why. */
  @Post(':id/not-possible')
  notPossible(@Who() who: Principal, @Req() request: FastifyRequest, @Res() reply: FastifyReply, @Param('id', { schema: id }) task: string, @Body({ schema: anything }) body: Record<string, unknown>): Promise<void> {
    const form = notPossibleForm.safeParse(body);
    const said = (field: string): string => (typeof body[field] === 'string' ? String(body[field]).slice(0, 2000) : '');
    return this.settle(operator(who), request, reply, task, form.success ? form.data : { message: form.error.issues[0]?.message ?? '', because: said('because'), outcome: said('outcome') });
  }

  private async settle(staff: Staff, request: FastifyRequest, reply: FastifyReply, task: string, answer: Omit<TaskAnswer, 'by'> | { message: string; because?: string; outcome?: string }): Promise<void> {
    if ('message' in answer) {
      void reply.status(422);
      this.view.render(request, reply, 'lifting/tasks', tasksView(await this.tasks.list(), this.noc.byHand, {}, { id: task, ...answer }));
      return;
    }
    const ref = await this.byHand.settle(task, answer, staff);
    await reply.redirect(`/desk/lift-tasks?said=${answer.state}&ref=${ref}`, 303);
  }
}

/** @throws Forbidden */
function operator(who: Principal): Staff {
  if (who.kind !== 'staff' || !may(who.staff.role, 'confirm_lift')) {
    throw new Forbidden('Lifts are carried out by operators of the NOC and by leads.');
  }
  return who.staff;
}
