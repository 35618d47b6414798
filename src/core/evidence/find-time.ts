import { plainWords, readTime, withSingleBlanks, type ReadTime } from './read-time';

export interface FoundTime extends ReadTime {
  /** the sentence in which it stands, as written */
  text: string;
}

const SENTENCES = 400;
const SENTENCE = 280;
/** A sentence with these is about the block; a label such as "Date:" is nearly as good. */
const ABOUT = /\b(?:block|restrict|suspend|alert|listed|disabled|gesperrt|sperr|blockiert|warnung|bloqu|alerte|restreint|alerta|suspend|spam|attack|angriff|attaque|ataque|since|seit|depuis|desde)/;
const LABEL = /^\W*(?:date|time|when|since|blocked at|block time|datum|zeit|uhrzeit|zeitpunkt|wann|heure|quand|fecha|hora|cuando)\b/;

const BEGINS = /^[ \t]*(?:$|[-*•>]|[A-Za-zÀ-ÿ ]{2,24}:)/;

/**
 * The time of the block in a letter: the sentence that speaks of the block and names a time, else the one that names it best.
 * A time to come is none. Null when no sentence names a time.
 */
export function findTime(text: string, now: Date): FoundTime | null {
  let best: { weight: number; time: FoundTime } | null = null;
  for (const sentence of sentences(text)) {
    const read = /\d|day|tag|hier|gest|jour|ayer|noch|night|nacht/i.test(sentence) ? readTime(sentence, now) : null;
    if (read && read.from.getTime() <= now.getTime()) {
      const plain = plainWords(sentence);
      const width = (read.to.getTime() - read.from.getTime()) / 3_600_000;
      const weight = (ABOUT.test(plain) ? 3 : 0) + (LABEL.test(plain) ? 2 : 0) + (read.exact ? 2 : 0) + (width < 30 ? 1 : 0);
      if (!best || weight > best.weight) {
        best = { weight, time: { ...read, text: sentence } };
      }
    }
  }
  return best?.time ?? null;
}

/** Sentences across line breaks: mail programs wrap. A blank line, a list item and a label begin a new one. */
function sentences(text: string): string[] {
  const paragraphs: string[][] = [[]];
  for (const line of text.slice(0, 100_000).split(/\r?\n/, 5_000)) {
    if (BEGINS.test(line)) {
      paragraphs.push([]);
    }
    paragraphs.at(-1)?.push(line);
  }
  return paragraphs
    .flatMap((lines) => withSingleBlanks(lines.join(' ')).trim().split(/ (?=[A-ZÀ-Ý¿¡])(?<=[^\d\s][.!?] )/))
    .filter((sentence) => sentence.length > 2)
    .slice(0, SENTENCES)
    .map((sentence) => sentence.slice(0, SENTENCE));
}
