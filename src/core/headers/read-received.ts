import { readIp } from './ip';
import type { Field, Hop } from './message';
import { readDate } from './read-date';
import { noPeer, readAuthenticated, readPeerComment } from './read-peer';
import { readWriter, withoutDot } from './read-writer';
import { receivedTokens, type Token } from './received-tokens';
import { readProtocol } from './read-protocol';

/** The parts of a Received field: the words and comments between one keyword and the next. */
type Clauses = Map<string, Token[]>;

const KEYWORDS = new Set(['from', 'by', 'via', 'with', 'id', 'for', 'tls', 'envelope-from']);
const LONGEST = 3_000;

/**
 * One hop as its writer described it (RFC 5321 §4.4, and what servers really write). An address is taken only from where the peer stands:
 * the from clause and its comments, never from an id, a version or a date. Never throws; reads at most 3,000 characters.
 */
export function readReceived(field: Field, index: number): Hop {
  const value = field.value.length > LONGEST ? field.value.slice(0, LONGEST) : field.value;
  const tokens = receivedTokens(value);
  const end = lastSemicolon(tokens);
  const { clauses, comments } = toClauses(end < 0 ? tokens : tokens.slice(0, end));
  const hop: Hop = {
    field,
    index,
    from: null,
    rdns: null,
    ip: null,
    by: null,
    with: null,
    id: null,
    for: null,
    at: readTime(value, tokens, end),
    tls: false,
    authenticated: false,
    authenticatedAs: null,
    local: false,
    localUser: null,
    illegalIp: null,
    byIp: null,
    software: null,
    envelopeFrom: null,
    mayBeForged: false,
    readable: clauses.has('by') || clauses.has('from') || clauses.has('via'),
  };
  readWriter(clauses.get('by') ?? [], hop);
  readProtocol(clauses, comments, hop);
  readFrom(clauses.get('from') ?? [], hop);
  hop.id = firstWord(clauses.get('id'));
  hop.for = bare(firstWord(clauses.get('for')));
  hop.envelopeFrom ??= bare(firstWord(clauses.get('envelope-from')));
  for (const comment of end < 0 ? comments : comments.concat(tokens.slice(end).filter((token) => token.kind === 'comment'))) {
    readRemark(comment.text, hop);
  }
  // an unknown comment alone, with a date behind it, is a remark of the transport and no damage
  hop.readable ||= tokens[0]?.kind === 'comment' && hop.at !== null;
  return hop;
}

function lastSemicolon(tokens: Token[]): number {
  return tokens.findLastIndex((token) => token.kind === 'semicolon');
}

function toClauses(tokens: Token[]): { clauses: Clauses; comments: Token[] } {
  const clauses: Clauses = new Map();
  const comments: Token[] = [];
  let current: Token[] = [];
  for (let i = 0; i < tokens.length; i++) {
    const token = tokens[i] as Token;
    const keyword = token.kind === 'word' && token.text.length < 14 ? token.text.toLowerCase() : '';
    if (KEYWORDS.has(keyword) && !clauses.has(keyword) && (keyword !== 'from' || i === 0 || current.length > 0)) {
      current = [];
      clauses.set(keyword, current);
    } else if (token.kind !== 'semicolon') {
      current.push(token);
      if (token.kind === 'comment') {
        comments.push(token);
      }
    }
  }
  return { clauses, comments };
}

