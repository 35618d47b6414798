import { quoteRecord, quoteStatement } from '../quote';
import type { Hit, Rule } from '../rule';
import { readLog, type LogLine } from './read-log';

const DAY = 86_400_000;
/** What a time without a zone may be off (product, rule 16). */
const ZONE = 14 * 3_600_000;

export const logFitsTheBlock: Rule = {
  id: 'log-fits-the-block',
  asks: 'Does the log that was supplied fit the block?',
  cites: null,
  strength: 'indicator',
  kinds: ['hack'],
  appliesTo: ({ facts }) => Boolean(facts.said?.logs),
  check: ({ facts, reading }) => {
    const lines = readLog(facts.said?.logs ?? '', facts.now);
    const read = lines.filter((line) => line.kind !== 'other' && (line.at !== null || line.ips.length > 0));
    if (read.length === 0) {
      return [{ code: 'hack-log-unreadable', evidence: lines.slice(0, 2).map((line) => quoteStatement(line.text)) }];
    }
    return [...place(read, reading.claimIp, facts.claim.blockedAt), ...agreement(read, facts.block?.logs, reading.claimIp, facts.now), ...logins(read)];
  },
};

function place(read: LogLine[], ip: string | null, blockedAt: string | undefined): Hit[] {
  const block = Date.parse(blockedAt ?? '');
  const isNear = (line: LogLine): boolean => line.at !== null && Math.abs(line.at - block) <= DAY + (line.zoneless ? ZONE : 0);
  const naming = read.filter((line) => ip !== null && line.ips.includes(ip));
  const near = naming.filter(isNear);
  const timed = read.filter((line) => line.at !== null).sort((a, b) => (a.at ?? 0) - (b.at ?? 0));
  const [first, last] = [timed[0], timed.at(-1)];
  const hits: Hit[] = [];
  if (ip !== null && near.length > 0) {
    hits.push({ code: 'hack-log-fits-block', says: { lines: near.reduce((sum, line) => sum + line.times, 0), kinds: [...new Set(near.map((line) => line.kind))].join(', '), ip }, evidence: near.slice(0, 3).map((line) => quoteStatement(line.text)) });
  }
  if (first?.at != null && last?.at != null && !Number.isNaN(block) && !timed.some(isNear)) {
    const says = { from: new Date(first.at).toISOString(), to: new Date(last.at).toISOString(), blockedAt: blockedAt ?? '' };
    hits.push({ code: 'hack-log-outside-window', says, evidence: [quoteStatement(first.text), quoteStatement(last.text)] });
  }
  // A log of the customer's own host names the others, not itself: said, and weighs nothing.
  if (ip !== null && naming.length === 0 && read.some((line) => line.ips.length > 0)) {
    hits.push({ code: 'hack-log-other-address', says: { ip, lines: read.length } });
  }
  return hits;
}

/** Addresses besides the blocked one that stand in both logs. */
function agreement(read: LogLine[], ours: string | undefined, ip: string | null, now: string): Hit[] {
  const recorded = new Set(readLog(ours ?? '', now).flatMap((line) => line.ips));
  const both = [...new Set(read.flatMap((line) => line.ips))].filter((each) => each !== ip && recorded.has(each));
  return both.length === 0 ? [] : [{ code: 'hack-log-agrees-with-ours', says: { count: both.length, addresses: both.slice(0, 5).join(', ') }, evidence: [quoteRecord(both.slice(0, 5).join(', '))] }];
}

/** Many failures and then a success from the same address: somebody guessed a password. */
function logins(read: LogLine[]): Hit[] {
  const failed = new Map<string, number>();
  for (const line of read) {
    for (const ip of line.ips) {
      if (line.login === 'failed') {
        failed.set(ip, (failed.get(ip) ?? 0) + line.times);
      } else if (line.login === 'accepted' && (failed.get(ip) ?? 0) >= 5) {
        return [{ code: 'hack-logins-accepted', says: { accepted: 1, failed: failed.get(ip) ?? 0, who: ip }, evidence: [quoteStatement(line.text)] }];
      }
    }
  }
  return [];
}
