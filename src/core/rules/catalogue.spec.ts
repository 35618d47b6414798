import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { FIX_CODES } from '../fixes/fix';
import type { Rule } from './rule';
import { RULES } from './catalogue';
import { TEXTS } from './texts';
import { WEIGHTS } from './weights';

/** What lies beside the rules: everything else in these folders must be a rule of the catalogue. */
const MACHINERY = [
  'analyse', 'analysis', 'assess', 'auth-results', 'catalogue', 'chain', 'evaluate', 'for-customer', 'freemail', 'passing', 'path', 'plan-lookups', 'proofs', 'quote', 'reading', 'rule',
  'summary', 'texts', 'weights', 'read-log',
];
const files = ['.', 'hack'].flatMap((folder) => readdirSync(join(__dirname, folder)).filter((file) => file.endsWith('.ts') && !file.endsWith('.spec.ts')).map((file) => join(folder, file.slice(0, -3))));
const ruleFiles = files.filter((file) => !MACHINERY.includes(file.split('/').pop() ?? ''));

describe('the catalogue of rules', () => {
  it.each(ruleFiles)('%s is in it under the name of its file', (file) => {
    // eslint-disable-next-line @typescript-eslint/no-require-imports
    const [rule] = Object.values(require(`./${file}`) as Record<string, Rule>).filter((each) => typeof each === 'object' && 'check' in each);
    expect(rule?.id).toBe(file.split('/').pop());
    expect(RULES).toContain(rule);
  });

  it('has no rule without a file, and none twice', () => {
    expect(RULES).toHaveLength(ruleFiles.length);
    expect(new Set(RULES.map((rule) => rule.id)).size).toBe(RULES.length);
  });

  it('lets no violation go without a citation', () => {
    expect(RULES.filter((rule) => rule.strength === 'violation' && !rule.cites)).toEqual([]);
    expect(Object.entries(TEXTS).filter(([, text]) => text.strength === 'violation' && !/RFC \d{4}/.test(text.cites)).map(([code]) => code)).toEqual([]);
  });

  it('weighs only codes that exist, and good news never against the claim', () => {
    expect(Object.keys(WEIGHTS).filter((code) => !(code in TEXTS))).toEqual([]);
    expect(Object.entries(WEIGHTS).filter(([code, weight]) => weight > 0 !== (TEXTS[code as keyof typeof TEXTS].good === true)).map(([code]) => code)).toEqual([]);
  });

  it('asks only for fixes that exist', () => {
    expect(Object.values(TEXTS).flatMap((text) => text.fix ?? []).filter((fix) => !(FIX_CODES as readonly string[]).includes(fix))).toEqual([]);
  });

  it('speaks to customers in sentences, without accusing and without internals', () => {
    for (const [code, text] of Object.entries(TEXTS)) {
      expect([code, /^[A-Z{].*[.:]?.*[.]$/s.test(text.says)]).toEqual([code, true]);
      expect([code, /\b(forg|fake[dr]|lie[sd]?\b(?! or runs)|fraud|spammer|weight|score|E[0-3]\b)/i.test(text.says)]).toEqual([code, false]);
    }
  });
});
