import type { JobName } from '../core/ticket/effects';

export interface Carried {
  id: string;
  job: JobName;
  /** its worker died or hung with it */
  left?: boolean;
  /** and not for the first time: it may be what killed them */
  alone?: boolean;
}

/** A lift is never behind a thousand readings. */
export const isUrgent = (job: JobName): boolean => job === 'order-lift' || job === 'read-back-lift';

/** Brings row ids to `OutboxService.work`. May deliver late, twice or never: the row decides, and the sweep finds the rest. */
export abstract class Carrier {
  abstract readonly name: 'bull' | 'in-process';
  /** false while Redis does not answer and the work goes on inside the process */
  abstract healthy(): boolean;
  /** what is wrong with it, in words; null when nothing is */
  abstract complaint(): string | null;
  abstract carry(rows: Carried[]): Promise<void>;
  /** Waits until hardly anything waits to be worked, at most `milliseconds`: before that nobody needs more. @returns whether it came to that */
  abstract runsLow(milliseconds: number): Promise<boolean>;
  /** Stops taking new rows and waits for those at work, at most `milliseconds`. */
  abstract stop(milliseconds: number): Promise<void>;
}
