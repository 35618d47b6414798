import { quote } from './quote';
import type { Hit, Rule } from './rule';

/** Share of capitals in per cent among letters that have a case; 0 for scripts without case and for short codes. */
function capitals(text: string): number {
  let [upper, lower] = [0, 0];
  for (const letter of text) {
    if (letter.toLowerCase() !== letter.toUpperCase()) {
      if (letter === letter.toUpperCase()) {
        upper += 1;
      } else {
        lower += 1;
      }
    }
  }
  const words = text.match(/\p{L}{2,}/gu)?.length ?? 0;
  return upper + lower < 10 || words < 2 ? 0 : Math.round((upper * 100) / (upper + lower));
}

/** What mail programs put before the subject of a reply: English, German, Dutch, Scandinavian, Finnish, Polish, Portuguese, Turkish, Chinese. */
const REPLY = /^(?:re|aw|antw|sv|vs|odp|res|ynt|回复|答复|回覆)\s*(?:\[\d+\])?[:：]/i;

export const subjectIsHonest: Rule = {
  id: 'subject-is-honest',
  asks: 'Is the subject honest and quiet?',
  cites: 'RFC 5322 §3.6.5',
  strength: 'indicator',
  kinds: ['spam'],
  appliesTo: ({ reading }) => reading.subject !== null,
  check: ({ reading }) => {
    const subject = reading.subject ?? '';
    const evidence = reading.all('subject').slice(0, 1).map(quote);
    const hits: Hit[] = [];
    const percent = capitals(subject.replace(/^(?:(?:re|fwd?|aw|wg|sv|antw)\s*(?:\[\d+\])?:\s*)+/i, ''));
    if (percent >= 75) {
      hits.push({ code: 'subject-caps', says: { percent }, evidence });
    }
    if (/!!|!\s*$/.test(subject)) {
      hits.push({ code: 'subject-exclaims', evidence });
    }
    if (REPLY.test(subject.trim()) && !reading.first('in-reply-to') && !reading.first('references')) {
      hits.push({ code: 'subject-fake-reply', evidence });
    }
    return hits;
  },
};
