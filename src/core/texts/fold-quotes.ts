import { INTRODUCTION } from '../evidence/own-words';

/** A part of a mail's text: what its writer wrote, or what they quoted. */
export interface TextPart {
  quoted: boolean;
  text: string;
  /** lines in it */
  lines: number;
}

const LINES = 50_000;
/** A quote of fewer lines stays open: folding it would hide more than it clears. */
const SHORT = 3;

/** The parts as a page shows them: without blank lines around them, and without those that hold nothing else. */
export function shownParts(text: string): TextPart[] {
  return foldQuotes(text).map((part) => ({ ...part, text: part.text.replace(/^(?:[ \t]{0,200}\n)+/, '').trimEnd() })).filter((part) => part.text !== '');
}

/** The text in parts, so that a view can fold what is quoted. All of it is there, in order: joined with line feeds the parts are the text again. */
export function foldQuotes(text: string): TextPart[] {
  const lines = text.split(/\r\n|\r|\n/, LINES);
  const parts: { quoted: boolean; lines: string[] }[] = [];
  let below = false;
  for (const line of lines) {
    below ||= INTRODUCTION.test(line.slice(0, 300));
    const quoted = below || line.startsWith('>');
    const last = parts.at(-1);
    if (last && last.quoted === quoted) {
      last.lines.push(line);
    } else {
      parts.push({ quoted, lines: [line] });
    }
  }
  // What stands below the last quote mark in a run of short ones is read with the words around it.
  const merged: typeof parts = [];
  for (const part of parts) {
    const last = merged.at(-1);
    const open = part.quoted && part.lines.length < SHORT ? { ...part, quoted: false } : part;
    if (last && last.quoted === open.quoted) {
      last.lines.push(...open.lines);
    } else {
      merged.push({ ...open, lines: [...open.lines] });
    }
  }
  return merged.map(({ quoted, lines: own }) => ({ quoted, text: own.join('\n'), lines: own.length }));
}
