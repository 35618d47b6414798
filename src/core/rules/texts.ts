import { AUTH_TEXTS } from './texts/auth';
import { CLAIM_TEXTS } from './texts/claim';
import { CONTENT_TEXTS } from './texts/content';
import { DOMAIN_TEXTS } from './texts/domain';
import { HACK_TEXTS } from './texts/hack';
import type { Text } from './texts/text';
import { TRACE_TEXTS } from './texts/trace';

const ALL = { ...CLAIM_TEXTS, ...TRACE_TEXTS, ...AUTH_TEXTS, ...DOMAIN_TEXTS, ...CONTENT_TEXTS, ...HACK_TEXTS };

/** Every finding code there is. */
export type FindingCode = keyof typeof ALL;

export const TEXTS: Record<FindingCode, Text> = ALL;

/** Fills the gaps of a text; a gap without a value becomes nothing, so a text is never shown with braces in it. */
export function fill(text: string, values: Record<string, string | number> | undefined): string {
  return text.replace(/\{(\w+)\}/g, (_, gap: string) => String(values?.[gap] ?? '')).replace(/ {2,}/g, ' ').trim();
}
