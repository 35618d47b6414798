import type { Analysis } from '../rules/analysis';
import { fixOf } from './catalogue';
import type { Fix } from './fix';

/** A fix in the customer's words, with the records made for their domain and address. */
export interface FixWords {
  title: string;
  why: string;
  how: string[];
  /** what to publish or to enter, ready to copy */
  values: { name: string; value: string }[];
  /** what to ask where only a statement can show it */
  questions: string[];
  /** we can look it up ourselves */
  checkable: boolean;
  /** a test message shows it */
  bySample: boolean;
  /** the customer's own words belong to it, or are the only other way when a test message cannot be sent */
  byWords: boolean;
}

/** What is known about the sender; all of it from the evidence, so it is shown as a proposal. */
export interface FixContext {
  ip: string;
  /** domain of From */
  domain: string | null;
  /** name with which the server greets, from the hop that names the address */
  greeting: string | null;
  /** TXT records of the domain as they were looked up */
  txt: string[];
}

/** What an analysis tells about the sender. */
export function fixContext(ip: string, analysis: Pick<Analysis, 'message' | 'path' | 'facts'> | null): FixContext {
  const domain = /@([a-z0-9.-]{1,253})\W*$/i.exec(analysis?.message.from ?? '')?.[1]?.toLowerCase() ?? null;
  const greeting = analysis?.path.find((hop) => hop.claimed)?.from?.toLowerCase() ?? null;
  return { ip, domain, greeting: greeting && /^[a-z0-9-]+(\.[a-z0-9-]+)+$/.test(greeting) ? greeting : null, txt: (domain && analysis?.facts.dns?.txt[domain]) || [] };
}

/** The words of a fix for one customer. A code that the catalogue does not know is shown as it is. */
export function fixWords(code: string, context: FixContext): FixWords {
  const fix = fixOf(code);
  if (!fix) {
    return { title: code.replaceAll('_', ' '), why: '', how: [], values: [], questions: [], checkable: false, bySample: false, byWords: true };
  }
  return { title: fix.title, why: fix.text, how: fix.steps.map((step) => filled(step, context)), values: records(code, context), questions: [...fix.questions], checkable: fix.verification.includes('dns'), ...ways(fix) };
}

/** A fix that DNS alone shows needs no words; a log excerpt is asked for in words too. */
const ways = ({ verification }: Fix): Pick<FixWords, 'bySample' | 'byWords'> => ({ bySample: verification.includes('sample'), byWords: verification.some((by) => by !== 'dns') });

function records(code: string, { ip, domain, greeting, txt }: FixContext): FixWords['values'] {
  const mechanism = `${ip.includes(':') ? 'ip6' : 'ip4'}:${ip}`;
  switch (code) {
    case 'publish_spf':
      return domain ? record('TXT', domain, `v=spf1 ${mechanism} -all`) : [];
    case 'repair_spf':
      return domain ? record('TXT', domain, repaired(txt.filter((text) => /^v=spf1( |$)/i.test(text)), mechanism)) : [];
    case 'publish_dmarc':
      return domain ? record('TXT', `_dmarc.${domain}`, `v=DMARC1; p=none; rua=mailto:dmarc@${domain}`) : [];
    case 'set_ptr':
    case 'match_ptr':
      return named(greeting ?? (domain ? `mail.${domain}` : null), ip);
    default:
      return [];
  }
}

const record = (type: string, name: string, value: string): FixWords['values'] => [{ name: 'Type', value: type }, { name: 'Name', value: name }, { name: 'Value', value }];

/** The name of the address, and the way back from the name. */
const named = (host: string | null, ip: string): FixWords['values'] => (host ? [{ name: 'PTR', value: host }, { name: `${ip.includes(':') ? 'AAAA' : 'A'} of it`, value: ip }] : []);

/** One record out of those that there are, with the address named right after the version, and an end that says no to all others. */
function repaired(records: string[], mechanism: string): string {
  const terms = [...new Set(records.flatMap((spf) => spf.split(/\s+/).slice(1)))].filter((term) => term !== '' && term.toLowerCase() !== mechanism);
  const end = terms.findLast((term) => /^([-~]all|redirect=.*)$/i.test(term)) ?? '-all';
  return ['v=spf1', mechanism, ...terms.filter((term) => !/^([-+?~]?all|redirect=.*)$/i.test(term)), end].join(' ');
}

/** A step with the customer's own domain and address where they are known. */
const filled = (step: string, { ip, domain }: FixContext): string =>
  step.replaceAll('ip4:YOUR-ADDRESS', ip === '' ? 'ip4:YOUR-ADDRESS' : `${ip.includes(':') ? 'ip6' : 'ip4'}:${ip}`).replaceAll('YOUR-DOMAIN', domain ?? 'YOUR-DOMAIN').replaceAll('mailto:YOUR-ADDRESS', domain ? `mailto:dmarc@${domain}` : 'mailto:YOUR-ADDRESS');
