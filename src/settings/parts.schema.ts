import { z } from 'zod';
import { unknownPlaceholders, type CannedPart } from '../core/decision/canned-part';

export const MOST_PARTS = 60;

export const cannedPart = z.strictObject({
  key: z.string().regex(/^[a-z][a-z0-9_]{1,39}$/, 'a key is a word of small letters, digits and underscores'),
  label: z.string().trim().min(1, 'give the part a label').max(40),
  text: z.string().trim().min(1, 'write the text').max(2_000).superRefine((text, context) => {
    const unknown = unknownPlaceholders(text);
    if (unknown.length > 0) {
      context.addIssue({ code: 'custom', message: `{${unknown.join('}, {')}} cannot be filled; the names that can stand below` });
    }
  }),
  kind: z.enum(['spam', 'hack']).nullable().default(null),
  claim: z.enum(['mistake', 'fixed']).nullable().default(null),
  unexplained: z.boolean().default(false),
  retired: z.boolean().default(false),
}) satisfies z.ZodType<CannedPart>;

export const cannedParts = z.array(cannedPart).max(MOST_PARTS, `at most ${MOST_PARTS} parts`).superRefine((parts, context) => {
  parts.forEach(({ key }, i) => {
    if (parts.findIndex((other) => other.key === key) < i) {
      context.addIssue({ code: 'custom', path: [i, 'key'], message: 'another part has this key' });
    }
  });
});

export const partsBody = z.strictObject({ version: z.number().int().min(0), parts: cannedParts, why: z.string().trim().min(3, 'say why, in a few words').max(400) });

export const partsForm = z.object({ version: z.coerce.number().int().min(0), count: z.coerce.number().int().min(0).max(MOST_PARTS), why: z.string().max(400).default(''), do: z.string().max(20).default('save') }).catchall(z.unknown());
export type PartsForm = z.output<typeof partsForm>;

/** A part as it was typed. */
export interface TypedPart { key: string; label: string; text: string; kind: string; claim: string; unexplained: boolean; retired: boolean }

const EMPTY: TypedPart = { key: '', label: '', text: '', kind: '', claim: '', unexplained: false, retired: false };
export const typedPart = (part: CannedPart): TypedPart => ({ ...part, kind: part.kind ?? '', claim: part.claim ?? '' });

/** The parts of the form, after what was asked: moved, retired or offered again, one more. A part that was saved is never deleted. */
export function typedParts(form: PartsForm): TypedPart[] {
  const text = (name: string, most = 200): string => (typeof form[name] === 'string' ? form[name].slice(0, most) : '');
  const parts = Array.from({ length: form.count }, (_, i): TypedPart => ({
    key: text(`key-${i}`), label: text(`label-${i}`), text: text(`text-${i}`, 4_000).replaceAll('\r\n', '\n'), kind: text(`kind-${i}`), claim: text(`claim-${i}`), unexplained: text(`unexplained-${i}`) !== '', retired: text(`retired-${i}`) !== '',
  }));
  const [act, at] = form.do.split(':');
  const [i, part] = [Number(at), parts[Number(at)]];
  const above = parts[i - 1];
  if (act === 'up' && part && above) { parts.splice(i - 1, 2, part, above); }
  if (act === 'retire' && part) { part.retired = !part.retired; }
  if (act === 'add' && parts.length < MOST_PARTS) { parts.push({ ...EMPTY }); }
  return parts;
}

/** What was typed as parts, ready to be judged; a new part gets its key from its label. */
export function partsOf(typed: TypedPart[]): unknown[] {
  const keys = new Set(typed.map(({ key }) => key).filter(Boolean));
  return typed.map((part) => {
    let key = part.key || `p_${part.label.toLowerCase().replace(/[^a-z0-9]+/g, '_').slice(0, 30)}`;
    for (let n = 2; !part.key && keys.has(key); n++) {
      key = `${key.replace(/_\d+$/, '')}_${n}`;
    }
    keys.add(key);
    return { ...part, key, kind: part.kind || null, claim: part.claim || null };
  });
}
