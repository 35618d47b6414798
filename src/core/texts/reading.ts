import { fixContext, fixWords } from '../fixes/fix-words';
import { fixOf } from '../fixes/catalogue';
import type { Analysis, PathHop } from '../rules/analysis';
import { pathPicture } from '../rules/path-picture';
import { shownChecks, shownFindings, TRUST_WORDS, type Sign } from './customer-analysis';
import { count } from './moment';

interface Line {
  sign: Sign;
  title: string;
  text: string;
}

/** "What we see": the instant reading of pasted headers, before anything is stored. No weights, no assessment, no accusation. */
export function readingView(analysis: Analysis, input: { ip: string; lines: number; alertTotal: number }) {
  if (analysis.path.length === 0 && analysis.message.messageId === null && analysis.message.from === null) {
    const why = analysis.findings.find((finding) => finding.code === 'input-unreadable')?.says ?? '';
    return { ...nothingRead(input.lines > 0), ...(why === '' || why.includes('No header field') ? {} : { nothing: why }) };
  }
  const { ip } = input;
  const context = fixContext(ip, analysis);
  const fixes = analysis.requiredFixes.map((code) => ({ title: fixWords(code, context).title, when: WHEN[fixOf(code)?.when ?? 'advice'], urgent: fixOf(code)?.when === 'before_lift' }));
  const message = messageLines(analysis, input.alertTotal);
  const path = pathLines(analysis.path, ip);
  const found = path.some((hop) => hop.found);
  const all = shownFindings(analysis);
  const known = [...all.speaksForYou, ...all.raisesDoubt, ...all.wantsMore, ...all.cannotTell].map((finding) => finding.code);
  return {
    status: [
      `${count(input.lines, 'line')} read.`,
      known.includes('claim-message-id-match') ? 'Message found in the alert.' : known.includes('claim-message-id-not-in-alert') ? 'Not a message of the alert.' : '',
      found ? 'Your address found.' : '',
      fixes.length > 0 ? `${count(fixes.length, 'fix', 'fixes')}.` : 'Nothing to fix that we can see.',
    ].filter(Boolean).join(' '),
    nothing: null, message, path, picture: pathPicture(analysis.path), checks: shownChecks(analysis), body: known.includes('body-not-assessed'), fixes,
    doubts: all.raisesDoubt.filter((finding) => !/^(spf|dkim|dmarc|ptr|fcrdns|helo)-/.test(finding.code)).map((finding) => finding.says),
  };
}

const WHEN = { before_lift: 'Before the lift', after_lift: 'After the lift', advice: 'Our advice' } as const;

/** Nothing that looks like a header was in it: say so, and what to do. */
export function nothingRead(something: boolean) {
  return {
    status: something ? 'No header lines found yet.' : 'Nothing read yet.', message: [], path: [], picture: null, checks: [], body: false, fixes: [], doubts: [],
    nothing: something
      ? 'You pasted the text of the message. The headers stand above it: they show which servers it passed. Most mail programs hide them.'
      : 'Paste headers or choose a file: you see at once what we read in them, and what we would ask you to fix.',
  };
}

/** Whether it is one of the alerted messages, and whether the address and the time fit. */
function messageLines(analysis: Analysis, alertTotal: number): Line[] {
  const { subject } = analysis.message;
  const found = shownFindings(analysis);
  const all = [...found.speaksForYou, ...found.raisesDoubt, ...found.wantsMore, ...found.cannotTell];
  const codes = new Set(all.map((finding) => finding.code));
  return all
    .filter((finding) => /^(claim|provenance|input|sample)-/.test(finding.code))
    .map((finding) => ({
      sign: finding.sign,
      title: finding.code === 'claim-message-id-match' && alertTotal > 0 ? `It is one of the ${alertTotal} in the alert` : finding.says,
      text: finding.code === 'claim-message-id-match' ? `${subject ? `“${subject}”. ` : ''}${alertTotal > 1 && !codes.has('sample-not-representative') ? 'One more of another kind would help.' : ''}` : '',
    }));
}

interface Place {
  name: string;
  at: string | null;
  note: string | null;
  /** the claimed address, where the receiving side saw it */
  ip: string | null;
  found: boolean;
  /** stands between the sender's own words and what the receiver wrote */
  edge: boolean;
  /** what leads on from here is the sender's own word */
  own: boolean;
  first: boolean;
  last: boolean;
}

/** The places that the message passed, oldest first; each Received field leads from one to the next (RFC 5321 §4.4). */
function pathLines(path: readonly PathHop[], ip: string): Place[] {
  const hops = [...path].reverse().slice(-12);
  const place = (name: string | null, over: Partial<Place> = {}): Place =>
    ({ name: name ?? 'a server without a name', at: null, note: null, ip: null, found: false, edge: false, own: false, first: false, last: false, ...over });
  const places: Place[] = [];
  hops.forEach((hop, i) => {
    if (i === 0) {
      places.push(place(hop.from ?? hop.ip, { at: hop.at, note: signedIn(hop) }));
    }
    const before = places.at(-1);
    if (hop.claimed && before) {
      const same = i === 0 || before.name.toLowerCase() === hop.from?.toLowerCase();
      const mine = { ip, found: true, at: null, note: null };
      if (same) {
        Object.assign(before, mine);
      } else {
        places.push(place(hop.from ?? hop.ip, mine));
      }
      places.push(place('', { edge: true }));
    }
    places.push(place(hop.by, { at: hop.at, note: [late(hop.delaySeconds), hop.claimed ? TRUST_WORDS[hop.trust] : null].filter(Boolean).join('. ') || null }));
  });
  const edge = places.findIndex((each) => each.edge);
  return places.map((each, i) => ({ ...each, own: edge < 0 || i + 1 < edge, first: i === 0, last: i === places.length - 1 }));
}

const signedIn = (hop: PathHop): string | null => (/^(E|UTF8)?(SM|LM)TPS?A$/i.test(hop.with ?? '') ? 'handed over with a sign-in' : null);

function late(seconds: number | null): string | null {
  if (seconds === null || seconds < 0) {
    return null;
  }
  return seconds < 120 ? `received ${seconds} s later` : seconds < 7200 ? `received ${Math.round(seconds / 60)} minutes later` : `received ${Math.round(seconds / 3600)} hours later`;
}
