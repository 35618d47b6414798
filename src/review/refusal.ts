import type { Problem } from '../core/decision/decision-problems';
import { TransitionRefused } from '../core/ticket/decide';
import { Conflict, InvalidInput } from '../platform/http/errors';

/** Why a decision was not taken, as the page shows it beside what was typed. */
export interface Refusal {
  status: number;
  problems?: Problem[];
  changed?: { message: string; changes: string[] };
  /** the version to judge now */
  version?: number;
}

/** What was refused, in the words for whoever asked, and what they had typed. */
export interface Refused {
  status: number;
  message: string;
  typed: string | null;
}

/** An act on a ticket that could not be done: the ticket is shown again, with the reason on top. Anything else is not for the page to answer. @throws the error itself */
export function refusedAct(error: unknown, typed?: string): Refused {
  const wrote = typed?.trim() ? typed : null;
  if (error instanceof InvalidInput) {
    return { status: 422, message: error.errors.map(({ message }) => message).join(' '), typed: wrote };
  }
  if (error instanceof Conflict || error instanceof TransitionRefused) {
    return { status: 409, message: error.message, typed: wrote };
  }
  throw error;
}

/** What can be shown on the page itself; anything else is not for the page to answer. @throws the error itself */
export function refusal(error: unknown): Refusal {
  if (error instanceof InvalidInput) {
    return { status: 422, problems: error.errors as Problem[] };
  }
  if (error instanceof Conflict) {
    const { version, changed } = error.detail as { version?: number; changed?: string[] };
    return { status: 409, changed: { message: error.message, changes: changed ?? [] }, version };
  }
  throw error;
}
