import { isOpen, type State } from '../core/ticket/states';
import type { TicketMail } from './mail-templates';

/** States in which a mail still says what is so. What a ticket has left behind is not sent late. */
const WHILE: Partial<Record<TicketMail, State[]>> = {
  'evidence-needed': ['awaiting_evidence'],
  'information-requested': ['awaiting_evidence'],
  'fixes-required': ['awaiting_fixes'],
  lifting: ['lifting'],
  'lift-delayed': ['lifting'],
  lifted: ['lifted'],
  'blocked-again': ['lifted'],
  'not-lifted': ['upheld'],
  closed: ['closed'],
  delayed: ['queued', 'in_review', 'second_review'],
  reminder: ['awaiting_evidence', 'awaiting_fixes'],
};

/** Whether a mail that was decided a while ago is still true of the ticket as it is now. */
export function isStillTrue(template: TicketMail, state: State): boolean {
  const states = WHILE[template];
  return states ? states.includes(state) : template === 'message' || isOpen(state);
}
