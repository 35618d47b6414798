import { effectsOf, type Effect } from './effects';
import type { EventType } from './events';
import type { State } from './states';
import { WORKFLOW } from './workflow';

/** The pair (state, event) is not in the workflow. `already` when the event would lead where the ticket stands. */
export class TransitionRefused extends Error {
  constructor(
    readonly from: State,
    readonly event: EventType,
  ) {
    super(`The ticket is ${from.replace('_', ' ')}: "${event.replaceAll('_', ' ')}" is not possible now.`);
  }
}

export interface Step {
  from: State;
  to: State;
  effects: Effect[];
}

/**
 * Where an event leads from a state, and the work it implies.
 * @throws TransitionRefused when the workflow has no such arrow
 */
export function decide(from: State, event: EventType): Step {
  const to = WORKFLOW[from][event];
  if (!to) {
    throw new TransitionRefused(from, event);
  }
  return { from, to, effects: effectsOf(from, to, event) };
}
