import type { Detection } from '../ticket/block';
import { count, moment, type Moment } from './moment';
import { reasonsInWords } from './reasons';

/** What a statement of reasons is made of (product, rule 9; DSA art. 17: facts, rule, machine's part, redress). */
export interface StatementInput {
  ip: string;
  kind: 'spam' | 'hack';
  claim: 'mistake' | 'fixed';
  blockedAt: Date | string;
  detections: Pick<Detection, 'at'>[];
  detectionsTotal: number | null;
  outcome: 'lift' | 'require_fixes' | 'uphold' | 'request_information' | 'hold';
  reasons: string[];
  /** what the reviewer wrote */
  statement: string;
  liftWhenVerified: boolean;
  /** an analysis of headers or a message was made */
  analysed: boolean;
  /** the customer may still appeal */
  canAppeal: boolean;
  fixesBefore: number;
}

export interface StatementPart {
  title: string;
  text: string;
}

/** The reasoned statement of a decision, part by part, in the customer's words. The same on the page and in the mail. */
export function statementOfReasons(input: StatementInput): StatementPart[] {
  const rules = reasonsInWords(input.reasons);
  return [
    { title: 'What happened', text: whatHappened(input) },
    { title: input.outcome === 'lift' ? 'Why it is lifted' : 'What we think', text: input.statement },
    ...(rules.length > 0 ? [{ title: 'The rule', text: rules.join(' ') }] : []),
    {
      title: 'Was a machine involved?',
      text: `The filter blocked by itself. ${input.analysed ? 'Software read what you sent. ' : ''}A person decided.`,
    },
    ...next(input),
  ];
}

/** The facts: what the filter saw, from when to when. Never its rules, scores or weights. */
export function whatHappened(input: Pick<StatementInput, 'ip' | 'kind' | 'blockedAt' | 'detections' | 'detectionsTotal'>): string {
  const times = input.detections.map((detection) => new Date(detection.at).getTime()).filter((time) => !Number.isNaN(time)).sort((a, b) => a - b);
  const total = Math.max(input.detectionsTotal ?? 0, input.detections.length);
  const what = input.kind === 'spam' ? (total > 0 ? count(total, 'suspicious message') : 'suspicious mail') : 'traffic that looks like an attack';
  const first = times[0];
  const last = times[times.length - 1];
  if (first === undefined || last === undefined) {
    return `Our filter saw ${what} from ${input.ip} and blocked it on ${written(moment(input.blockedAt))}.`;
  }
  const from = moment(new Date(first), 'short');
  const to = moment(new Date(last), new Date(first).toISOString().slice(0, 10) === new Date(last).toISOString().slice(0, 10) ? 'clock' : 'short');
  const span = last - first < 60_000 ? `At ${written(from)} UTC` : `Between ${written(from)} and ${written(to)} UTC`;
  return `${span} our filter saw ${what} from ${input.ip}.`;
}

const written = (at: Moment | null): string => at?.text ?? 'a time that we do not know';

function next(input: StatementInput): StatementPart[] {
  switch (input.outcome) {
    case 'lift':
      return [{ title: 'If something is wrong', text: 'Write to us on the ticket or answer the mail. A person reads it.' }];
    case 'require_fixes':
      return [
        { title: 'What lifts the block', text: liftedBy(input) },
        { title: 'If you disagree', text: 'Write to us on the ticket: a person reads it before anything else. If it ends with “Not lifted”, you can appeal once, and another reviewer decides.' },
      ];
    case 'uphold':
      return [
        { title: 'What lifts the block', text: 'Repair the cause, then tell us what you did and when: choose “I fixed it” for the same block.' },
        {
          title: 'If you disagree',
          text: input.canAppeal ? 'You can appeal once, within 14 days. Another reviewer decides.' : 'Another reviewer has looked already. You can still tell us that you fixed the cause.',
        },
      ];
    case 'request_information':
    case 'hold':
      return [{ title: 'What happens next', text: 'As soon as your answer is there, a person looks again.' }];
  }
}

function liftedBy({ fixesBefore, liftWhenVerified }: StatementInput): string {
  const fixes = fixesBefore === 0 ? 'The fixes before the lift' : fixesBefore === 1 ? 'The fix before the lift' : `All ${fixesBefore} fixes before the lift`;
  return liftWhenVerified ? `${fixes}. The last good check starts it, nobody needs to look again.` : `${fixes}. When you report the last one, a person looks and lifts the block.`;
}
