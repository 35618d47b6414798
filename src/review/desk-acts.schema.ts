import { z } from 'zod';
import { OUTCOMES } from '../core/decision/outcome';
import { FIX_CODES, type FixCode } from '../core/fixes/fix';

const text = (most: number) => z.string().max(most);
const ref = z.string().trim().min(1).max(40);
const cause = z.enum(['rule', 'script', 'network']);
const outcome = z.enum(OUTCOMES).exclude(['hold']);
const when = z.enum(['before_lift', 'after_lift', 'advice']);

export const whyBody = z.strictObject({ why: text(2_000) });
export const joinBody = z.strictObject({ into: ref });
export const incidentBody = z.strictObject({ trait: cause, value: text(200).min(1), title: z.string().trim().min(3, 'give it a title').max(120) });
export const linkBody = z.strictObject({ refs: z.array(ref).min(1).max(200) });
export const bulkBody = z.strictObject({
  outcome, reasons: z.array(text(60)).max(20).default([]), statement: text(20_000).default(''), liftWhenVerified: z.boolean().default(false), perMinute: z.number().int().min(1).max(600).default(30),
  requiredFixes: z.array(z.strictObject({ code: text(60), when: when.optional(), note: text(2_000).optional() })).max(40).default([]),
  tickets: z.array(z.strictObject({ ref, version: z.number().int().positive() })).min(1).max(500),
});
export const handoverBody = z.strictObject({ text: text(20_000), version: z.number().int().min(0) });

const many = z.preprocess((value): unknown => (value === undefined ? [] : Array.isArray(value) ? (value as unknown[]) : [value]), z.array(text(80)).max(500));
export const whyForm = z.strictObject({ why: text(2_000).default('') });
export const joinForm = z.strictObject({ into: text(40).default('') });
export const incidentForm = z.strictObject({ trait: cause, value: text(200).min(1), title: z.string().trim().max(120).default('') });
export const linkForm = z.strictObject({ ref: many });
const ticked = z.preprocess((value) => value === 'on', z.boolean());
const whens = Object.fromEntries(FIX_CODES.map((code) => [`when-${code}` as const, when.optional()])) as Record<`when-${FixCode}`, z.ZodOptional<typeof when>>;
/** A ticket travels with the version that was shown: `ticket=UB-7K3Q-92X4:5`; `when-<fix>` says when a fix has to be done. */
export const bulkForm = z.strictObject({
  ...whens, fix: many, liftWhenVerified: ticked,
  outcome: z.preprocess((value) => (value === '' ? undefined : value), outcome.optional()), reason: many, statement: text(20_000).default(''), perMinute: z.coerce.number().int().min(1).max(600), ticket: many,
});
export const handoverForm = z.strictObject({ text: text(20_000).default(''), version: z.coerce.number().int().min(0) });
