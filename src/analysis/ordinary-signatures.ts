import { bodyHash } from '../core/headers/body-hash';
import type { Message } from '../core/headers/message';
import { proveDkimHeaders } from '../core/headers/prove-dkim-headers';
import type { Canonical, DkimSignature } from '../core/headers/read-dkim-signature';
import { readTagList } from '../core/headers/read-tags';
import { hasWholeLines } from '../core/headers/whole-lines';
import type { Dns } from '../core/rules/dns/dns';
import { keyName } from '../core/rules/proofs';

/** What mailauth says of a signature, in its words. */
export interface Verified {
  result: string;
  comment: string;
}

/** Larger messages, more signatures, and everything else that is out of the ordinary, are for the library. */
const AT_MOST = 64 * 1024;
const SIGNATURES = 10;

const TAGS = new Set(['v', 'a', 'b', 'bh', 'c', 'd', 'h', 'i', 'q', 's', 't']);
const CANONICAL = /^(?:simple|relaxed)(?:\/(?:simple|relaxed))?$/i;
const BASE64 = /^[A-Za-z0-9+/]+={0,2}$/;
/** What comments, quotes and escapes need, which not every reader understands the same way. */
const ODD = /["'()\\]/;
/** An RSA key of 1,024, 2,048 or 4,096 bits as nearly all are published: a SubjectPublicKeyInfo in base64. */
const USUAL_KEY = /^MI(?:GfMA0GCSqGSIb3DQEBAQUA|I[BC]IjANBgkqhkiG9w0BAQEFA)[A-Za-z0-9+/]+={0,2}$/;

/**
 * What mailauth would say of the signatures of an untouched message, told without it where all of them are ordinary: its streams and its checks of keys
 * cost ten times as much. Each of them covers the whole body, is written in the plainest way, and holds, lacks its key, or has another body than this.
 * @returns one answer for each signature; null: something is out of the ordinary, or does not hold for another reason, and the library has to be asked
 */
export function ordinarySignatures(message: Message, signatures: readonly DkimSignature[], dns: Dns): Verified[] | null {
  const raw = message.raw === null ? null : Buffer.from(message.raw.buffer, message.raw.byteOffset, message.raw.byteLength);
  if (!raw || raw.length > AT_MOST || signatures.length > SIGNATURES || !signatures.every(isOrdinary)) {
    return null;
  }
  const head = `${message.fields.map((field) => `${field.raw}\r\n`).join('')}\r\n`;
  // Octets are signed. Where a line ends, what a letter is, and which lines are fields, must be no question of how it is read.
  if (/[^\x01-\x7f]/.test(head) || raw.toString('latin1', 0, head.length) !== head || !hasWholeLines(raw)) {
    return null;
  }
  const body = raw.subarray(head.length);
  const hashes = new Map<Canonical, string>();
  const answers: Verified[] = [];
  for (const signature of signatures) {
    const kind = signature.canonical.body;
    const hash = hashes.get(kind) ?? bodyHash(body, kind);
    hashes.set(kind, hash);
    const answer = hash === signature.bodyHash ? byKey(message, signature, dns) : { result: 'neutral', comment: 'body hash did not verify' };
    if (answer === null) {
      return null;
    }
    answers.push(answer);
  }
  return answers;
}

function byKey(message: Message, signature: DkimSignature, dns: Dns): Verified | null {
  const txt = dns.txt(keyName(signature.domain, signature.selector));
  if (txt === 'unknown' || txt.length === 0) {
    return txt === 'unknown' ? { result: 'temperror', comment: 'DNS failure: ETIMEOUT' } : { result: 'neutral', comment: 'no key' };
  }
  const [record = '', ...others] = txt;
  const isUsual = others.length === 0 && !ODD.test(record) && USUAL_KEY.test(readTagList(record).tags.get('p') ?? '');
  return isUsual && proveDkimHeaders(message.fields, signature, record).result === 'proven' ? { result: 'pass', comment: '' } : null;
}

function isOrdinary({ field, problems, algorithm, domain, selector, identity, headers, bodyHash: hash, signature }: DkimSignature): boolean {
  const { tags } = readTagList(field.value);
  const parts = field.value.split(';').filter((part) => part.trim() !== '');
  return (
    problems.length === 0 && parts.length === tags.size && [...tags.keys()].every((name) => TAGS.has(name)) && !ODD.test(field.value) &&
    tags.get('v') === '1' && algorithm === 'rsa-sha256' && tags.get('a') === algorithm && CANONICAL.test(tags.get('c') ?? 'simple') &&
    /^[a-z0-9.-]{1,253}$/.test(tags.get('d') ?? '') && /^[A-Za-z0-9._-]{1,253}$/.test(selector) && identity.slice(identity.lastIndexOf('@') + 1).toLowerCase() === domain &&
    headers.every((name) => /^[a-z0-9-]+$/.test(name) && name !== 'dkim-signature') && BASE64.test(hash) && BASE64.test(signature)
  );
}
