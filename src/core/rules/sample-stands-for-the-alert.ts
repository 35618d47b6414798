import { normaliseMessageId } from '../headers/normalise-message-id';
import type { Detection } from '../ticket/block';
import { quoteRecord } from './quote';
import type { Rule } from './rule';

/** Two detections are of one kind when sender, rule and subject agree, numbers aside (order 1, order 2, …). */
function kindOf(seen: Detection): string {
  const subject = seen.subject?.toLowerCase().replace(/\d+/g, '#').replace(/\s+/g, ' ').trim() ?? '';
  return [seen.mailFrom?.toLowerCase().split('@')[1] ?? '', seen.rule ?? '', subject].join('|').replace(/^\|+$/, '');
}

export const sampleStandsForTheAlert: Rule = {
  id: 'sample-stands-for-the-alert',
  asks: 'Does the message stand for the others that the filter recorded?',
  cites: null,
  strength: 'indicator',
  kinds: ['spam'],
  appliesTo: ({ facts, reading }) => reading.messageId !== null && Math.max(reading.detections.length, facts.block?.detectionsTotal ?? 0) > 1,
  check: ({ facts, reading }) => {
    const supplied = new Set([reading.messageId, ...(facts.alsoSupplied ?? [])]);
    const explained = reading.detections.filter((seen) => seen.messageId !== undefined && supplied.has(normaliseMessageId(seen.messageId)));
    const total = Math.max(reading.detections.length, facts.block?.detectionsTotal ?? 0);
    const kinds = new Set(explained.map(kindOf));
    const rest = reading.detections.filter((seen) => !explained.includes(seen));
    // Unlike those explained, or nothing is recorded by which they could be compared.
    const others = rest.filter((seen) => kindOf(seen) === '' || !kinds.has(kindOf(seen))).length + (total - reading.detections.length);
    if (explained.length * 3 > total || others * 2 < total || total < 3) {
      return [];
    }
    const samples = rest.filter((seen) => !kinds.has(kindOf(seen))).slice(0, 3);
    const names = samples.map((seen) => seen.subject || seen.rule || seen.messageId || '').filter(Boolean).join('; ').slice(0, 200);
    return [{
      code: 'sample-not-representative',
      says: { explained: explained.length, total, others, kinds: names && ` (${names})` },
      evidence: samples.map((seen) => quoteRecord(`${seen.messageId ?? ''} ${seen.at} ${seen.subject ?? ''}`.trim())),
    }];
  },
};
