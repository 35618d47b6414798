import PostalMime from 'postal-mime';

/** The parts of a whole message, as text. HTML is never rendered: only its words are kept. */
export interface MessageParts {
  text: string;
  from: 'text' | 'html' | 'none';
  cut: boolean;
  attachments: { name: string; type: string; size: number }[];
}

const SHOWN = 20_000;
const READ = 5 * 1024 * 1024;

/** Opens a message for reading; null when there is none, it is too large, or it cannot be read. */
export async function messageParts(bytes: Buffer | null): Promise<MessageParts | null> {
  if (!bytes || bytes.length > READ) {
    return null;
  }
  const mail = await PostalMime.parse(bytes, { maxNestingDepth: 20, maxHeadersSize: 256 * 1024 }).catch(() => null);
  if (!mail) {
    return null;
  }
  const text = mail.text?.trim() || words(mail.html ?? '');
  return {
    text: text.slice(0, SHOWN), cut: text.length > SHOWN, from: mail.text?.trim() ? 'text' : mail.html ? 'html' : 'none',
    attachments: mail.attachments.slice(0, 50).map((part) => ({
      name: part.filename ?? 'without a name', type: part.mimeType, size: typeof part.content === 'string' ? part.content.length : part.content.byteLength,
    })),
  };
}

/** The words of an HTML text, in one pass: tags, scripts and styles fall away. */
function words(html: string): string {
  let out = '';
  for (let i = 0; i < html.length && out.length < SHOWN * 2; ) {
    if (html[i] !== '<') {
      out += html[i++];
      continue;
    }
    const raw = /^<(script|style)\b/i.exec(html.slice(i, i + 8))?.[1]?.toLowerCase();
    const end = raw ? html.toLowerCase().indexOf(`</${raw}`, i) : i;
    const close = end < 0 ? -1 : html.indexOf('>', end);
    out += ' ';
    i = close < 0 ? html.length : close + 1;
  }
  return out.replace(/[ \t]+/g, ' ').replace(/\s*\n\s*/g, '\n').trim();
}
