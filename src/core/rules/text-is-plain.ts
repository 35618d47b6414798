import type { Hit, Rule } from './rule';

/** Characters of the body that are looked at; encoded parts (base64) are not opened here. */
const LONGEST = 262_144;

export const textIsPlain: Rule = {
  id: 'text-is-plain',
  asks: 'Is the text free of programs, and more than links?',
  cites: null,
  strength: 'indicator',
  kinds: ['spam'],
  appliesTo: ({ message }) => message.body !== null,
  check: ({ message }) => {
    const text = (message.body ?? '').slice(0, LONGEST);
    const hits: Hit[] = [];
    if (/<script[\s>]/i.test(text)) {
      hits.push({ code: 'content-script' });
    }
    const links = text.match(/https?:\/\//gi)?.length ?? 0;
    if (links >= 3 && text.length / links < 200) {
      hits.push({ code: 'content-link-heavy', says: { links, size: text.length } });
    }
    return hits;
  },
};
