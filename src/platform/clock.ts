import { Injectable } from '@nestjs/common';

/** The time, as something a test can hold. Rules never ask for it: they are given it. */
@Injectable()
export class Clock {
  now(): Date {
    return new Date();
  }
}
