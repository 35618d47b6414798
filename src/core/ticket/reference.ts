/** Letters that cannot be mistaken for one another when read aloud (Crockford's base 32). */
const ALPHABET = '0123456789ABCDEFGHJKMNPQRSTVWXYZ';

/** A reference such as UB-7K3Q-92X4, from at least five random bytes (40 bits). It is a name, not a secret. */
export function reference(random: Uint8Array): string {
  let bits = 0n;
  for (const byte of random.subarray(0, 5)) {
    bits = (bits << 8n) | BigInt(byte);
  }
  let text = '';
  for (let i = 0n; i < 8n; i++) {
    text = ALPHABET.charAt(Number((bits >> (5n * i)) & 31n)) + text;
  }
  return `UB-${text.slice(0, 4)}-${text.slice(4)}`;
}

/** Reads a reference as people write it: any case, without hyphens, O for 0, I and L for 1. Null when it is none. */
export function readReference(text: string): string | null {
  const plain = text.trim().toUpperCase().replace(/[\s-]/g, '').replace(/O/g, '0').replace(/[IL]/g, '1');
  return /^UB[0-9A-HJKMNP-TV-Z]{8}$/.test(plain) ? `UB-${plain.slice(2, 6)}-${plain.slice(6)}` : null;
}
