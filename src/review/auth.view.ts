import type { Message } from '../core/headers/message';
import { readAuthenticationResults } from '../core/headers/read-authentication-results';
import type { Analysis, Finding } from '../core/rules/analysis';
import type { Tone } from './words';

/** One method of authentication: what the message's own record says, and what we find now. */
export interface AuthRow {
  method: string;
  then: Mark;
  now: Mark;
  saidBy: string;
  changed: boolean;
}

interface Mark {
  tone: Tone;
  icon: string;
  word: string;
}

const mark = (tone: Tone, word: string): Mark => ({ tone, word, icon: tone === 'good' ? 'check' : tone === 'bad' ? 'x' : 'minus' });
const NOTHING = mark('unknown', 'not said');
const NOTHING_FOUND = mark('unknown', 'cannot tell');

/** Which finding says what about a method now; the first that was found wins, the worst first. */
const NOW: Record<string, [code: string, tone: Tone, word: string][]> = {
  SPF: [
    ['spf-permerror-multiple', 'bad', 'two records'], ['spf-permerror-lookups', 'bad', 'too many look-ups'], ['spf-permerror-void', 'bad', 'dead names'], ['spf-permerror-syntax', 'bad', 'cannot be read'],
    ['spf-ip-not-authorised', 'bad', 'fail'], ['spf-missing', 'warn', 'no record'], ['spf-plus-all', 'bad', '+all'], ['spf-neutral', 'warn', 'neutral'], ['spf-authorised', 'good', 'pass'],
  ],
  DKIM: [
    ['dkim-fail', 'bad', 'broken'], ['dkim-headers-broken', 'bad', 'fields changed'], ['dkim-key-revoked', 'bad', 'key revoked'], ['dkim-key-missing', 'bad', 'no key'], ['dkim-expired', 'warn', 'expired'],
    ['dkim-body-proven', 'good', 'holds'], ['dkim-headers-proven', 'good', 'fields hold'], ['dkim-missing', 'warn', 'not signed'],
  ],
  DMARC: [
    ['dmarc-fail-enforced', 'bad', 'fail'], ['dmarc-invalid', 'bad', 'cannot be used'], ['dmarc-missing', 'warn', 'no record'], ['dmarc-monitor-only', 'warn', 'p=none'], ['dmarc-test-mode', 'warn', 'test mode'],
    ['dmarc-published', 'good', 'published'],
  ],
  PTR: [['ptr-missing', 'bad', 'none'], ['fcrdns-fail', 'bad', 'does not lead back'], ['ptr-generic', 'warn', 'generic name'], ['ptr-confirmed', 'good', 'leads back']],
};

/** The table "then, now, said by". What the headers say is only what somebody wrote: who did stands beside it. */
export function authView(message: Message | null, analysis: Analysis | null): AuthRow[] {
  const fields = (message?.fields ?? []).filter((field) => field.key === 'authentication-results').slice(0, 5).map(readAuthenticationResults);
  const codes = new Set((analysis?.findings ?? []).filter((finding: Finding) => finding.code !== null).map((finding) => finding.code));
  return Object.entries(NOW).map(([method, choices]) => {
    const field = fields.find((candidate) => candidate.results.some((result) => result.method === method.toLowerCase()));
    const result = field?.results.find((candidate) => candidate.method === method.toLowerCase());
    const found = choices.find(([code]) => codes.has(code));
    const then = result ? mark(result.result === 'pass' ? 'good' : ['fail', 'softfail', 'permerror'].includes(result.result) ? 'bad' : 'warn', result.result) : NOTHING;
    const now = found ? mark(found[1], found[2]) : NOTHING_FOUND;
    const said = [field ? (field.authservId ?? 'nobody named') : null, found ? (method === 'DKIM' ? 'our proof' : 'our look-up') : null].filter(Boolean);
    return { method, then, now, saidBy: said.join('; ') || '–', changed: Boolean(result && found && then.tone !== now.tone) };
  });
}
