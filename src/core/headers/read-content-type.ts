import { afterComment, afterQuoted, unquote } from './comments';

export interface ContentType {
  /** lower case, "multipart/report"; empty when there is none */
  type: string;
  /** by lower-case name, first wins; RFC 2231 continuations ("boundary*0") come joined */
  parameters: Map<string, string>;
}

/** Reads Content-Type or Content-Disposition (RFC 2045 §5.1, RFC 2231 §3). At most 4,000 characters. */
export function readContentType(value: string): ContentType {
  const text = value.slice(0, 4_000);
  const pieces = /["(]/.test(text) ? piecesOf(text) : text.split(';');
  const parameters = new Map<string, string>();
  for (const parameter of pieces.slice(1)) {
    const equals = parameter.indexOf('=');
    if (equals > 0) {
      const [name = '', part] = parameter.slice(0, equals).trim().toLowerCase().split('*', 2);
      const written = unquote(parameter.slice(equals + 1).trim());
      if (!parameters.has(name) || (part !== undefined && part !== '0')) {
        parameters.set(name, (parameters.get(name) ?? '') + written);
      }
    }
  }
  return { type: (pieces[0] ?? '').trim().toLowerCase(), parameters };
}

/** Cut at each ";" that stands in no quotes and no comment. */
function piecesOf(text: string): string[] {
  const pieces: string[] = [];
  let piece = '';
  for (let at = 0; at < text.length;) {
    const char = text.charAt(at);
    const end = char === '(' ? afterComment(text, at) : char === '"' ? afterQuoted(text, at) : at + 1;
    if (char === ';') {
      pieces.push(piece);
      piece = '';
    } else if (char !== '(') {
      piece += text.slice(at, end);
    }
    at = end;
  }
  pieces.push(piece);
  return pieces;
}
