import { readableText } from '../headers/mime-parts';
import type { Hit, Rule } from './rule';

/** Characters of the readable parts that are looked at. */
const LONGEST = 262_144;

/** A script element, a handler on an element, or a link that is one. Data in JSON (what mail programs show as buttons) is no program. */
const SCRIPT = /<script(?![^<>]{0,200}\btype\s*=\s*["']?application\/(?:ld\+)?json)[\s>]|<[a-z][^<>]{0,2000}\son(?:click|load|error|mouseover|focus|submit)\s{0,20}=|<[a-z][^<>]{0,2000}\s(?:href|src)\s{0,20}=\s{0,20}["']?\s{0,20}javascript:/i;

/** What every one of them holds: one quick search tells nearly all texts that there is nothing to look for. */
const HINT = /<script|\son(?:click|load|error|mouseover|focus|submit)\s{0,20}=|javascript\s{0,20}:/i;

export const textIsPlain: Rule = {
  id: 'text-is-plain',
  asks: 'Is the text free of programs, and more than links?',
  cites: null,
  strength: 'indicator',
  kinds: ['spam'],
  appliesTo: ({ message }) => message.body !== null,
  check: ({ message }) => {
    const text = readableText(message.fields, message.body ?? '', LONGEST);
    const hits: Hit[] = [];
    const script = HINT.test(text) ? SCRIPT.exec(text) : null;
    if (script) {
      hits.push({ code: 'content-script', evidence: [{ field: 'body', line: null, text: text.slice(script.index, script.index + 120).replace(/\s+/g, ' ') }] });
    }
    const links = text.match(/https?:\/\//gi)?.length ?? 0;
    if (links >= 3 && text.length / links < 200) {
      hits.push({ code: 'content-link-heavy', says: { links, size: text.length } });
    }
    return hits;
  },
};
