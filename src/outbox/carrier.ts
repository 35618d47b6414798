import type { JobName } from '../core/ticket/effects';
import type { WorkerTakes } from '../platform/config/config';

export interface Carried {
  id: string;
  job: JobName;
  /** its worker died or hung with it */
  left?: boolean;
  /** and not for the first time: it may be what killed them */
  alone?: boolean;
}

/**
 * `urgent`: a lift is never behind a thousand readings. `outward`: what others are told, so that a server that takes its time holds up nothing
 * else. `inward`: all that lies between what came in and the queue of the reviewers.
 */
export const LANES = ['urgent', 'inward', 'outward'] as const;
export type Lane = (typeof LANES)[number];
const LANE: Partial<Record<JobName, Lane>> = { 'order-lift': 'urgent', 'read-back-lift': 'urgent', 'mail-customer': 'outward', 'tell-noc': 'outward', 'deliver-webhook': 'outward', 'record-adjustment': 'outward' };
export const laneOf = (job: JobName): Lane => LANE[job] ?? 'inward';
const jobsOf = (lane: Lane): JobName[] => (Object.keys(LANE) as JobName[]).filter((job) => LANE[job] === lane);
export const [OUTWARD, URGENT] = [jobsOf('outward'), jobsOf('urgent')];
/** Whether a worker that takes this waits for work of that lane. What is overdue, or was left by a worker that died, every worker takes. */
export const isTaken = (takes: WorkerTakes | undefined, lane: Lane): boolean => (takes === 'lifts' ? lane === 'urgent' : takes !== 'rest' || lane !== 'urgent');

/**
 * So many rows of a lane are at work at a time in one process. What goes inward asks the database the same few questions, row after row: those that
 * are at work together share them, and a mail costs half as much with 96 as with 16.
 */
export const PLACES: Record<Lane, number> = { urgent: 32, outward: 32, inward: 96 };
/** While something waits to go inward, the outward places are filled once in so many milliseconds: in a rush the tickets stand in the queue first, and are acknowledged then. */
export const RUSH_MS = 250;

/** Brings row ids to `OutboxService.work`. May deliver late, twice or never: the row decides, and the sweep finds the rest. */
export abstract class Carrier {
  abstract readonly name: 'bull' | 'in-process';
  /** false while Redis does not answer and the work goes on inside the process */
  abstract healthy(): boolean;
  /** what is wrong with it, in words; null when nothing is */
  abstract complaint(): string | null;
  abstract carry(rows: Carried[]): Promise<void>;
  /** Waits until hardly anything of a lane waits to be worked, at most `milliseconds`: before that nobody needs more. @returns whether it came to that */
  abstract runsLow(lane: Lane, milliseconds: number): Promise<boolean>;
  /** Stops taking new rows and waits for those at work, at most `milliseconds`. */
  abstract stop(milliseconds: number): Promise<void>;
}
