import { quoteRecord, quoteStatement } from '../quote';
import type { Hit, Rule } from '../rule';
import { readLog } from './read-log';

/** Words by which accounts name each part, in the languages that customers write most (English, German, French, Spanish). */
const PARTS = [
  { code: 'remediation-no-cause', is: /\b(cause[ds]?|because|due to|reason|root|origin|found|compromis\w*|hacked|infect\w*|malware|virus|trojan|backdoor|vulnerab\w*|exploit\w*|outdated|weak password|stolen|leak\w*|misconfigur\w*|open relay|script|plug-?in|ursache|grund|gefunden|veraltet\w*|schwach\w*|cause|raison|faille|causa|motivo)\b/i },
  { code: 'remediation-no-actions', is: /\b(removed?|deleted?|clean\w*|chang\w*|reset|updat\w*|upgrad\w*|patch\w*|install\w*|reinstall\w*|re-?built|restor\w*|disabl\w*|block\w*|clos\w*|stopp\w*|rotat\w*|revok\w*|isolat\w*|restrict\w*|configur\w*|fix\w*|secur\w*|entfernt|gelöscht|geändert|aktualisiert|neu installiert|gesperrt|geschlossen|behoben|supprim\w*|chang\w*|mis à jour|elimin\w*|cambi\w*|actualiz\w*)(?!\w)/i },
  { code: 'remediation-no-times', is: /\b\d{1,2}[:.h]\d{2}\b|\b\d{4}-\d\d-\d\d|\b\d{1,2}[./]\d{1,2}[./]\d{2,4}\b|\b\d{1,2}(?:st|nd|rd|th)?\.? (?:jan|feb|mar|apr|may|mai|jun|jul|aug|sep|oct|okt|nov|dec|dez)\w*|\b(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)\w* \d{1,2}\b|\b(?:today|yesterday|this morning|tonight|last night|heute|gestern|aujourd'hui|hier|hoy|ayer|(?:minutes?|hours?|days?) ago)\b/i },
  { code: 'remediation-no-state', is: /\b(now|currently|since then|no longer|any ?more|empty|clean|stopped|offline|monitor\w*|watch\w*|stable|quiet|normal|verified|is closed|are closed|jetzt|seitdem|nicht mehr|leer|sauber|überwach\w*|maintenant|désormais|ahora|ya no)\b/i },
] as const;

export const remediationIsComplete: Rule = {
  id: 'remediation-is-complete',
  asks: 'Does the account of the repair name cause, actions, times and the state now?',
  cites: null,
  strength: 'indicator',
  kinds: ['spam', 'hack'],
  appliesTo: ({ facts }) => Boolean(facts.said?.remediation?.trim()),
  check: ({ facts }) => {
    const text = (facts.said?.remediation ?? '').slice(0, 20_000);
    const missing = PARTS.filter(({ is }) => !is.test(text));
    const evidence = [quoteStatement(text)];
    const hits: Hit[] = missing.length === 0 ? [{ code: 'remediation-complete', evidence }] : missing.map(({ code }) => ({ code, evidence }));
    return [...hits, ...seenAgain(text, facts)];
  },
};

/** A detection after the latest time that the account names; an account may name a future check, which does not count. */
function seenAgain(text: string, { block, now }: { block: { detections?: { at: string }[] } | null; now: string }): Hit[] {
  const times = readLog(text.replace(/[;.] /g, '\n'), now).flatMap((line) => (line.at !== null && !line.zoneless && line.at <= Date.parse(now) ? [line.at] : []));
  const repaired = Math.max(...times);
  const later = (block?.detections ?? []).find((seen) => Date.parse(seen.at) > repaired + 60_000);
  return times.length === 0 || !later
    ? []
    : [{ code: 'remediation-seen-again', says: { at: later.at, repaired: new Date(repaired).toISOString() }, evidence: [quoteRecord(later.at), quoteStatement(text)] }];
}
