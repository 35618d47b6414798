import { generateKeyPairSync } from 'node:crypto';
import { KEYS, MESSAGE, rsaKey, signed } from '../../../test/fixtures/signed-mail';
import { proveDkimHeaders, type HeaderProof } from './prove-dkim-headers';
import { readDkimSignature } from './read-dkim-signature';
import { readMessage } from './read-message';
import { splitFields } from './split-fields';

const weak = generateKeyPairSync('rsa', { modulusLength: 768 }).publicKey.export({ type: 'spki', format: 'der' }).toString('base64');

const sign = async (key: keyof typeof KEYS, canonicalization?: string): Promise<string> => (await signed(key, canonicalization)).toString();

/** Only the header, as a customer pastes it. */
function prove(message: string, record: string | null): HeaderProof {
  const fields = splitFields(message);
  const field = fields.find(({ key }) => key === 'dkim-signature');
  if (!field) {
    throw new Error('the message is not signed');
  }
  return proveDkimHeaders(fields, readDkimSignature(field), record);
}

describe.each(['rsa', 'ed25519'] as const)('a DKIM signature by %s', (key) => {
  test.each(['relaxed/relaxed', 'simple/simple', 'relaxed/simple'])('%s is proven from the fields alone', async (canonicalization) => {
    expect(prove(await sign(key, canonicalization), KEYS[key].record).result).toBe('proven');
  });

  test('survives what copying does, when it is relaxed', async () => {
    const pasted = (await sign(key)).split('\r\n\r\n', 1)[0]?.replaceAll('\r\n', '\n').replaceAll('\t', '    ') ?? '';
    expect(prove(pasted, KEYS[key].record).result).toBe('proven');
    expect(prove(`X-New: 1\n${pasted}`, KEYS[key].record).result).toBe('proven');
    const quoted = readMessage(
      pasted
        .split('\n')
        .map((line) => `> ${line}`)
        .join('\n'),
    );
    expect(proveDkimHeaders(quoted.fields, readDkimSignature(quoted.fields[0] as never), KEYS[key].record).result).toBe('proven');
  });

  test.each([
    ['one word of the Subject', 'World', 'world'],
    ['a field in front of a signed one', 'To: bob', 'To: ann'],
    ['the body hash', / bh=./, ' bh=0'],
    ['the domain that signs', 'd=shop.example', 'd=shop.example2'],
  ])('breaks when %s is changed', async (_, from, to) => {
    const changed = (await sign(key)).replace(from, to);
    expect(prove(changed, KEYS[key].record).result).toBe('broken');
  });
});

test('takes repeated fields from the bottom up', async () => {
  const signed = await sign('rsa');
  const twice = signed.replace('Subject: Hello', 'Subject: Evil\r\nSubject: Hello');
  expect(prove(twice, KEYS.rsa.record).result).toBe('proven'); // h= names subject once: the lowest is the signed one
  expect(prove(signed.replace('Date: Fri', 'Subject: Evil\r\nDate: Fri'), KEYS.rsa.record).result).toBe('broken');
});

test('cannot tell after copying when the signature is simple', async () => {
  const pasted = (await sign('rsa', 'simple/simple')).replace('Hello   World', 'Hello World');
  expect(prove(pasted, KEYS.rsa.record)).toMatchObject({ result: 'unknown', why: expect.stringContaining('simple') as string });
});

test('gives Latin-1 octets back as they were', async () => {
  const { fields } = readMessage(await signed('rsa', 'relaxed/relaxed', Buffer.from(MESSAGE, 'latin1')));
  expect(fields.find(({ key }) => key === 'from')?.value).toContain('Jürgen');
  expect(proveDkimHeaders(fields, readDkimSignature(fields[0] as never), KEYS.rsa.record).result).toBe('proven');
});

test.each<[string, string | null, string]>([
  ['no key', null, 'no key'],
  ['a revoked key', 'v=DKIM1; p=', 'revoked'],
  ['a key of another kind', KEYS.ed25519.record, 'not for rsa-sha256'],
  ['a weak key', `p=${weak}`, '768 bits'],
  ['nonsense', 'v=DKIM1; p=AAAA', 'holds no RSA key'],
  ['a key not for mail', `s=tlsrpt; p=${rsaKey()}`, 'not for mail'],
  ['two p=', `p=; p=${rsaKey()}`, 'cannot be read'],
])('cannot tell with %s', async (_, record, why) => {
  const proof = prove(await sign('rsa'), record);
  expect(proof.result).toBe('unknown');
  expect(proof.why).toContain(why);
});

test('accepts a bare RSAPublicKey, as RFC 6376 names it', async () => {
  expect(prove(await sign('rsa'), `k=rsa; p=${rsaKey('pkcs1')}`).result).toBe('proven');
});

test('says why a signature cannot be used', async () => {
  const signed = await sign('rsa');
  expect(prove(signed.replace('a=rsa-sha256', 'a=rsa-sha1'), KEYS.rsa.record)).toMatchObject({
    result: 'unknown',
    why: expect.stringContaining('RFC 8301') as string,
  });
  expect(prove(signed.replace('d=shop.example', 'x=1'), KEYS.rsa.record)).toMatchObject({ result: 'unknown', why: 'tag d= is missing' });
  expect(prove(signed.replace('DKIM-Signature:', 'DKIM-Signature: a=rsa-sha256;'), KEYS.rsa.record)).toMatchObject({
    result: 'unknown',
    why: 'tag a= stands twice',
  });
  const long = signed.replace('X-Twice: second', `To: ${'x'.repeat(20_000)}`);
  expect(prove(long, KEYS.rsa.record)).toMatchObject({ result: 'unknown', why: expect.stringContaining('cut') as string });
});
