import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { facts, headers, IP } from '../../../test/fixtures/cases';
import { FIX_CODES } from '../fixes/fix';
import { readMessage } from '../headers/read-message';
import type { Rule } from './rule';
import { RULES } from './catalogue';
import { evaluate } from './evaluate';
import { planLookups } from './plan-lookups';
import { Reading } from './reading';
import { TEXTS } from './texts';
import { WEIGHTS } from './weights';

/** What lies beside the rules: everything else in these folders must be a rule of the catalogue. */
const MACHINERY = [
  'analyse', 'analysis', 'assess', 'auth-results', 'catalogue', 'chain', 'evaluate', 'for-customer', 'freemail', 'passing', 'path', 'path-picture', 'plan-lookups', 'proofs', 'quote', 'reading', 'rule',
  'summary', 'texts', 'weights', 'read-log', 'read-queue',
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

  it('gives every weight as the guide prints it', () => {
    const guide = readFileSync(join(__dirname, '../../../docs/analysis.md'), 'utf8');
    const printed = [...guide.matchAll(/^\| [^|]+ \| `([a-z0-9-]+)` \| ([+−])(\d+) \|$/gm)].map(([, code = '', sign, size]) => [code, Number(size) * (sign === '+' ? 1 : -1)]);
    expect(Object.fromEntries(printed)).toEqual(WEIGHTS);
  });

  it('plans look-ups with every rule that asks DNS', () => {
    const message = readMessage(headers({ 'DKIM-Signature': 'v=1; a=rsa-sha256; d=shop.example; s=m1; h=from; bh=AAAA; b=AAAA', 'Authentication-Results': 'mx1.example.net; dmarc=pass', 'X-Authenticated-Sender': 'a@b.example' }));
    const given = facts({ dns: null });
    for (const rule of RULES) {
      const reading = new Reading(message, given);
      evaluate([rule], { message, facts: given, reading });
      expect([rule.id, reading.dns.wanted.size > 0 && !rule.asksDns]).toEqual([rule.id, false]);
    }
    expect(planLookups(message, given)).toContainEqual({ kind: 'ptr', name: IP });
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
