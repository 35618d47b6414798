import { DiscoveryService } from '@nestjs/core';
import type { JobName } from '../core/ticket/effects';
import type { OutboxMessage } from './outbox-message.entity';

/** `skipped`: the ticket has moved on. `retryAt`, or `retryInMs` by the database's clock: not yet, for a reason that staff can read. */
export type HandlerResult = 'done' | 'skipped' | { retryAt: Date; why: string } | { retryInMs: number; why: string };
/** @param ahead what `LooksAhead` found, if anything was looked up */
export type Handler = (row: OutboxMessage, ahead?: Promise<unknown>) => Promise<HandlerResult>;

/** `@Handles('order-lift')` on a method of a provider: that method does the job. Must be idempotent. */
export const Handles = DiscoveryService.createDecorator<JobName>();

/**
 * `@LooksAhead()` on a method of a provider that takes the id of an urgent row: it is asked while the row is being taken, and the row's handler is given what it finds. It reads and
 * changes nothing, here and outside: the row may be another worker's. Null when it has nothing to say, as for a row of another job.
 */
export const LooksAhead = DiscoveryService.createDecorator();

