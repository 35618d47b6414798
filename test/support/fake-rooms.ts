import type { Type } from '@nestjs/common';
import { JOBS, type JobName } from '../../src/core/ticket/effects';
import { Handles, type HandlerResult } from '../../src/outbox/handles';
import type { OutboxMessage } from '../../src/outbox/outbox-message.entity';

/** Stands in for the rooms that a test leaves out: writes down every job it gets, and does what the test tells it to. */
export class FakeRooms {
  readonly seen: OutboxMessage[] = [];
  does: (row: OutboxMessage) => Promise<HandlerResult> = () => Promise.resolve('done');
}

/** The provider of FakeRooms that takes every job but those that `real` rooms do: a start with a gap or a double is refused. */
export function fakeRooms(real: readonly JobName[] = []): { provide: Type<FakeRooms>; useClass: Type<FakeRooms> } {
  class Rooms extends FakeRooms {}
  for (const job of JOBS.filter((name) => !real.includes(name))) {
    const descriptor = {
      value(this: FakeRooms, row: OutboxMessage) {
        this.seen.push(row);
        return this.does(row);
      },
      writable: true,
      configurable: true,
    };
    Object.defineProperty(Rooms.prototype, job, descriptor);
    Handles(job)(Rooms.prototype, job, descriptor);
  }
  return { provide: FakeRooms, useClass: Rooms };
}
