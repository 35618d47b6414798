import { z } from 'zod';
import { ADJUSTMENT_CHANGES, ADJUSTMENT_SCOPES } from '../core/decision/adjustment-of';
import { OUTCOMES } from '../core/decision/outcome';
import { text, time } from '../evidence/wire.schema';

const when = z.enum(['before_lift', 'after_lift', 'advice'], { error: 'must be before_lift, after_lift or advice' });

const adjustment = z.strictObject({
  rule: text(200).min(1, 'must name the rule of the filter'),
  // A program may ask the filter team in words; only the exact words of the page are acted on.
  change: text(2000).default('report'),
  scope: text(200).default('sender'),
  sender: text(320).optional(),
  messageId: text(998).optional(),
  until: time.optional(),
  note: text(2000).optional(),
});

/**
 * A decision over the API. What is missing is not refused here but named by the service, all of it at once (422); what
 * cannot be understood is refused (400).
 */
export const decisionBody = z.strictObject({
  version: z.number({ error: 'must be the version of the ticket that you read' }).int().positive().optional(),
  outcome: z.enum(OUTCOMES, { error: `must be one of ${OUTCOMES.join(', ')}` }).optional(),
  reasons: z.array(text(100)).max(20, 'at most 20 reasons').default([]),
  statement: text(20_000).default(''),
  requiredFixes: z.array(z.strictObject({ code: text(100), when: when.optional(), note: text(2000).optional() })).max(30, 'at most 30 fixes').default([]),
  liftWhenVerified: z.boolean().default(false),
  wakeAt: time.optional(),
  filterAdjustment: adjustment.optional(),
});
export type DecisionBody = z.output<typeof decisionBody>;

export const approvalBody = z.strictObject({ approve: z.boolean({ error: 'must be true or false' }), statement: text(20_000).optional(), version: z.number({ error: 'must be the version of the ticket that you read' }).int().positive().optional() });
export type ApprovalBody = z.output<typeof approvalBody>;

const many = (max: number) => z.preprocess((value: unknown): unknown => (value === undefined ? [] : Array.isArray(value) ? value : [value]), z.array(z.string().max(100)).max(max));
const ticked = z.preprocess((value) => value === 'on' || value === '1' || value === 'true', z.boolean());
const blankIsNone = <T extends z.ZodType>(type: T) => z.preprocess((value) => (value === '' ? undefined : value), type.optional());

/** The same as a form sends it: every box is text, a box that is not ticked is not there. `when-<fix>` says when. */
export const decisionForm = z
  .object({
    version: z.coerce.number().int().positive(),
    outcome: blankIsNone(z.enum(OUTCOMES)),
    reason: many(60),
    fix: many(60),
    statement: text(20_000).default(''),
    liftWhenVerified: ticked,
    wakeAt: blankIsNone(z.string().max(40)),
    adjust: blankIsNone(z.enum([...ADJUSTMENT_CHANGES, 'none'])),
    adjustRule: blankIsNone(text(200)),
    adjustScope: blankIsNone(z.enum(ADJUSTMENT_SCOPES)),
    adjustMessage: text(998).optional(),
    adjustDays: blankIsNone(z.string().max(40)),
    adjustNote: blankIsNone(text(2000)),
    stay: z.string().max(10).optional(),
    part: z.string().max(40).optional(),
  })
  .catchall(z.unknown());
export type DecisionForm = z.output<typeof decisionForm>;

export const approvalForm = z.object({ approve: z.enum(['yes', 'no']), statement: text(20_000).default(''), version: z.coerce.number().int().positive().optional() });
export const takeForm = z.object({ ref: z.string().max(40).optional(), back: z.string().max(400).optional() });
export const noteForm = z.object({ text: text(50_000).default('') });
