import type { Hop } from './message';
import type { Token } from './received-tokens';

/**
 * Reads the "with" clause of a Received field into the hop: the protocol in upper case (RFC 3848: S after the name is TLS, A is a sender who
 * signed in), and what comments beside it say of TLS, sign-in and software. In the wild also ASMTP, SMTPSA, lower case and suffixes.
 */
export function readProtocol(clauses: Map<string, Token[]>, comments: Token[], hop: Hop): void {
  const tokens = clauses.get('with') ?? [];
  const words = tokens.filter((token) => token.kind === 'word').map((token) => token.text);
  const head = words.slice(0, 4).map((word) => word.split('/', 1)[0]?.toUpperCase() ?? '');
  const at = Math.max(
    0,
    head.findIndex((word) => PROTOCOL.test(word)),
  );
  const known = PROTOCOL.exec(head[at] ?? '');
  const main = head[0] ?? '';
  if (main !== '') {
    hop.with = (known ? (head[at] as string) : head.slice(0, 3).join(' ')).slice(0, 64);
  }
  if (known) {
    hop.authenticated ||= known[1] === 'A' || known[2]?.includes('A') === true;
    hop.tls ||= known[2]?.includes('S') === true || head.includes('ENCRYPTED') || TLS_SUFFIX.test(words[at] as string);
  }
  hop.tls ||= clauses.has('tls') || comments.some((comment) => saysTls(comment.text));
  if (main === 'LOCAL') {
    hop.local = true;
  } else if (main === 'MICROSOFT') {
    hop.software ??= words.slice(0, 3).join(' ');
  }
  for (const token of tokens.concat(clauses.get('id') ?? [], clauses.get('tls') ?? [])) {
    if (token.kind === 'comment' && /^(?:Exim|Postfix|Nemesis|Haraka)/.test(token.text)) {
      hop.software ??= token.text.slice(0, 100);
    }
  }
  readAuthPair(tokens, clauses, hop);
}

const PROTOCOL = /^(?:UTF8)?([AE]?)(?:SMTP|LMTP)([SA]*)$/;
const TLS_SUFFIX = /\/(?:tls|ssl)/i;

/** OpenSMTPD writes "auth=yes user=x" behind the id. */
function readAuthPair(tokens: Token[], clauses: Map<string, Token[]>, hop: Hop): void {
  for (const token of tokens.concat(clauses.get('id') ?? [])) {
    if (token.kind === 'word' && token.text === 'auth=yes') {
      hop.authenticated = true;
    } else if (token.kind === 'word' && token.text.startsWith('user=') && hop.authenticated) {
      hop.authenticatedAs ??= token.text.slice(5);
    }
  }
}

function saysTls(text: string): boolean {
  const head = text.length > 60 ? text.slice(0, 60) : text;
  return /^\s*(?:using (?:TLS|SSL)|version=(?:3D)?(?:TLS|SSL)|(?:TLS|SSL)(?:v?\d|[_: ])|cipher=|No client certificate|Client (?:CN|did not)|encrypted)/i.test(
    head,
  );
}
