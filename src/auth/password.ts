import { randomBytes, scrypt, timingSafeEqual } from 'node:crypto';

/** scrypt at the strength that OWASP names first (N 2^17, r 8, p 1: 128 MiB, about 0.3 s). Kept in the hash, so it can grow. */
const N = 2 ** 17;
const derive = (password: string, salt: Buffer, n: number): Promise<Buffer> =>
  new Promise((resolve, reject) =>
    scrypt(password.normalize('NFKC'), salt, 32, { N: n, r: 8, p: 1, maxmem: 256 * n * 8 }, (error, key) => (error ? reject(error) : resolve(key))),
  );

/** A hash to store: `scrypt$N$salt$key`, base64url. `n` is lowered by tests only. */
export async function hashPassword(password: string, n = N): Promise<string> {
  const salt = randomBytes(16);
  return ['scrypt', n, salt.toString('base64url'), (await derive(password, salt, n)).toString('base64url')].join('$');
}

/** Compares in constant time. False for a hash that cannot be read. */
export async function verifyPassword(password: string, hash: string): Promise<boolean> {
  const [scheme, n, salt, key] = hash.split('$');
  if (scheme !== 'scrypt' || !n || !salt || !key) {
    return false;
  }
  const expected = Buffer.from(key, 'base64url');
  const given = await derive(password, Buffer.from(salt, 'base64url'), Number(n));
  return given.length === expected.length && timingSafeEqual(given, expected);
}
