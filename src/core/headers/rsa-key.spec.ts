import { createPublicKey, generateKeyPairSync } from 'node:crypto';
import { rsaNumbers } from './rsa-key';

const key = (bits: number, e = 65_537) => generateKeyPairSync('rsa', { modulusLength: bits, publicExponent: e }).publicKey;
const one = key(1_024).export({ type: 'spki', format: 'der' });

test.each([[512, 65_537], [1_024, 3], [1_032, 65_537], [2_048, 65_537], [4_096, 65_537]])('the numbers of a key of %d bits with exponent %d are read from both forms', (bits, e) => {
  const made = key(bits, e);
  const { n, e: exponent } = made.export({ format: 'jwk' });
  expect(rsaNumbers(made.export({ type: 'spki', format: 'der' }))).toEqual({ n, e: exponent });
  expect(rsaNumbers(made.export({ type: 'pkcs1', format: 'der' }))).toEqual({ n, e: exponent });
});

test('a key of its numbers is the key', () => {
  const numbers = rsaNumbers(one);
  const again = createPublicKey({ key: { kty: 'RSA', ...numbers }, format: 'jwk' });
  expect(again.export({ type: 'spki', format: 'der' })).toEqual(one);
});

test('what is cut, goes on, or is no RSA key has none', () => {
  for (let length = 0; length < one.length; length++) {
    expect(rsaNumbers(one.subarray(0, length))).toBeNull();
  }
  const ed = generateKeyPairSync('ed25519').publicKey.export({ type: 'spki', format: 'der' });
  const negative = Buffer.from('3006020181020103', 'hex');
  const indefinite = Buffer.from('30800201050201030000', 'hex');
  const nothing = Buffer.from('3006020100020103', 'hex');
  for (const octets of [Buffer.concat([one, Buffer.from([0])]), ed, negative, indefinite, nothing, Buffer.alloc(300, 0x30)]) {
    expect(rsaNumbers(octets)).toBeNull();
  }
});

test('no octet that is changed makes it throw, and a number that is changed is read as it stands', () => {
  for (let at = 0; at < one.length; at++) {
    const changed = Buffer.from(one);
    changed[at] = (changed[at] ?? 0) ^ 0x41;
    const numbers = rsaNumbers(changed);
    expect(numbers === null || numbers.n.length > 0).toBe(true);
  }
});
