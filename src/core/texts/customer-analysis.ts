import type { Analysis, Finding, Quote, Trust } from '../rules/analysis';

/** How far a point is proven, in the customer's words. */
export const TRUST_WORDS: Record<Trust, string> = {
  verified: 'Checked by us',
  consistent: 'Fits our record',
  claimed: 'Only the headers say so',
  contradicted: 'Differs from our record',
};

export type Sign = 'good' | 'bad' | 'unknown';

/** A finding as a customer may see it. */
export interface ShownFinding {
  code: string;
  sign: Sign;
  says: string;
  trust: string;
  quotes: { where: string; text: string }[];
}

export interface ShownFindings {
  speaksForYou: ShownFinding[];
  /** what the message or the domain shows to everybody who receives it */
  raisesDoubt: ShownFinding[];
  /** what does not fit the claim yet, or is missing in what was sent: no matter of receivers */
  wantsMore: ShownFinding[];
  cannotTell: ShownFinding[];
}

/** The parts of a message's standing that every receiver looks at; each is shown even when nothing can be said. */
const TRUST_CHECKS = [
  { name: 'SPF', about: 'SPF lists who may send for a domain.', is: /^spf-/ },
  { name: 'DKIM', about: 'DKIM signs each message.', is: /^dkim-(?!body-not-checked|not-oversigned)/ },
  { name: 'DMARC', about: 'DMARC tells receivers what to do with mail that fails.', is: /^dmarc-/ },
  { name: 'PTR', about: 'PTR is the name of an address.', is: /^(ptr|fcrdns|helo)-/ },
] as const;

export interface ShownCheck {
  name: string;
  sign: Sign;
  word: string;
  about: string;
  says: string[];
}

/**
 * Whether a customer may see a finding at all: it says something, and it accuses nobody (verdict rule 3). What the rule
 * noted for reviewers, its weight and the filter's record stay inside (verdict rule 8).
 */
const mayBeShown = (finding: Finding): boolean =>
  !finding.internal && finding.code !== null && finding.says !== '' && (finding.outcome === 'hit' || finding.outcome === 'pass');

/** Findings about what was sent, beside the block: no receiver of the message knows of them. */
const ABOUT_THE_CLAIM = /^(?:claim|sample|provenance|input|hack|remediation)-/;

/** The findings in four groups, as the ticket's page shows them. */
export function shownFindings(analysis: Pick<Analysis, 'findings'>): ShownFindings {
  const shown = analysis.findings.filter(mayBeShown).map(shownFinding);
  const of = (sign: Sign): ShownFinding[] => shown.filter((finding) => finding.sign === sign);
  return { speaksForYou: of('good'), raisesDoubt: of('bad').filter(({ code }) => !ABOUT_THE_CLAIM.test(code)), wantsMore: of('bad').filter(({ code }) => ABOUT_THE_CLAIM.test(code)), cannotTell: of('unknown') };
}

function shownFinding(finding: Finding): ShownFinding {
  return {
    code: finding.code ?? '',
    sign: signOf(finding),
    says: finding.says,
    trust: TRUST_WORDS[finding.trust],
    quotes: finding.evidence.filter(ofTheCustomer).slice(0, 3).map((quote) => ({ where: quote.line === null ? quote.field : `line ${quote.line}`, text: written(quote) })),
  };
}

/** What only informs ("all hops could be read") is neither for nor against, however well it went. */
function signOf(finding: Finding): Sign {
  const check = TRUST_CHECKS.some(({ is }) => is.test(finding.code ?? ''));
  if (finding.weighs === 'for' || (finding.outcome === 'pass' && check)) {
    return 'good';
  }
  if (finding.outcome === 'pass') {
    return 'unknown';
  }
  return finding.weighs === 'against' || finding.fix !== null || finding.trust === 'contradicted' ? 'bad' : 'unknown';
}

/** The filter's record may hold what belongs to others; a customer's own words need no quoting back. */
const ofTheCustomer = (quote: Quote): boolean => quote.field !== 'filter record' && quote.field !== 'statement';
const written = (quote: Quote): string => (quote.line === null ? quote.text : `${quote.field}: ${withoutRecipients(quote)}`);

/** Recipients are other people (verdict rule 8): their names before the @ are left out, wherever a header writes them. */
function withoutRecipients({ field, text }: Quote): string {
  return /^(to|cc|bcc|delivered-to|x-original-to|envelope-to)$/i.test(field) ? text.replace(/[^\s<>"',;:()]{1,320}@/g, '…@') : text.replace(/(\sfor\s+<?)[^\s<>;@]{1,320}@/gi, '$1…@');
}

/** SPF, DKIM, DMARC and PTR, each with a tick, a cross or "cannot tell". */
export function shownChecks(analysis: Pick<Analysis, 'findings'>): ShownCheck[] {
  const shown = analysis.findings.filter(mayBeShown);
  return TRUST_CHECKS.map(({ name, about, is }) => {
    const mine = shown.filter((finding) => is.test(finding.code ?? ''));
    const bad = mine.filter((finding) => signOf(finding) === 'bad');
    const good = mine.filter((finding) => signOf(finding) === 'good');
    const sign: Sign = bad.length > 0 ? 'bad' : good.length > 0 ? 'good' : 'unknown';
    const told = bad.length > 0 ? bad : good.length > 0 ? good : mine;
    const word = sign === 'good' ? 'good' : sign === 'bad' ? WORDS[told[0]?.code ?? ''] ?? 'needs a change' : 'cannot tell';
    return { name, sign, word, about, says: told.length > 0 ? told.map((finding) => finding.says) : ['Nothing we have says how it stands here.'] };
  });
}

/** Two or three words for the cross beside a check. */
const WORDS: Record<string, string> = {
  'spf-missing': 'no record', 'spf-ip-not-authorised': 'does not name your address', 'spf-neutral': 'does not name your address', 'spf-plus-all': 'lets everybody send',
  'spf-permerror-multiple': 'more than one record', 'spf-permerror-lookups': 'too many look-ups', 'spf-permerror-void': 'names that do not exist',
  'spf-permerror-syntax': 'cannot be read', 'spf-not-aligned': 'another domain',
  'dkim-missing': 'not signed', 'dkim-not-aligned': 'signed by another domain', 'dkim-headers-broken': 'signature does not fit', 'dkim-fail': 'signature does not fit',
  'dkim-key-revoked': 'key withdrawn', 'dkim-key-missing': 'key not published', 'dkim-expired': 'signature too old', 'dkim-from-not-signed': 'From is not signed', 'dkim-weak-algorithm': 'weak signature',
  'dmarc-missing': 'no record', 'dmarc-invalid': 'cannot be used', 'dmarc-fail-enforced': 'not covered',
  'ptr-missing': 'no name', 'ptr-generic': 'not your name', 'fcrdns-fail': 'does not lead back', 'helo-not-fqdn': 'no proper greeting', 'helo-mismatch': 'not your name',
};
