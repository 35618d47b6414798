import { generateKeyPairSync } from 'node:crypto';
import { dkimVerify } from 'mailauth/lib/dkim/verify';
import { samples } from './samples';
import { seed } from './seed';

const { privateKey, publicKey } = generateKeyPairSync('rsa', { modulusLength: 2048, publicKeyEncoding: { type: 'spki', format: 'der' }, privateKeyEncoding: { type: 'pkcs8', format: 'pem' } });
const world = seed(new Date('2026-11-20T12:00:00Z'), publicKey.toString('base64'));
const spam = world.episodes.map((e) => e.block).filter((b) => b.kind === 'spam' && b.state === 'blocked');
const hostOf = (ip: string): string | null => world.addresses.find((a) => a.ip === ip)?.host ?? null;
const resolver = (name: string, type: string): Promise<string[][]> => {
  const found = world.dns.find((r) => r.name === name && r.type === type);
  return found ? Promise.resolve(found.values.map((v) => [v])) : Promise.reject(Object.assign(new Error('none'), { code: 'ENOTFOUND' }));
};

test.each(spam.map((b) => [b.ip, b] as const))('the samples of %s are what the filter saw', async (ip, block) => {
  const made = await samples(block, hostOf(ip), privateKey);
  expect(made.map((s) => s.messageId)).toEqual(block.detections?.map((d) => d.messageId));
  for (const sample of made) {
    expect(sample.headers).toContain(`[${ip.includes(':') ? 'IPv6:' : ''}${ip}])`);
    expect(sample.headers).toContain('by mx.empfang.example (Postfix)');
    expect(sample.headers).toContain(`Message-ID: ${sample.messageId}`);
    expect(sample.message.startsWith(sample.headers.replace(/\n/g, '\r\n'))).toBe(true);
    const { results } = await dkimVerify(sample.message, { resolver });
    const expected = ip === '203.0.113.131' ? 'none' : 'pass';   // one domain does not sign
    expect(results.map((r) => r.status.result)).toEqual([expected]);
  }
});

test('bulk mail with one-click unsubscribe signs both of its fields', async () => {
  const block = spam.find((b) => b.ip === '198.51.100.88')!;
  const [sample] = await samples(block, hostOf(block.ip), privateKey);
  expect(sample?.headers).toMatch(/List-Unsubscribe-Post: List-Unsubscribe=One-Click/);
  expect(sample?.headers.replace(/\s+/g, ' ')).toMatch(/h=[^;]*List-Unsubscribe-Post[^;]*;/);
});

test('a hack block has none', async () => {
  const hack = world.episodes.map((e) => e.block).find((b) => b.kind === 'hack')!;
  expect(await samples(hack, hostOf(hack.ip), privateKey)).toEqual([]);
});
