import { Logger } from '@nestjs/common';
import { createHmac, generateKeyPairSync, randomUUID } from 'node:crypto';
import { SignJWT, UnsecuredJWT } from 'jose';
import type { DataSource } from 'typeorm';
import { LaunchService } from '../../src/auth/launch.service';
import type { Clock } from '../../src/platform/clock';
import { loadConfig } from '../../src/platform/config/config';
import { testDatabase, type TestDatabase } from '../support/database';

const SECRET = 'a key of its own, for launches only';
const now = new Date('2026-11-20T12:00:00Z');
const seconds = now.getTime() / 1000;

describe('T01, T02: a launch from the NOC', () => {
  let database: TestDatabase;
  let source: DataSource;
  const desk = (key: string = SECRET, at = now) =>
    new LaunchService(loadConfig({ DATABASE_URL: 'postgres://x', SECRET: 's'.repeat(32), NOC_URL: 'http://n', NOC_TOKEN: 't', NOC_LAUNCH_KEY: key }), source, { now: () => at } as Clock);
  const made = (claims: object = {}, header: object = {}) =>
    new SignJWT({ email: 'ops@shop.example', name: 'Shop', ip: '2001:DB8::0:25', kind: 'spam', blockedAt: '2026-11-20T08:41:07Z', aud: 'unblock-desk', sub: 'A-1', jti: randomUUID(), exp: seconds + 60, ...claims })
      .setProtectedHeader({ alg: 'HS256', typ: 'launch+jwt', ...header });
  const signed = (claims: object = {}, header: object = {}, key = SECRET) => made(claims, header).sign(new TextEncoder().encode(key));

  beforeAll(async () => {
    Logger.overrideLogger(false);
    database = await testDatabase();
    source = await database.connect();
  });
  afterAll(() => database?.drop());

  it('says who came and for which block', async () => {
    expect(await desk().accept(await signed())).toEqual({
      ok: true, account: { id: 'A-1', email: 'ops@shop.example', name: 'Shop' }, launch: { ip: '2001:db8::25', kind: 'spam', blockedAt: '2026-11-20T08:41:07Z' },
    });
  });

  it('works once, also when it is used fifty times at once', async () => {
    const token = await signed();
    const results = await Promise.all(Array.from({ length: 50 }, () => desk().accept(token)));
    expect(results.filter((result) => result.ok)).toHaveLength(1);
    expect(results.filter((result) => !result.ok && result.why === 'used')).toHaveLength(49);
  });

  it('takes Ed25519 by its public key', async () => {
    const { publicKey, privateKey } = generateKeyPairSync('ed25519');
    const pem = publicKey.export({ type: 'spki', format: 'pem' }).toString();
    const token = await made({}, { alg: 'EdDSA' }).sign(privateKey);
    expect(await desk(pem.replaceAll('\n', '\\n')).accept(token)).toMatchObject({ ok: true });
    expect(await desk(pem).accept(await signed({}, {}, pem))).toMatchObject({ ok: false, why: 'bad_signature' }); // HS256 with the public key as secret
  });

  it.each<[string, () => string | Promise<string>, string]>([
    ['another key', () => signed({}, {}, 'x'.repeat(40)), 'bad_signature'],
    ['no algorithm', () => new UnsecuredJWT({ sub: 'A-1' }).setAudience('unblock-desk').encode(), 'bad_signature'],
    ['no algorithm, without a last dot', () => `${Buffer.from('{"alg":"none"}').toString('base64url')}.e30.`, 'bad_signature'],
    ['another algorithm with the same key', () => made({}, { alg: 'HS512' }).sign(new TextEncoder().encode(SECRET.repeat(3))), 'bad_signature'],
    ['a key of its own', () => signed({}, { jku: 'https://evil.example/keys' }), 'bad_signature'],
    ['an embedded key', () => signed({}, { jwk: { kty: 'oct', k: 'AAAA' } }), 'bad_signature'],
    ['an age of 61 s', () => signed({ exp: seconds - 1 }), 'expired'],
    ['a life of two minutes', () => signed({ exp: seconds + 120 }), 'too_long_lived'],
    ['another audience', () => signed({ aud: 'billing' }), 'wrong_audience_or_type'],
    ['another type', () => signed({}, { typ: 'JWT' }), 'wrong_audience_or_type'],
    ['no expiry', () => signed({ exp: undefined }), 'incomplete'],
    ['no id', () => signed({ jti: undefined }), 'incomplete'],
    ['no account', () => signed({ sub: undefined }), 'incomplete'],
    ['no e-mail', () => signed({ email: undefined }), 'incomplete'],
    ['an address that is none', () => signed({ ip: '999.1.1.1' }), 'incomplete'],
    ['something else', () => 'hello', 'malformed'],
    ['something like a token', () => 'a.b.c', 'malformed'],
    ['a body that is no JSON', () => {
      const start = `${Buffer.from('{"alg":"HS256","typ":"launch+jwt"}').toString('base64url')}.${Buffer.from('hello').toString('base64url')}`;
      return `${start}.${createHmac('sha256', SECRET).update(start).digest('base64url')}`;
    }, 'malformed'],
    ['a megabyte', () => `a.${'b'.repeat(1_000_000)}.c`, 'malformed'],
  ])('refuses a token with %s', async (_, token, why) => {
    expect(await desk().accept(await token())).toMatchObject({ ok: false, why });
  });

  it('takes none when no key is set', async () => {
    expect(await desk('').accept(await signed())).toMatchObject({ ok: false, why: 'not_configured' });
  });
});
