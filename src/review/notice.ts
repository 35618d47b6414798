import type { Outcome } from '../core/decision/outcome';
import { OUTCOMES, type Tone } from './words';

export const SAID = ['nothing-left', 'released', 'undone', 'noted', 'decided', 'second', 'approved', 'refused', 'view-kept', 'view-nameless', 'view-too-many', 'view-removed', 'escalated', 'given-back', 'joined'] as const;
export type Said = (typeof SAID)[number];

const NOTICES: Record<Said, { tone: Tone; icon: string; title: string; text: string }> = {
  'nothing-left': { tone: 'good', icon: 'check', title: 'Nothing left to take.', text: 'Nobody waits for a decision that you may make.' },
  released: { tone: 'unknown', icon: 'check', title: 'Released.', text: 'The ticket is back in the queue.' },
  undone: { tone: 'unknown', icon: 'arrow-back-up', title: 'Taken back.', text: 'Nothing was sent, and you have the ticket again.' },
  noted: { tone: 'unknown', icon: 'note', title: 'Note kept.', text: 'Only the desk sees it.' },
  decided: { tone: 'good', icon: 'check', title: 'Decided.', text: 'It is carried out when the time to undo is over.' },
  second: { tone: 'unknown', icon: 'users', title: 'Decided.', text: 'It waits for a second person; until they agree it can be taken back.' },
  approved: { tone: 'good', icon: 'check', title: 'Agreed.', text: 'It is carried out when the time to undo is over.' },
  'view-kept': { tone: 'unknown', icon: 'check', title: 'View kept.', text: 'It stands in the list of queues.' },
  'view-nameless': { tone: 'bad', icon: 'alert-triangle', title: 'Not kept yet.', text: 'Give the view a name of 1 to 60 characters.' },
  'view-too-many': { tone: 'bad', icon: 'alert-triangle', title: 'Not kept.', text: 'You have 30 views already; remove one first, at the cross beside its name.' },
  'view-removed': { tone: 'unknown', icon: 'check', title: 'View removed.', text: 'The tickets are where they were.' },
  escalated: { tone: 'unknown', icon: 'flag', title: 'A lead was asked.', text: 'The ticket waits in the queue of the leads; the promise to the customer stays.' },
  'given-back': { tone: 'unknown', icon: 'check', title: 'Given back.', text: 'The ticket is in its queue again, with your answer in the timeline.' },
  joined: { tone: 'unknown', icon: 'link', title: 'Joined.', text: 'It is closed as a duplicate; the customer is told where it goes on.' },
  refused: { tone: 'unknown', icon: 'check', title: 'Not agreed.', text: 'The ticket is back in the queue, with your reason.' },
};

/** One line on what was just done. */
export const noticeOf = (said: Said | undefined) => (said ? NOTICES[said] : null);

/** The toast with which a decision is taken back; null when nothing can be. */
export function undoView(undo: { id: string; ref: string; outcome: Outcome; undoUntil: Date } | null, now: Date) {
  return undo ? { id: undo.id, ref: undo.ref, outcome: OUTCOMES[undo.outcome], seconds: Math.max(Math.ceil((undo.undoUntil.getTime() - now.getTime()) / 1000), 1) } : null;
}
