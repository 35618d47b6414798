import type { AnswerError, Answers } from '../core/evidence/answers';
import { answersForm, errorTitle, QUEUE, shownErrors, type HeldFile } from '../core/texts/answers-form';
import type { Block } from '../core/ticket/block';

/** What the form shows as facts: known already, so never asked. Nothing of the filter's own (rules, scores) is in it. */
export function shownBlock(block: Block, now: Date) {
  const detections = block.detections ?? [];
  const times = detections.map((detection) => detection.at).filter((at) => !Number.isNaN(Date.parse(at))).sort((a, b) => Date.parse(a) - Date.parse(b));
  const total = Math.max(block.detectionsTotal ?? 0, detections.length);
  return {
    ip: block.ip, kind: block.kind, kindWord: block.kind === 'spam' ? 'Spam' : 'Hack', blockedAt: block.blockedAt, earliest: block.releaseAllowedAt && Date.parse(block.releaseAllowedAt) > now.getTime() ? block.releaseAllowedAt : null,
    alert: total > 0 ? { total, from: times[0] ?? null, to: times.at(-1) ?? null } : null,
  };
}

export interface FormInput {
  block: Block;
  answers: Answers;
  errors: AnswerError[];
  held: HeldFile[];
  email: string;
  /** "about 40 minutes", or null when nobody can say */
  wait: string | null;
  now: Date;
}

/** The model of the appeal form, empty, prefilled, or with errors beside what was typed. */
export function appealForm({ block, answers, errors, held, email, wait, now }: FormInput) {
  return {
    title: errors.length > 0 ? `Error: ${errorTitle(errors.length).toLowerCase()}` : `Get the block on ${block.ip} lifted`,
    block: shownBlock(block, now), email, wait, ...answersForm(block, answers, errors, held),
  };
}

export interface CheckInput {
  block: Block;
  answers: Answers;
  held: HeldFile[];
  email: string;
  now: Date;
}

/** Everything once more, in the customer's words, with what must be thought of before it is sent. */
export function checkPage({ block, answers, held, email, now }: CheckInput) {
  const spam = block.kind === 'spam';
  const fixed = answers.claim === 'fixed';
  const row = (at: string, label: string, text: string, mono = false) => (text.trim() === '' ? [] : [{ at, label, text: text.trim(), mono }]);
  const rows = [
    ...row('claim', 'What happened', fixed ? 'I fixed it' : 'It was a mistake'),
    ...(fixed ? [...row('cause', spam ? 'The cause' : 'What was found', answers.cause), ...row('done', 'What was done, and when', answers.done)] : []),
    ...(fixed && spam ? row('mailStopped', 'Unwanted mail stopped', answers.mailStopped === 'yes' ? 'Yes' : 'Not yet, or not sure') : []),
    ...(fixed && !spam ? row('isolated', 'How it was kept apart', answers.isolated) : []),
    ...(fixed ? [] : row('explanation', spam ? 'What this mail is' : 'What the traffic was', answers.explanation)),
    ...(spam ? row('headers', 'Headers', answers.headers, true) : row('logs', 'Log lines', answers.logs, true)),
    ...row('message', held.length === 1 ? 'File' : 'Files', held.map((file) => file.name).join('\n')),
    ...(spam && !fixed ? row('messageId', 'Message of the alert', answers.messageId) : []),
    ...(fixed && spam ? [] : row('because', 'Why something is missing', answers.because)),
    ...(spam ? row('queueInspected', 'The mail queue', QUEUE.find((choice) => choice.value === answers.queueInspected)?.label ?? '') : []),
  ];
  const notes = [
    ...(spam && (answers.queueInspected === 'no' || answers.queueInspected === 'cannot') ? ['Nobody has looked into the mail queue. What waits there goes out the moment the block is gone, and may bring it back.'] : []),
    ...(fixed && answers.mailStopped === 'no' ? ['Unwanted mail may still be sent. The block then comes back soon after the lift, and the next one lasts longer.'] : []),
    ...(block.releaseAllowedAt && Date.parse(block.releaseAllowedAt) > now.getTime() ? ['The block has a least time that is not over yet. We look at your claim meanwhile and lift as soon as it may be lifted.'] : []),
  ];
  return {
    title: 'Check your answers', block: shownBlock(block, now), email, rows, notes, held,
    carried: [{ name: 'ip', value: block.ip }, { name: 'kind', value: block.kind }, { name: 'blockedAt', value: block.blockedAt }, ...Object.entries(answers).map(([name, value]) => ({ name, value: String(value) }))],
  };
}

/** Choose the block: those that are known, or an address to type. */
export function choosePage(blocks: { block: Block; ticketRef: string | null }[], { claim, ip, error }: { claim: string | null; ip: string; error: string | null }) {
  const href = (block: Block): string => {
    const query = new URLSearchParams({ ...(claim ? { claim } : {}), ip: block.ip, kind: block.kind, at: block.blockedAt });
    return `/appeals/new?${query.toString()}`;
  };
  return {
    title: error ? 'Error: one answer needs a second look' : 'Which address is blocked?', claim, ip, ...shownErrors(error ? [{ field: 'ip', message: error }] : []),
    blocks: blocks.map(({ block, ticketRef }) => ({ ip: block.ip, kindWord: block.kind === 'spam' ? 'Spam' : 'Hack', blockedAt: block.blockedAt, ticketRef, href: ticketRef ? `/tickets/${ticketRef}` : href(block) })),
  };
}
