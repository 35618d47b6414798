/** A piece of a Received value. A comment's text is what stands between its outer brackets. */
export interface Token {
  kind: 'word' | 'comment' | 'semicolon';
  text: string;
  /** where it begins in the value */
  start: number;
  end: number;
}

const [TAB, BLANK, QUOTE, OPEN, CLOSE, SEMICOLON, BACKSLASH] = [9, 32, 34, 40, 41, 59, 92];

/**
 * Cuts a Received value into words, comments and semicolons (RFC 5322 §3.2.2, RFC 5321 §4.4). A bracket that is never closed is an ordinary
 * character, so a truncated comment does not swallow the rest. Two passes, each linear.
 */
export function receivedTokens(value: string): Token[] {
  const closing = value.includes('(') ? closingBrackets(value) : NONE;
  const tokens: Token[] = [];
  let at = 0;
  while (at < value.length) {
    const code = value.charCodeAt(at);
    const close = code === OPEN ? closing.get(at) : undefined;
    if (code === BLANK || code === TAB || code === 10 || code === 13) {
      at++;
    } else if (close !== undefined) {
      tokens.push({ kind: 'comment', text: value.slice(at + 1, close), start: at, end: close + 1 });
      at = close + 1;
    } else if (code === SEMICOLON) {
      tokens.push({ kind: 'semicolon', text: ';', start: at, end: ++at });
    } else {
      const start = at;
      at = wordEnd(value, at, closing);
      tokens.push({ kind: 'word', text: value.slice(start, at), start, end: at });
    }
  }
  return tokens;
}

const NONE = new Map<number, number>();

function wordEnd(value: string, from: number, closing: Map<number, number>): number {
  let at = from;
  while (at < value.length) {
    const code = value.charCodeAt(at);
    if (code === BLANK || code === TAB || code === 10 || code === 13 || code === SEMICOLON || (code === OPEN && closing.has(at))) {
      return at;
    }
    at = code === QUOTE ? (closing.get(at) ?? at) + 1 : at + 1;
  }
  return at;
}

/** For every bracket or quote mark that is closed, where. Quote marks count outside comments only. */
function closingBrackets(value: string): Map<number, number> {
  const closing = new Map<number, number>();
  const open: number[] = [];
  let quotesEnd = false;
  for (let at = 0; at < value.length; at++) {
    const code = value.charCodeAt(at);
    if (code === BACKSLASH) {
      at++;
    } else if (code === OPEN) {
      open.push(at);
    } else if (code === CLOSE) {
      const opened = open.pop();
      if (opened !== undefined) {
        closing.set(opened, at);
      }
    } else if (code === QUOTE && open.length === 0 && !quotesEnd) {
      const close = value.indexOf('"', at + 1);
      quotesEnd = close < 0;
      if (!quotesEnd) {
        closing.set(at, close);
        at = close;
      }
    }
  }
  return closing;
}
