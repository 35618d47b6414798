import { Injectable } from '@nestjs/common';

/** Below this a difference is the way to the database and back, not a clock that is wrong. */
const NOTICED_MS = 2_000;

/**
 * The time, as something a test can hold. Rules never ask for it: they are given it. It is the database's time: a process whose own clock is an
 * hour wrong must neither end an undo window early nor send a reminder late (F25).
 */
@Injectable()
export class Clock {
  private offset = 0;

  now(): Date {
    return new Date(Date.now() + this.offset);
  }

  /**
   * Compares with the database.
   * @param theirs the database's time
   * @param asked when it was asked by our own clock, in milliseconds; it answered just now
   * @returns by how many milliseconds our own clock is ahead, where it matters; else 0
   */
  keep(theirs: Date, asked: number): number {
    const ours = (asked + Date.now()) / 2;
    this.offset = Math.abs(theirs.getTime() - ours) < NOTICED_MS ? 0 : theirs.getTime() - ours;
    return -this.offset;
  }
}
