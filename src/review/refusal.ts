import type { Problem } from '../core/decision/decision-problems';
import { Conflict, InvalidInput } from '../platform/http/errors';

/** Why a decision was not taken, as the page shows it beside what was typed. */
export interface Refusal {
  status: number;
  problems?: Problem[];
  changed?: { message: string; changes: string[] };
  /** the version to judge now */
  version?: number;
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
