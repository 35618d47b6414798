import { quote } from './quote';
import type { Reading } from './reading';
import type { Hit, Rule } from './rule';

/** Fields of which a message has one at most (RFC 5322 §3.6). */
const ONCE = ['from', 'sender', 'reply-to', 'to', 'cc', 'subject', 'date', 'message-id', 'in-reply-to', 'references'] as const;

export const requiredFieldsAreThereOnce: Rule = {
  id: 'required-fields-are-there-once',
  asks: 'Is every required field there, once, and well written?',
  cites: 'RFC 5322 §3.6',
  strength: 'violation',
  kinds: ['spam'],
  appliesTo: ({ reading }) => reading.hasFields,
  check: ({ message, reading }) => {
    const hits: Hit[] = [];
    const missing = ['From', 'Date', 'Message-ID'].filter((name) => !reading.all(name.toLowerCase()).some((field) => field.value !== ''));
    if (missing.length > 0 && message.limits.length === 0) {
      hits.push({ code: 'hdr-missing-required', says: { fields: missing.join(', ') } });
    }
    const twice = ONCE.filter((key) => reading.all(key).length > 1);
    if (twice.length > 0) {
      const fields = twice.map((key) => reading.first(key)?.name ?? key).join(', ');
      hits.push({ code: 'hdr-duplicate', says: { fields }, evidence: twice.flatMap((key) => reading.all(key).slice(0, 3).map(quote)) });
    }
    const id = reading.first('message-id');
    if (id && id.value !== '' && !isWellWritten(id.value.trim()) && !lostItsBrackets(id.value.trim(), reading)) {
      hits.push({ code: 'message-id-malformed', says: { value: id.value.slice(0, 100) }, evidence: [quote(id)] });
    }
    return hits;
  },
};

const isWellWritten = (id: string): boolean => /^<[^<>\s]+@[^<>\s]+>(?:\s*\([^()]*\))*$/.test(id);

/** Copying out of a web page drops what stands in angle brackets, or only the brackets: the id that the filter recorded, or a header without any bracket, was well written. */
function lostItsBrackets(id: string, reading: Reading): boolean {
  return /^<?[^<>\s@]+@[^<>\s@]+>?$/.test(id.replace(/^<\s+|\s+>$/g, '')) && (reading.detection !== null || !reading.message.fields.some((field) => field.value.includes('<')));
}
