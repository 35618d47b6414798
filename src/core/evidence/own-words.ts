/** Lines with which mail programs announce what they quote. */
export const INTRODUCTION =
  /^\s*(?:-{2,}\s*(?:original message|ursprungliche nachricht|ursprüngliche nachricht|message d'origine|message original|mensaje original|forwarded message|weitergeleitete nachricht|message transféré|mensaje reenviado)\s*-{0,}|_{10,}|on .{4,120} wrote:|am .{4,120} schrieb.{0,120}:|le .{4,120} a écrit ?:|el .{4,120} escribi[oó]:)\s*$/i;
const SIGNATURE = /^-- ?$/;
const LINES = 20_000;

/**
 * What the writer of a mail wrote anew: without quoted lines, without what stands below "On … wrote:", without the signature
 * (RFC 3676 §4.3). For reading and for views only: the stored text is never cut.
 */
export function ownWords(text: string): string {
  const kept: string[] = [];
  for (const line of text.slice(0, 500_000).split(/\r\n|\r|\n/, LINES)) {
    if (SIGNATURE.test(line) || INTRODUCTION.test(line.slice(0, 300))) {
      break;
    }
    if (!line.startsWith('>')) {
      kept.push(line);
    }
  }
  return kept.join('\n').replace(/\n{3,}/g, '\n\n').trim();
}
