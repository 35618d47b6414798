/** What of a text is searched: more serves no claim, and the search stays short. */
const SEARCHED = 1024 * 1024;
const LINES = 20_000;
const BRACKETS = 5_000;
/** RFC 5322 §3.6.8: printable characters without the colon; then, in pastes, blanks before the colon. Group 1: quote marks, 2: name. */
const FIELD = /^((?:[>|] ?){0,9})[ \t]{0,3}([!-9;-~]{1,76})[ \t]{0,3}:(?!\/\/)/;
const QUOTE = /^(?:[>|] ?){1,9}/;

/** Names that only a real header carries: a reply's "From: … Sent: … To:" does not make one. */
const TELLING = new Set([
  'received', 'message-id', 'return-path', 'dkim-signature', 'authentication-results', 'received-spf', 'delivered-to', 'mime-version', 'arc-seal',
  'arc-message-signature', 'arc-authentication-results', 'envelope-to', 'list-unsubscribe', 'in-reply-to', 'references',
]);
const COMMON = new Set([...TELLING, 'from', 'to', 'cc', 'subject', 'date', 'sender', 'reply-to', 'content-type', 'content-transfer-encoding', 'user-agent', 'precedence']);

/** True when the text holds at least one line that is a mail header field. */
export function hasHeaders(text: string): boolean {
  return linesOf(text).some((line) => {
      const name = nameOf(line);
      return name !== null && (COMMON.has(name) || name.startsWith('x-'));
    });
}

/**
 * The header block that somebody pasted into a text, also when it is quoted with ">". The longest run of fields that has
 * something only a real header carries. Without quote marks, otherwise as written. Null when there is none.
 */
export function findHeaders(text: string): string | null {
  let best: { fields: number; lines: string[] } | null = null;
  let run: { fields: number; telling: boolean; lines: string[] } | null = null;
  for (const line of [...linesOf(text), '']) {
    const name = nameOf(line);
    const plain = line.slice(QUOTE.exec(line)?.[0].length ?? 0);
    if (name !== null && plausible(name)) {
      run ??= { fields: 0, telling: false, lines: [] };
      run.fields++;
      run.telling ||= TELLING.has(name);
      run.lines.push(plain.replace(/^[ \t]{1,3}(?=\S)/, ''));
    } else if (run && /^[ \t]+\S/.test(plain)) {
      run.lines.push(plain);
    } else if (run) {
      if (run.telling && run.fields > (best?.fields ?? 0)) {
        best = run;
      }
      run = null;
    }
  }
  return best ? best.lines.join('\n') : null;
}

/** The text without a header block that was found in it, so that nothing in there is taken for the customer's own words. */
export function withoutHeaders(text: string): string {
  const kept: string[] = [];
  let inside = false;
  for (const line of linesOf(text)) {
    const name = nameOf(line);
    const field: boolean = name !== null && (TELLING.has(name) || name.startsWith('x-') || (inside && plausible(name)));
    inside = field || (inside && /^[ \t]+\S/.test(line.replace(QUOTE, '')));
    if (!inside) {
      kept.push(line);
    }
  }
  return kept.join('\n');
}

/** Message-IDs that a text names: in angle brackets, or after "Message-ID". At most `limit`, as written, without brackets. */
export function findMessageIds(text: string, limit = 100): string[] {
  const found = new Set<string>();
  const searched = text.slice(0, SEARCHED);
  for (const match of searched.matchAll(/\b(?:message|msg)-?[ ]?id["']?\s{0,3}[:=]\s{0,3}["']?<?([^\s<>"',;]{1,400}@[^\s<>"',;]{1,400})/gi)) {
    if (found.add(match[1] ?? '').size === limit) {
      break;
    }
  }
  let looked = 0;
  for (const match of searched.matchAll(/<([^\s<>@]{1,400}@[^\s<>@]{1,400})>/g)) {
    if (found.size === limit || ++looked > BRACKETS) {
      break;
    }
    // An address in brackets has a name or a "From" before it; an id stands in a list of its own.
    if (looksLikeId(match[1] ?? '', searched.slice(Math.max(0, match.index - 40), match.index))) {
      found.add(match[1] ?? '');
    }
  }
  return [...found];
}

function looksLikeId(id: string, before: string): boolean {
  return /(?:^|\n)[ \t>*•-]{0,6}(?:\d{1,3}[.)][ \t])?$/.test(before) && /\d/.test(id.slice(0, id.lastIndexOf('@'))) && id.lastIndexOf('@') >= 12;
}

function nameOf(line: string): string | null {
  return FIELD.exec(line)?.[2]?.toLowerCase() ?? null;
}

const plausible = (name: string): boolean => COMMON.has(name) || /^[a-z][a-z0-9]*(?:-[a-z0-9_.]+)*$/.test(name);

const linesOf = (text: string): string[] => text.slice(0, SEARCHED).split(/\r\n|\r|\n/, LINES);
