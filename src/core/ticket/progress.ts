import type { ClosedReason, State } from './states';

export type StepKey = 'received' | 'analysing' | 'review' | 'lifting' | 'lifted' | 'not_lifted' | 'closed';

/** One step of the line of steps on the customer's page. */
export interface Step {
  key: StepKey;
  label: string;
  is: 'done' | 'now' | 'todo';
  /** colours the current step; always said in words too */
  tone: 'good' | 'bad' | 'warn' | null;
  /** when it was reached; null while it is to come */
  at: Date | null;
  /** one short remark instead of, or before, the time */
  note: string | null;
}

/** When each part of the way was reached, from the audit trail. */
export interface Reached {
  received: Date;
  analysing?: Date | null;
  decided?: Date | null;
  lifting?: Date | null;
  lifted?: Date | null;
  ended?: Date | null;
}

export interface ProgressContext {
  reached: Reached;
  /** fixes due before the lift that are not done */
  fixesOpen?: number;
  /** a reviewer asked for something, so the wait belongs to the review */
  asked?: boolean;
  /** "about 40 minutes" */
  wait?: string | null;
  blockedAgain?: boolean;
  closedReason?: ClosedReason | null;
}

const LABELS: Record<StepKey, string> = {
  received: 'Received',
  analysing: 'Being analysed',
  review: 'Under review',
  lifting: 'Lifting',
  lifted: 'Lifted and confirmed',
  not_lifted: 'Not lifted',
  closed: 'Closed',
};

const CLOSED: Record<ClosedReason, string> = {
  withdrawn: 'You withdrew it',
  expired: 'No answer came in time',
  duplicate: 'It continues in another ticket',
  not_owner: 'The address is not yours',
  block_already_gone: 'The block is gone',
};

/** The line of steps for a ticket: where it stands, what is done, what is still to come. */
export function progress(state: State, context: ProgressContext): Step[] {
  const { reached } = context;
  const way: StepKey[] = ['received', 'analysing', 'review', 'lifting', 'lifted'];
  const times: Partial<Record<StepKey, Date | null | undefined>> = {
    received: reached.received, analysing: reached.analysing, review: reached.decided, lifting: reached.lifting, lifted: reached.lifted,
  };
  const line = (now: StepKey, note: string | null, tone: Step['tone'] = null): Step[] =>
    way.map((key, i) => {
      const is = key === now ? 'now' : i < way.indexOf(now) ? 'done' : 'todo';
      const at = is === 'todo' ? null : (times[key] ?? null);
      return { key, label: LABELS[key], is, tone: is === 'now' ? tone : null, at, note: is === 'now' ? note : is === 'done' && key === 'review' && at ? 'Decided' : null };
    });
  const ended = (last: StepKey, note: string | null, tone: Step['tone']): Step[] => {
    const before = way.slice(0, 3).filter((key) => key === 'received' || times[key]);
    return [
      ...before.map((key): Step => ({ key, label: LABELS[key], is: 'done', tone: null, at: times[key] ?? null, note: key === 'review' ? 'Decided' : null })),
      { key: last, label: LABELS[last], is: 'now', tone, at: reached.ended ?? null, note },
    ];
  };

  switch (state) {
    case 'received':
      return line('received', null);
    case 'awaiting_evidence':
      return context.asked ? line('review', 'Waits for your answer', 'warn').map(withoutTime) : line('analysing', 'Waits for you', 'warn').map(withoutTime);
    case 'analysing':
      return line('analysing', 'Takes a few seconds');
    case 'queued':
      return line('review', context.wait ?? 'Waits for a person').map(withoutTime);
    case 'in_review':
    case 'second_review':
    case 'on_hold':
      return line('review', 'A person looks at it').map(withoutTime);
    case 'awaiting_fixes':
      return line('lifting', waitsForFixes(context.fixesOpen ?? 0), 'warn');
    case 'lifting':
      return line('lifting', 'Our network is told');
    case 'lifted':
      return line('lifted', context.blockedAgain ? 'Blocked again since' : null, context.blockedAgain ? 'bad' : 'good').map((step) =>
        step.is === 'now' && !context.blockedAgain ? { ...step, is: 'done', note: null } : step,
      );
    case 'upheld':
      return ended('not_lifted', null, 'bad');
    case 'closed':
      return ended('closed', context.closedReason ? CLOSED[context.closedReason] : null, null);
  }
}

/** While a review goes on, the time of an earlier decision (before an appeal) would mislead. */
const withoutTime = (step: Step): Step => (step.is === 'now' ? { ...step, at: null } : step);

function waitsForFixes(count: number): string {
  return count === 0 ? 'Waits for the last look' : `Waits for ${count} fix${count === 1 ? '' : 'es'}`;
}
