import { createHash, createPublicKey, verify, type KeyObject } from 'node:crypto';
import { readTagList } from './read-tags';
import { rsaNumbers } from './rsa-key';

/** Why a key cannot be used, in words for a reviewer. */
export type KeyOrWhy = { key: KeyObject; type: 'rsa' | 'ed25519' } | { why: string };

/**
 * The public key of a DKIM key record (RFC 6376 §3.6.1, RFC 8463 §4) for an algorithm such as "rsa-sha256". RSA keys under 1,024 bits
 * and SHA-1 are refused (RFC 8301). Never throws.
 */
export function readKey(record: string | null, algorithm: string): KeyOrWhy {
  if (algorithm !== 'rsa-sha256' && algorithm !== 'ed25519-sha256') {
    return { why: algorithm === 'rsa-sha1' ? 'rsa-sha1 is too weak to prove anything (RFC 8301)' : `unknown algorithm ${algorithm}` };
  }
  if (record === null) {
    return { why: 'no key record' };
  }
  const { tags, duplicates } = readTagList(record);
  const type = (tags.get('k') ?? 'rsa').toLowerCase();
  const data = tags.get('p')?.replace(/\s/g, '');
  const hashes = tags
    .get('h')
    ?.toLowerCase()
    .split(':')
    .map((hash) => hash.trim());
  if (duplicates.length > 0 || (tags.get('v') ?? 'DKIM1') !== 'DKIM1' || data === undefined) {
    return { why: 'the key record cannot be read' };
  }
  if (data === '') {
    return { why: 'the key is revoked (empty p=)' };
  }
  if (type !== algorithm.split('-', 1)[0] || (hashes && !hashes.includes('sha256'))) {
    return { why: `the key record is not for ${algorithm}` };
  }
  const services = tags
    .get('s')
    ?.split(':')
    .map((service) => service.trim()) ?? ['*'];
  if (!services.includes('*') && !services.includes('email')) {
    return { why: 'the key record is not for mail' };
  }
  const name = `${type} ${data}`;
  const key = parsed.get(name) ?? (type === 'rsa' ? rsa(data) : ed25519(data));
  if (parsed.size >= MOST_PARSED) {
    parsed.clear();
  }
  parsed.set(name, key);
  return key;
}

/** Few domains send most mail. */
const parsed = new Map<string, KeyOrWhy>();
const MOST_PARSED = 500;

/** Whether `signature` (base64) stands for `text`. DKIM signs the octets of the text; with Ed25519, their SHA-256 (RFC 8463 §3). */
export function isSigned(text: string, signature: string, { key, type }: { key: KeyObject; type: 'rsa' | 'ed25519' }): boolean {
  const octets = Buffer.from(signature, 'base64');
  const check = (data: Buffer): boolean =>
    type === 'rsa' ? verify('sha256', data, key, octets) : verify(null, createHash('sha256').update(data).digest(), key, octets);
  // Octets above 127 that were no UTF-8 were read as Latin-1: give them back as they were.
  return check(Buffer.from(text, 'utf8')) || (isLatin1(text) && check(Buffer.from(text, 'latin1')));
}

function isLatin1(text: string): boolean {
  return /[\u0080-\u00ff]/.test(text) && !/[\u0100-\uffff]/.test(text);
}

/** p= holds a SubjectPublicKeyInfo; some publish the bare RSAPublicKey that RFC 6376 names. */
function rsa(data: string): KeyOrWhy {
  const octets = Buffer.from(data, 'base64');
  const numbers = rsaNumbers(octets);
  for (const format of [...(numbers ? [null] : []), 'spki', 'pkcs1'] as const) {
    const key = parse(() => (numbers && format === null ? createPublicKey({ key: { kty: 'RSA', ...numbers }, format: 'jwk' }) : createPublicKey({ key: octets, format: 'der', type: format ?? 'spki' })));
    if (key?.asymmetricKeyType === 'rsa') {
      const bits = key.asymmetricKeyDetails?.modulusLength ?? 0;
      return bits < 1_024 || bits > 16_384 ? { why: `an RSA key of ${bits} bits is refused (RFC 8301)` } : { key, type: 'rsa' };
    }
  }
  return { why: 'the key record holds no RSA key' };
}

/** p= holds the 32 octets; some publish a SubjectPublicKeyInfo. */
function ed25519(data: string): KeyOrWhy {
  const octets = Buffer.from(data, 'base64');
  const key = parse(() =>
    octets.length === 32
      ? createPublicKey({ key: { kty: 'OKP', crv: 'Ed25519', x: octets.toString('base64url') }, format: 'jwk' })
      : createPublicKey({ key: octets, format: 'der', type: 'spki' }),
  );
  return key?.asymmetricKeyType === 'ed25519' ? { key, type: 'ed25519' } : { why: 'the key record holds no Ed25519 key' };
}

function parse(read: () => KeyObject): KeyObject | null {
  try {
    return read();
  } catch {
    return null;
  }
}
