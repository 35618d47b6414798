import type { AnswerError, Answers } from '../evidence/answers';
import type { Block } from '../ticket/block';
import { pieces } from './help/guide';
import { HEADERS_IN_SHORT } from './help/headers';

/** A file that travels with the form instead of being stored: nothing is kept before the customer sends it. */
export interface HeldFile {
  name: string;
  bytes: number;
  /** base64 */
  data: string;
}

export const NO_ANSWERS: Answers = {
  claim: '' as Answers['claim'], headers: '', messageId: '', explanation: '', cause: '', done: '', mailStopped: '', queueInspected: '', isolated: '', logs: '', because: '',
};

const HOW_TO_HEADERS = HEADERS_IN_SHORT.map(pieces);

export const QUEUE = [
  { value: 'wanted', label: 'Yes, only wanted mail is in it' },
  { value: 'cleared', label: 'Yes, and I deleted what should not go out' },
  { value: 'no', label: 'Not yet' },
  { value: 'cannot', label: 'I cannot see it', hint: 'For example at a shared mail service.' },
] as const;

/** What the questions of a claim show: what was typed, what is wrong beside it, and the alert's own messages to choose from. */
export function answersForm(block: Pick<Block, 'kind' | 'detections'>, answers: Answers, errors: readonly AnswerError[], held: readonly HeldFile[]) {
  return {
    spam: block.kind === 'spam', answers, held, howToHeaders: HOW_TO_HEADERS, ...shownErrors(errors),
    alert: (block.detections ?? []).flatMap((detection) =>
      detection.messageId
        ? [{ messageId: detection.messageId, label: `${detection.at.slice(11, 19)} · ${detection.subject ?? detection.messageId}`, selected: detection.messageId === answers.messageId }]
        : [],
    ).slice(0, 100),
    queue: QUEUE.map((choice) => ({ hint: '', ...choice, checked: choice.value === answers.queueInspected })),
  };
}

/** The error summary and the words beside each field. */
export function shownErrors(errors: readonly (AnswerError | { field: string; message: string })[]) {
  return {
    errorTitle: errorTitle(errors.length),
    errors: errors.map(({ field, message }) => ({ at: ANCHORS[field] ?? field, message })),
    error: Object.fromEntries(errors.map(({ field, message }) => [field, message])),
  };
}

/** Radio buttons have their id from their first choice. */
const ANCHORS: Record<string, string> = { claim: 'claim-mistake', queueInspected: 'queue-wanted', mailStopped: 'stopped-yes' };

/** "Two answers need a second look". */
export function errorTitle(count: number): string {
  const words = ['No', 'One', 'Two', 'Three', 'Four', 'Five'];
  return count === 1 ? 'One answer needs a second look' : `${words[count] ?? count} answers need a second look`;
}
