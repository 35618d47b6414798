/** At-rules whose block holds rules; in every other block stand declarations, or keyframes, which stay as they are. */
const HOLDS_RULES = /^@(?:media|supports|layer|container)\b/i;
/** What names no class that has to be there: `:not(.x)`, `:is(.x, .y)`, of which one is enough, and the values of attributes. */
const CONDITIONAL = /:(?:not|is|where|has)\((?:[^()]|\([^()]*\))*\)|\[[^\]]*\]/g;
const CLASS = /\.(-?[A-Za-z_](?:[\w-]|\\.)*)/g;

/**
 * A stylesheet without the rules that no page can use: those that ask for a class which nobody writes. Everything else stays, in its order.
 * A library's whole stylesheet is what a customer on a slow line waits for longest.
 * @param css well-formed and minified; what cannot be read as rules is kept
 * @param used every word that may be a class
 */
export function pruneCss(css: string, used: ReadonlySet<string>): string {
  let kept = '';
  for (let at = 0; at < css.length; ) {
    const stop = findAny(css, at, '{;}');
    if (css[stop] !== '{') {
      kept += css.slice(at, stop + 1);
      at = stop + 1;
      continue;
    }
    const end = blockEnd(css, stop);
    const [prelude, body] = [css.slice(at, stop).replace(/\/\*[\s\S]*?\*\//g, '').trim(), css.slice(stop + 1, end)];
    at = end + 1;
    const head = prelude.startsWith('@') ? prelude : selectorsOf(prelude).filter((selector) => canMatch(selector, used)).join(',');
    const inner = HOLDS_RULES.test(prelude) ? pruneCss(body, used) : body;
    kept += head === '' || inner.trim() === '' ? '' : `${head}{${inner}}`;
  }
  return kept;
}

function canMatch(selector: string, used: ReadonlySet<string>): boolean {
  return [...selector.replace(CONDITIONAL, '').matchAll(CLASS)].every(([, name = '']) => used.has(name.replace(/\\(.)/g, '$1')));
}

/** The selectors of a list; a comma within brackets belongs to one of them. */
function selectorsOf(list: string): string[] {
  const found: string[] = [];
  let depth = 0;
  let from = 0;
  for (let i = 0; i < list.length; i++) {
    const sign = list[i] ?? '';
    if (sign === '\\') {
      i++;
    } else if (sign === '(' || sign === '[') {
      depth++;
    } else if (sign === ')' || sign === ']') {
      depth--;
    } else if (sign === ',' && depth === 0) {
      found.push(list.slice(from, i));
      from = i + 1;
    }
  }
  return [...found, list.slice(from)];
}

/** The end of the block that opens at `open`. */
function blockEnd(css: string, open: number): number {
  for (let depth = 1, at = open + 1; ; at++) {
    at = findAny(css, at, '{}');
    depth += css[at] === '{' ? 1 : -1;
    if (depth === 0 || at >= css.length) {
      return at;
    }
  }
}

/** Where the first of these signs stands outside of strings, comments and url(…); the length where none does. */
function findAny(css: string, from: number, signs: string): number {
  const next = /[{;}"'\\]|\/\*|url\((?!["'])/gi;
  next.lastIndex = from;
  for (let found = next.exec(css); found; found = next.exec(css)) {
    const [sign] = found;
    if (signs.includes(sign)) {
      return found.index;
    }
    if (sign === '"' || sign === "'") {
      next.lastIndex = stringEnd(css, found.index) + 1;
    } else if (sign === '\\') {
      next.lastIndex++;
    } else if (sign.length > 1) {
      const close = css.indexOf(sign === '/*' ? '*/' : ')', next.lastIndex);
      next.lastIndex = close < 0 ? css.length : close + 1;
    }
  }
  return css.length;
}

function stringEnd(css: string, open: number): number {
  let at = open + 1;
  while (at < css.length && css[at] !== css[open]) {
    at += css[at] === '\\' ? 2 : 1;
  }
  return at;
}
