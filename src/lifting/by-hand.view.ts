import { reasonsInWords } from '../core/texts/reasons';
import type { LiftTask, TaskOutcome } from '../noc/lift-tasks.service';

const OUTCOMES: Record<TaskOutcome, { label: string; hint: string }> = {
  refused: { label: 'The control panel does not let me', hint: 'say why: the ticket goes back to a reviewer with it' },
  newer_block: { label: 'It is another, newer block', hint: 'nothing is lifted; give its time where you see it' },
  not_owner: { label: 'The address is not this customer’s any more', hint: 'nothing is lifted; the ticket is closed' },
};

export interface TasksModel {
  title: string;
  said: { text: string; ref: string | null } | null;
  problem: { id: string; message: string } | null;
  byHand: boolean;
  open: (TaskLine & { outcomes: { value: string; label: string; hint: string; checked: boolean }[]; problem: string | null; because: string; failed: boolean })[];
  settled: TaskLine[];
}

interface TaskLine extends LiftTask {
  kindWords: string;
  why: string;
  what: { tone: string; icon: string; label: string };
}

const SAID = {
  done: 'The desk takes it as lifted, tells the customer and watches the address.',
  refused: 'The ticket is on its way back to a reviewer, with what you found.',
};

function line(task: LiftTask): TaskLine {
  return {
    ...task,
    kindWords: task.kind === 'hack' ? 'hack block' : 'spam block',
    why: reasonsInWords(task.reason.split(', ')).join(' ') || task.reason,
    what: task.state === 'done' ? { tone: 'good', icon: 'circle-check', label: 'Lifted' }
      : task.state === 'open' ? { tone: 'warn', icon: 'hourglass', label: 'To do' }
        : { tone: 'bad', icon: 'circle-x', label: task.outcome ? OUTCOMES[task.outcome].label : 'Not possible' },
  };
}

/** What templates/lifting/tasks.hbs shows. */
export function tasksView(tasks: { open: LiftTask[]; settled: LiftTask[] }, byHand: boolean, query: { said?: 'done' | 'refused'; ref?: string }, wrong?: { id: string; message: string; because?: string; outcome?: string }): TasksModel {
  return {
    title: 'Lifts to carry out', byHand,
    said: query.said ? { text: SAID[query.said], ref: query.ref ?? null } : null,
    problem: wrong ?? null,
    open: tasks.open.map((task) => ({
      ...line(task),
      outcomes: (Object.keys(OUTCOMES) as TaskOutcome[]).map((value) => ({ value, ...OUTCOMES[value], checked: wrong?.id === task.id && wrong.outcome === value })),
      problem: wrong?.id === task.id ? wrong.message : null, because: (wrong?.id === task.id && wrong.because) || '', failed: wrong?.id === task.id && wrong.outcome !== undefined,
    })),
    settled: tasks.settled.map(line),
  };
}
