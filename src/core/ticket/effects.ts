import type { EventType } from './events';
import type { State } from './states';

/** The jobs that a transition may ask for, in the imperative. At boot the app compares them with the handlers found. */
export const JOBS = [
  'analyse-ticket', 'check-owner', 'order-lift', 'read-back-lift', 'mail-customer', 'tell-noc', 'deliver-webhook', 'verify-fixes', 'read-mail', 'note-bounce', 'check-test-message', 'record-adjustment',
  'remember-ticket', 'decide-in-incident',
] as const;
export type JobName = (typeof JOBS)[number];

/** Work that a transition implies, as data. `what` is the template of a mail or the name of a webhook event. */
export interface Effect {
  job: JobName;
  what?: string;
}

const mail = (what: string): Effect => ({ job: 'mail-customer', what });

/** Entering a state implies work, whatever led there. */
export const ON_ENTER: Partial<Record<State, Effect[]>> = {
  analysing: [{ job: 'analyse-ticket' }],
  lifting: [{ job: 'order-lift' }],
};

/** What only the event can tell: which mail the customer gets, and why. */
export const ON_EVENT: Partial<Record<EventType, Effect[]>> = {
  evidence_missing: [mail('evidence-needed')],
  lift_decided: [mail('lifting'), { job: 'record-adjustment' }],
  lift_approved: [mail('lifting'), { job: 'record-adjustment' }],
  fixes_verified: [mail('lifting')],
  fixes_required: [mail('fixes-required')],
  upheld: [mail('not-lifted')],
  information_requested: [mail('information-requested')],
  lift_confirmed: [mail('lifted'), { job: 'tell-noc', what: 'lift.confirmed' }],
  lift_failed: [mail('lift-failed'), { job: 'tell-noc', what: 'lift.failed' }],
  blocked_again: [mail('blocked-again')],
  block_gone: [mail('closed')],
  not_owner_found: [mail('closed')],
  withdrawn: [mail('closed')],
  expired: [mail('closed')],
  fixes_overdue: [mail('closed')],
  appealed: [mail('appeal-received')],
  joined: [mail('closed')],
  analysed: [{ job: 'remember-ticket' }],
  analysis_failed: [{ job: 'remember-ticket' }],
};

/** A new ticket: ownership is asked of the NOC, and the customer is told once that it arrived. */
export const ON_OPEN: Effect[] = [{ job: 'check-owner' }];
export const ACKNOWLEDGEMENT: Effect = mail('received');

/** Evidence that comes while a person works on the ticket is read where the ticket stands. */
const READ_IN_PLACE: Effect[] = [{ job: 'analyse-ticket' }];

/** All work that one transition implies. */
export function effectsOf(from: State, to: State, event: EventType): Effect[] {
  const entered = from === to ? [] : [...(ON_ENTER[to] ?? []), { job: 'tell-noc', what: 'ticket.state_changed' } satisfies Effect];
  const inPlace = event === 'evidence_supplied' && (to === 'in_review' || to === 'second_review' || from === 'analysing') ? READ_IN_PLACE : [];
  return [...entered, ...inPlace, ...(ON_EVENT[event] ?? [])];
}
