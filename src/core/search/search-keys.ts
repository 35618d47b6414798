/** So many addresses, and so many names of hosts, are kept of one text. */
const MOST = 200;
/** RFC 5321, section 4.5.3.1, allows 64 before the @; Message-IDs are longer. RFC 1035, section 2.3.4, for names. */
const [LONGEST_LOCAL, LONGEST_NAME, LONGEST_LABEL] = [200, 253, 63];
/** What ends the local part of an address in a text: blanks, brackets, and what separates one address from the next. */
const LOCAL_ENDS = new Set([...' \t\r\n\v\f\u00a0\u2028\u2029<>@,;:"()'].map((sign) => sign.charCodeAt(0)));
const [DOT, HYPHEN, ZERO, NINE, A, Z] = [...'.-09az'].map((sign) => sign.charCodeAt(0)) as [number, number, number, number, number, number];

/**
 * What a text is found by as a whole: addresses and Message-IDs (`at:a@b.example`), and domains with the domains above them (`dom:b.example`),
 * in small letters, each once. Takes time in proportion to the text, whatever stands in it.
 */
export function searchKeys(text: string): string[] {
  const small = text.toLowerCase();
  const addresses = addressesIn(small);
  const domains = new Set([...addresses.map((address) => address.slice(address.indexOf('@') + 1)).filter((name) => name.includes('.')), ...namesIn(small)]);
  return [...addresses.map((address) => `at:${address}`), ...new Set([...domains].flatMap(above))];
}

/** Looks from each @ to both sides: they are few. */
function addressesIn(text: string): string[] {
  const found = new Set<string>();
  for (let at = text.indexOf('@'); at !== -1 && found.size < MOST; at = text.indexOf('@', at + 1)) {
    let from = at;
    while (from > 0 && at - from < LONGEST_LOCAL && !LOCAL_ENDS.has(text.charCodeAt(from - 1))) {
      from--;
    }
    const name = trimmed(text.slice(at + 1, endOfName(text, at + 1, LONGEST_NAME)));
    if (from < at && name !== '' && text.charCodeAt(at + 1) === name.charCodeAt(0)) {
      found.add(`${text.slice(from, at)}@${name}`);
    }
  }
  return [...found];
}

/** Looks from each dot to both sides, and goes on behind the name. */
function namesIn(text: string): Set<string> {
  const found = new Set<string>();
  for (let dot = text.indexOf('.'), end = 0; dot !== -1 && found.size < MOST; dot = text.indexOf('.', end)) {
    let from = dot;
    while (from > end && isOfName(text.charCodeAt(from - 1))) {
      from--;
    }
    end = endOfName(text, dot + 1, Infinity);
    // Longer ones are no names even without the signs around them: trimming those would take time by their square.
    const pieces = text.slice(from, end).split('..').filter((piece) => piece.length < 2 * LONGEST_NAME);
    pieces.map(trimmed).filter(isName).forEach((name) => found.add(name));
  }
  return found;
}

function endOfName(text: string, from: number, most: number): number {
  let end = from;
  while (end < text.length && end - from < most && isOfName(text.charCodeAt(end))) {
    end++;
  }
  return end;
}

const isOfName = (code: number): boolean => (code >= A && code <= Z) || (code >= ZERO && code <= NINE) || code === HYPHEN || code === DOT;
const trimmed = (name: string): string => name.replace(/^[.-]+/, '').replace(/[.-]+$/, '');
/** A name whose last label is made of letters, as those of the public DNS and of the hosts of companies are: no version, no amount, no address. */
const isName = (name: string): boolean => name.length <= LONGEST_NAME && /\.[a-z]{2,24}$/.test(name) && name.split('.').every((label) => label.length <= LONGEST_LABEL);

/** A name and those above it, without the last label alone: a.b.example gives a.b.example and b.example. */
function above(name: string): string[] {
  const labels = name.split('.').filter((label) => label !== '');
  return labels.slice(0, Math.max(labels.length - 1, 1)).map((_, i) => `dom:${labels.slice(i).join('.')}`);
}
