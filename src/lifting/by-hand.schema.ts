import { z } from 'zod';
import { text } from '../evidence/wire.schema';
import type { TaskAnswer } from '../noc/lift-tasks.service';

const csrf = { _csrf: z.string().optional() };
const because = text(2000).transform((words) => words.trim());

/** "Done": only with the tick that says that somebody looked again, because nothing else reads this NOC back. */
export const doneForm = z.object({ ...csrf, seen: z.literal('on', { error: 'Look at the block list of the control panel once more, and tick that the block is gone.' }) });

export const notPossibleForm = z
  .object({
    ...csrf,
    outcome: z.enum(['refused', 'newer_block', 'not_owner'], { error: 'Choose what stands in the way.' }),
    because: because.default(''),
    foundAt: z.string().max(40).default(''),
  })
  .transform((form, context): Omit<TaskAnswer, 'by'> => {
    const at = /^\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d)?$/.test(form.foundAt) ? new Date(`${form.foundAt}Z`) : null;
    if (form.outcome === 'refused' && form.because.length < 5) {
      context.addIssue({ code: 'custom', path: ['because'], message: 'Say why it is not possible: the reviewer decides again by it.' });
    }
    if (form.foundAt !== '' && (at === null || Number.isNaN(at.getTime()))) {
      context.addIssue({ code: 'custom', path: ['foundAt'], message: 'Give the time as the control panel shows it, in UTC.' });
    }
    return { state: 'refused', outcome: form.outcome, ...(form.because ? { because: form.because } : {}), ...(form.outcome === 'newer_block' && at ? { foundAt: at } : {}) };
  });

export const tasksQuery = z.object({ said: z.enum(['done', 'refused']).optional().catch(undefined), ref: z.string().max(20).regex(/^UB-[\w-]+$/).optional().catch(undefined) });
