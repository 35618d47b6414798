/** A page that explains, as text: `command` in backticks, **strong**, _a menu's name_ between underscores, [a link](/of/ours). */
export interface Guide {
  title: string;
  lead: string;
  sections: readonly Section[];
  /** below everything */
  last?: string;
}

/** What stands under one heading, in this order; a page of terms alone has one without a heading. */
export interface Section {
  id: string;
  heading?: string;
  paragraphs?: readonly string[];
  steps?: readonly string[];
  points?: readonly string[];
  terms?: readonly (readonly [term: string, meaning: string])[];
  /** one more sentence below */
  after?: string;
}

/** A piece of a written text; exactly one kind. */
export interface Piece {
  text: string;
  kind?: 'code' | 'strong' | 'menu' | 'link';
  /** of a link */
  href?: string;
}

const MARKED = /(`[^`]+`|\*\*[^*]+\*\*|\b_[^_]+_\b|\[[^\]]+\]\(\/[^)]*\))/;
const KINDS = { '`': 'code', '*': 'strong', _: 'menu', '[': 'link' } as const;

/** The pieces of a written text, for a page that marks them in its own way. */
export function pieces(text: string): Piece[] {
  return text.split(MARKED).flatMap((part, i): Piece[] => {
    const kind = i % 2 === 1 ? KINDS[part.charAt(0) as keyof typeof KINDS] : undefined;
    if (kind === 'link') {
      const [words = '', href = ''] = part.slice(1, -1).split('](');
      return [{ text: words, kind, href }];
    }
    const edge = kind === 'strong' ? 2 : 1;
    return part === '' ? [] : kind ? [{ text: part.slice(edge, -edge), kind }] : [{ text: part }];
  });
}

/** A guide as its page shows it: every text in pieces. */
export function shownGuide({ title, lead, sections, last }: Guide) {
  const all = (texts: readonly string[] = []): Piece[][] => texts.map(pieces);
  return {
    title, lead, last: last === undefined ? null : pieces(last),
    sections: sections.map(({ id, heading, paragraphs, steps, points, terms = [], after }) => ({
      id, heading, paragraphs: all(paragraphs), steps: all(steps), points: all(points), terms: terms.map(([term, meaning]) => ({ term, meaning: pieces(meaning) })), after: after === undefined ? null : pieces(after),
    })),
  };
}

/** All words of a guide, for the search. */
export const wordsOf = ({ title, lead, sections, last = '' }: Guide): string =>
  [title, lead, last, ...sections.flatMap(({ heading = '', paragraphs = [], steps = [], points = [], terms = [], after = '' }) => [heading, ...paragraphs, ...steps, ...points, ...terms.flat(), after])].join(' ');
