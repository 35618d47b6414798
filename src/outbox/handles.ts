import { DiscoveryService } from '@nestjs/core';
import type { JobName } from '../core/ticket/effects';
import type { OutboxMessage } from './outbox-message.entity';

/** `skipped`: the ticket has moved on. `retryAt`, or `retryInMs` by the database's clock: not yet, for a reason that staff can read. */
export type HandlerResult = 'done' | 'skipped' | { retryAt: Date; why: string } | { retryInMs: number; why: string };
export type Handler = (row: OutboxMessage) => Promise<HandlerResult>;

/** `@Handles('order-lift')` on a method of a provider: that method does the job. Must be idempotent. */
export const Handles = DiscoveryService.createDecorator<JobName>();
