import { readIp } from './ip';

/** What a writer of a Received field says about the peer that spoke to it. */
export interface Peer {
  /** name of the greeting */
  helo: string | null;
  rdns: string | null;
  ip: string | null;
  illegalIp: string | null;
  authenticatedAs: string | null;
  authenticated: boolean;
  mayBeForged: boolean;
}

export function noPeer(): Peer {
  return { helo: null, rdns: null, ip: null, illegalIp: null, authenticatedAs: null, authenticated: false, mayBeForged: false };
}

/** First words of comments in a from clause that speak of the connection, not of the peer. */
const ABOUT_CONNECTION = new Set([
  'using',
  'version',
  'cipher',
  'tls',
  'ssl',
  'client',
  'no',
  'not',
  'envelope-from',
  'envelope-sender',
  'misconfigured',
]);

/**
 * Reads one comment of a from clause into `peer`: "(rdns [ip])", "(HELO x)", "([ip]:port helo=x ident=y)", "(ident@rdns [ip] (may be forged))",
 * "(user@ip with login)", "(Authenticated sender: x)", "(account x [ip] verified)". The address of a later comment replaces that of an
 * earlier one: servers write their own words behind those of the greeting.
 */
export function readPeerComment(comment: string, peer: Peer): void {
  const text = comment.trim();
  const words = splitWords(text);
  const first = (words[0] ?? '').split('=', 1)[0]?.toLowerCase() ?? '';
  if (first === 'authenticated' || first === 'smtp-auth' || first === 'auth:' || (first === 'sender' && words[1]?.toLowerCase() === 'authenticated')) {
    readAuthenticated(first === 'sender' ? words.slice(1).join(' ') : text, peer);
    return;
  }
  if (ABOUT_CONNECTION.has(first) && words[1]?.charCodeAt(0) !== 91) {
    return;
  }
  const found = noPeer();
  for (let i = 0; i < words.length; i++) {
    i += readPeerWord(words, i, found);
  }
  merge(found, peer);
}

/** "(Authenticated sender: x)", "(authenticated bits=0)", "(authenticated as x)", "(SMTP-AUTH username x, mechanism y)", Courier's "(AUTH: LOGIN x, …)": the writer says that the sender signed in. */
export function readAuthenticated(text: string, peer: { authenticated: boolean; authenticatedAs: string | null }): void {
  peer.authenticated = true;
  const words = splitWords(text);
  for (let i = 1; i < words.length; i++) {
    const word = words[i] as string;
    const lower = word.toLowerCase();
    if (lower === 'sender:' || lower === 'sender' || lower === 'as' || lower === 'user' || lower === 'user:' || lower === 'id:' || lower === 'username' || MECHANISM.test(word)) {
      continue;
    }
    const equals = word.indexOf('=');
    const key = equals > 0 ? lower.slice(0, equals) : '';
    if (equals < 0 || key === 'user' || key === 'id' || key === 'sender') {
      peer.authenticatedAs ??= trimName(word.slice(equals + 1)) || null;
      return;
    }
  }
}

/** Courier writes how somebody signed in before the name. */
const MECHANISM = /^(?:LOGIN|PLAIN|CRAM-MD5|CRAM-SHA1|SCRAM-SHA-\d+|XOAUTH2)$/;

/** Reads the word at `i`, with those that belong to it; gives how many more it took. */
function readPeerWord(words: string[], i: number, peer: Peer): number {
  const word = words[i] as string;
  const lower = word.toLowerCase();
  if (lower === 'helo' || lower === 'ehlo' || lower === 'lhlo') {
    peer.helo = trimName(words[i + 1] ?? '') || null;
    return 1;
  }
  if (lower === 'account' || lower === 'user') {
    peer.authenticated = true;
    peer.authenticatedAs = trimName(words[i + 1] ?? '') || null;
    return 1;
  }
  if (lower.includes('forged')) {
    peer.mayBeForged = true;
    return 0;
  }
  if (lower === 'with' && /^(login|plain|cram-md5|poptime)$/i.test(words[i + 1] ?? '')) {
    peer.authenticated = true;
    return 1;
  }
  const equals = word.indexOf('=');
  if (equals > 0 && word.charCodeAt(0) !== 91) {
    readPair(lower.slice(0, equals), word.slice(equals + 1), peer);
    return 0;
  }
  readName(word, peer, lower);
  return 0;
}

function readPair(key: string, value: string, peer: Peer): void {
  if (key === 'helo' || key === 'ehlo') {
    peer.helo = trimName(value) || null;
  } else if (key === 'auth' || key === 'authid' || key === 'user') {
    peer.authenticated = true;
    peer.authenticatedAs = trimName(value) || null;
  }
}

function readName(word: string, peer: Peer, lower: string): void {
  const sign = word.lastIndexOf('@');
  const name = trimName(sign >= 0 ? word.slice(sign + 1) : word);
  const read = readIp(name);
  if (read !== null && 'ip' in read) {
    peer.ip ??= read.ip;
    // qmail with SMTP AUTH: "(user@ip with login)" names who signed in
    peer.authenticatedAs ??= sign > 0 && name.charCodeAt(0) !== 91 ? word.slice(0, sign) : null;
  } else if (read !== null) {
    peer.illegalIp ??= read.illegal;
  } else if (peer.rdns === null && peer.ip === null && peer.helo === null && looksLikeHost(name) && !NO_NAMES.has(lower)) {
    peer.rdns = name;
  }
}

const NO_NAMES = new Set(['unknown', 'may', 'be', 'verified', 'unverified', 'using', 'with', 'by', 'port', 'no', 'not']);

function merge(found: Peer, peer: Peer): void {
  peer.helo ??= found.helo;
  if (found.ip !== null) {
    peer.ip = found.ip;
    peer.rdns = found.rdns;
  } else {
    peer.rdns ??= found.rdns;
  }
  peer.illegalIp ??= found.illegalIp;
  peer.authenticated ||= found.authenticated;
  peer.authenticatedAs ??= found.authenticated ? found.authenticatedAs : null;
  peer.mayBeForged ||= found.mayBeForged;
}

/** Words between blanks, brackets of nested comments dropped; at most 24. */
function splitWords(text: string): string[] {
  const words: string[] = [];
  let start = -1;
  for (let at = 0; at <= text.length && words.length < 24; at++) {
    const code = at < text.length ? text.charCodeAt(at) : 32;
    const ends = code <= 32 || code === 40 || code === 41 || code === 44;
    if (ends && start >= 0) {
      words.push(text.slice(start, at));
      start = -1;
    } else if (!ends && start < 0) {
      start = at;
    }
  }
  return words;
}

function trimName(name: string): string {
  const plain = name.endsWith('.') && name.length > 1 ? name.slice(0, -1) : name;
  return plain.length > 255 ? plain.slice(0, 255) : plain;
}

function looksLikeHost(name: string): boolean {
  return name.length > 0 && name.length <= 255 && /^[A-Za-z0-9_][A-Za-z0-9_.-]*$/.test(name);
}