function readFrom(tokens: Token[], hop: Hop): void {
  const peer = noPeer();
  let literal: string | null = null;
  const names: string[] = [];
  for (const token of tokens) {
    if (token.kind === 'comment') {
      readPeerComment(token.text, peer);
      continue;
    }
    const read = readIp(token.text);
    if (read !== null && 'ip' in read) {
      literal = read.ip;
    } else if (read !== null) {
      peer.illegalIp ??= read.illegal;
    }
    if (names.length < 6 && (names.length === 0 || read === null)) {
      names.push(token.text);
    }
  }
  const written = names.length > 0 ? withoutDot(names.join(' ')) : null;
  hop.from = peer.helo ?? written;
  hop.ip = peer.ip ?? literal;
  hop.illegalIp = peer.illegalIp;
  const nameFirst = peer.helo !== null && written !== null && readIp(written) === null && written.toLowerCase() !== 'unknown';
  const exim =
    peer.helo === null && peer.ip !== null && written !== null && hop.software?.startsWith('Exim') === true && readIp(written) === null;
  hop.rdns = peer.rdns ?? (nameFirst || exim ? written : null);
  hop.authenticated ||= peer.authenticated;
  hop.authenticatedAs ??= peer.authenticatedAs;
  hop.mayBeForged = peer.mayBeForged;
  if (hop.local && hop.ip !== null) {
    hop.local = false; // a peer with an address is not the same machine, whatever the protocol is called
  } else if (hop.local && names.length === 1) {
    hop.localUser ??= written;
  }
}

/** Remarks that may stand anywhere: who signed in, the envelope sender, "qmail 123 invoked by uid 48". */
function readRemark(text: string, hop: Hop): void {
  const lower = (text.length > 300 ? text.slice(0, 300) : text).trimStart().toLowerCase();
  if (lower.startsWith('authenticated')) {
    readAuthenticated(text.trimStart(), hop);
  } else if (lower.startsWith('envelope-from') || lower.startsWith('envelope-sender')) {
    hop.envelopeFrom ??= bare(
      text
        .trimStart()
        .slice(lower.indexOf('-') + (lower.startsWith('envelope-from') ? 5 : 7))
        .trim()
        .split(/\s/, 1)[0] ?? null,
    );
  } else if (lower.startsWith('uid ') || lower.startsWith('from ')) {
    // "from root (uid 0)", and Sendmail's "(from apache@localhost) by host (8.14/8.14/Submit)"
    hop.local = hop.ip === null;
    hop.localUser ??= hop.local ? text.trim().split(/[ @]/)[1] || null : null;
  } else if (lower.endsWith('[local]') || lower.startsWith('ssmtp ')) {
    hop.local = true;
  } else if (lower.includes('invoked ')) {
    readInvoked(text, lower, hop);
  }
}

function readInvoked(text: string, lower: string, hop: Hop): void {
  hop.readable = true;
  hop.software ??= text.trimStart().split(' ', 1)[0] ?? null;
  const by = lower.indexOf('invoked by ');
  if (by >= 0 || lower.includes('invoked for bounce')) {
    hop.local = true;
    const user =
      by >= 0
        ? lower
            .slice(by + 11)
            .replace(/^uid /, '')
            .split(/[ ,)]/, 1)[0]
        : undefined;
    hop.localUser ??= user || null;
    return;
  }
  // some builds add the peer: "invoked from network[192.0.2.1/name]"
  const bracket = text.indexOf('network[');
  const read = bracket >= 0 ? readIp(text.slice(bracket + 7)) : null;
  if (read !== null && 'ip' in read) {
    hop.ip ??= read.ip;
  }
}

/** The date stands behind the last semicolon; without one, or when it is no date, it is looked for where the words of a date begin. */
function readTime(value: string, tokens: Token[], semicolon: number): number | null {
  const written = semicolon < 0 ? null : readDate(value.slice((tokens[semicolon] as Token).end));
  if (written !== null) {
    return written;
  }
  let tries = 0;
  for (let i = tokens.length - 2; i >= 0 && tries < 12 && i > tokens.length - 24; i--) {
    const token = tokens[i] as Token;
    if (token.kind === 'word' && DATE_BEGINS.test(token.text)) {
      tries++;
      const read = readDate(value.slice(token.start));
      if (read !== null) {
        return read;
      }
    }
  }
  return null;
}

const DATE_BEGINS = /^(?:(?:mon|tue|wed|thu|fri|sat|sun),?|\d{4}-\d\d-\d\d(?:T\S*)?|\d{1,2})$/i;

function firstWord(tokens: Token[] | undefined): string | null {
  return tokens?.find((token) => token.kind === 'word')?.text.slice(0, 255) ?? null;
}

function bare(text: string | null): string | null {
  return text === null ? null : text.replace(/^[<"]+|[>",]+$/g, '');
}
