/**
 * A Message-ID in the one form in which two of them are compared: no angle brackets, no blanks or comments around it, domain in lower case
 * (the part left of "@" keeps its case, RFC 5322 §3.6.4). Null when the text holds no id. `Message-ID:` in front is tolerated.
 */
export function normaliseMessageId(text: string): string | null {
  let plain = text.length > 2_000 ? text.slice(0, 2_000) : text;
  const open = plain.indexOf('<');
  const close = open < 0 ? -1 : plain.indexOf('>', open);
  if (open >= 0 && close > open) {
    plain = plain.slice(open + 1, close);
  } else {
    const trimmed = plain.trimStart();
    plain = trimmed.slice(0, 11).toLowerCase() === 'message-id:' ? trimmed.slice(11) : trimmed;
    plain = plain.trim();
    const comment = plain.indexOf(' (');
    plain = comment > 0 ? plain.slice(0, comment) : plain;
  }
  plain = withoutBlanks(plain);
  const at = plain.lastIndexOf('@');
  return at > 0 && at < plain.length - 1 && plain.length <= 998 ? plain.slice(0, at + 1) + plain.slice(at + 1).toLowerCase() : null;
}

function withoutBlanks(text: string): string {
  let out = '';
  for (const char of text) {
    const code = char.charCodeAt(0);
    if (code > 32 && code !== 0x7f && code !== 0xa0 && char !== '<' && char !== '>') {
      out += char;
    }
  }
  return out;
}
