import { createHmac, createPrivateKey, generateKeyPairSync, randomBytes, sign } from 'node:crypto';
import { Sealed } from '../platform/sealed';

export type KeyKind = 'hmac' | 'ed25519';

/** A key as it signs: bytes for HMAC (v1), a private key in PKCS#8 for ed25519 (v1a). */
export interface SigningKey { kind: KeyKind; bytes: Buffer }

/** What is made: `sealed` is kept, `public` of an ed25519 key may be shown at any time, `secret` of an HMAC key once. */
export interface MadeKey { kind: KeyKind; sealed: Buffer; public: string | null; secret: string | null }

/** Keys that sign webhooks lie in the database only sealed: a copy of the table forges nothing. */
export class KeyBox {
  private readonly box: Sealed;

  constructor(secret: string) {
    this.box = new Sealed(secret, 'webhook keys');
  }

  make(kind: KeyKind): MadeKey {
    if (kind === 'hmac') {
      const bytes = randomBytes(32);
      return { kind, sealed: this.box.close(bytes), public: null, secret: `whsec_${bytes.toString('base64')}` };
    }
    const { privateKey, publicKey } = generateKeyPairSync('ed25519');
    const raw = Buffer.from(publicKey.export({ format: 'jwk' }).x ?? '', 'base64url');
    return { kind, sealed: this.box.close(privateKey.export({ format: 'der', type: 'pkcs8' })), public: `whpk_${raw.toString('base64')}`, secret: null };
  }

  /** @throws Error when SECRET is another one than when it was sealed */
  open(kind: KeyKind, sealed: Buffer): SigningKey {
    return { kind, bytes: this.box.open(sealed) };
  }
}

/** Standard Webhooks writes a secret as `whsec_` and base64; any other text is the key itself. Two, comma-separated, while one replaces the other. */
export function keysOfSettings(text: string): SigningKey[] {
  return text.split(',').map((one) => one.trim()).filter(Boolean).map((one) => ({ kind: 'hmac', bytes: one.startsWith('whsec_') ? Buffer.from(one.slice('whsec_'.length), 'base64') : Buffer.from(one) }));
}

/** The three headers of Standard Webhooks, with a signature of every key that is active. */
export function signedHeaders(id: string, seconds: number, body: string, keys: readonly SigningKey[]): Record<string, string> {
  const content = Buffer.from(`${id}.${seconds}.${body}`);
  const signatures = keys.map(({ kind, bytes }) =>
    kind === 'hmac' ? `v1,${createHmac('sha256', bytes).update(content).digest('base64')}` : `v1a,${sign(null, content, createPrivateKey({ key: bytes, format: 'der', type: 'pkcs8' })).toString('base64')}`);
  return { 'content-type': 'application/json', 'webhook-id': id, 'webhook-timestamp': String(seconds), 'webhook-signature': signatures.join(' ') };
}
