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

const templates = new Map<string, string[]>();

/** Fills the gaps of a text; a gap without a value becomes nothing, so a text is never shown with braces in it. */
export function fill(text: string, values: Record<string, string | number> | undefined): string {
  let parts = templates.get(text);
  if (!parts) {
    parts = text.split(/\{(\w+(?::[^{}|]+\|[^{}|]+)?)\}/); // odd ones are gaps
    templates.set(text, parts);
  }
  if (parts.length === 1) {
    return text;
  }
  let filled = '';
  let gaps = false;
  for (let i = 0; i < parts.length; i++) {
    const part = i % 2 === 0 ? parts[i] : gapOf(parts[i] ?? '', values);
    gaps ||= part === undefined || part === '';
    filled += part ?? '';
  }
  return gaps ? filled.replace(/ {2,}/g, ' ').trim() : filled;
}

/** What stands in a gap: a value, or with `count:one|many` a number and the word that fits it. */
function gapOf(gap: string, values: Record<string, string | number> | undefined): string | number | undefined {
  const colon = gap.indexOf(':');
  const value = values?.[colon < 0 ? gap : gap.slice(0, colon)];
  if (colon < 0 || value === undefined || value === '') {
    return value;
  }
  const [one, many] = gap.slice(colon + 1).split('|');
  return `${value} ${Number(value) === 1 ? one : many}`;
}
