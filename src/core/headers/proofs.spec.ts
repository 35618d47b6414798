import { generateKeyPairSync } from 'node:crypto';
import { dkimSign } from 'mailauth/lib/dkim/sign';
import { authenticate } from 'mailauth';
import { proveArcSeal } from './prove-arc-seal';
import { proveDkimHeaders, type HeaderProof } from './prove-dkim-headers';
import { readArcSets } from './read-arc-sets';
import { readDkimSignature } from './read-dkim-signature';
import { readMessage } from './read-message';
import { splitFields } from './split-fields';

const rsa = generateKeyPairSync('rsa', { modulusLength: 2_048 });
const weak = generateKeyPairSync('rsa', { modulusLength: 768 });
const ed = generateKeyPairSync('ed25519');
const der = (key: typeof rsa.publicKey, type: 'spki' | 'pkcs1' = 'spki'): string => key.export({ type, format: 'der' }).toString('base64');
const KEYS = {
  rsa: { pem: rsa.privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(), record: `v=DKIM1; k=rsa; p=${der(rsa.publicKey)}`, algorithm: 'rsa-sha256' },
  ed25519: {
    pem: ed.privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
    record: `v=DKIM1; k=ed25519; p=${Buffer.from(ed.publicKey.export({ format: 'jwk' }).x as string, 'base64url').toString('base64')}`,
    algorithm: 'ed25519-sha256',
  },
};
const MESSAGE = [
  'From: "Shop, Jürgen" <news@shop.example>',
  'To: bob@example.net',
  'Subject: Hello   World,',
  '\tthis goes on',
  'X-Twice: first',
  'X-Twice: second',
  'Date: Fri, 20 Nov 2026 02:12:28 +0000',
  'Message-ID: <abc.1@shop.example>',
  'MIME-Version: 1.0',
  '',
  'Hello',
  '',
].join('\r\n');

async function sign(key: keyof typeof KEYS, canonicalization = 'relaxed/relaxed'): Promise<string> {
  const { signatures, errors } = await dkimSign(Buffer.from(MESSAGE), {
    canonicalization,
    signatureData: [{ signingDomain: 'shop.example', selector: 's1', privateKey: KEYS[key].pem, algorithm: KEYS[key].algorithm, canonicalization }],
  } as never);
  expect(errors).toEqual([]);
  return signatures + MESSAGE;
}

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
    expect((await prove(await sign(key, canonicalization), KEYS[key].record)).result).toBe('proven');
  });

  test('survives what copying does, when it is relaxed', async () => {
    const pasted = (await sign(key)).split('\r\n\r\n', 1)[0]?.replaceAll('\r\n', '\n').replaceAll('\t', '    ') ?? '';
    expect(prove(pasted, KEYS[key].record).result).toBe('proven');
    expect(prove(`X-New: 1\n${pasted}`, KEYS[key].record).result).toBe('proven');
    const quoted = readMessage(pasted.split('\n').map((line) => `> ${line}`).join('\n'));
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
  const { signatures } = await dkimSign(Buffer.from(MESSAGE, 'latin1'), {
    signatureData: [{ signingDomain: 'shop.example', selector: 's1', privateKey: KEYS.rsa.pem, algorithm: 'rsa-sha256' }],
  } as never);
  const { fields } = readMessage(Buffer.from(signatures + MESSAGE, 'latin1'));
  expect(fields.find(({ key }) => key === 'from')?.value).toContain('Jürgen');
  expect(proveDkimHeaders(fields, readDkimSignature(fields[0] as never), KEYS.rsa.record).result).toBe('proven');
});

test.each<[string, string | null, string]>([
  ['no key', null, 'no key'],
  ['a revoked key', 'v=DKIM1; p=', 'revoked'],
  ['a key of another kind', KEYS.ed25519.record, 'not for rsa-sha256'],
  ['a weak key', `p=${der(weak.publicKey)}`, '768 bits'],
  ['nonsense', 'v=DKIM1; p=AAAA', 'holds no RSA key'],
  ['a key not for mail', `s=tlsrpt; p=${der(rsa.publicKey)}`, 'not for mail'],
  ['two p=', `p=; p=${der(rsa.publicKey)}`, 'cannot be read'],
])('cannot tell with %s', async (_, record, why) => {
  const proof = prove(await sign('rsa'), record);
  expect(proof.result).toBe('unknown');
  expect(proof.why).toContain(why);
});

test('accepts a bare RSAPublicKey, as RFC 6376 names it', async () => {
  expect(prove(await sign('rsa'), `k=rsa; p=${der(rsa.publicKey, 'pkcs1')}`).result).toBe('proven');
});

test('says why a signature cannot be used', async () => {
  const signed = await sign('rsa');
  expect(prove(signed.replace('a=rsa-sha256', 'a=rsa-sha1'), KEYS.rsa.record)).toMatchObject({ result: 'unknown', why: expect.stringContaining('RFC 8301') as string });
  expect(prove(signed.replace('d=shop.example', 'x=1'), KEYS.rsa.record)).toMatchObject({ result: 'unknown', why: 'tag d= is missing' });
  expect(prove(signed.replace('DKIM-Signature:', 'DKIM-Signature: a=rsa-sha256;'), KEYS.rsa.record)).toMatchObject({ result: 'unknown', why: 'tag a= stands twice' });
  const long = signed.replace('X-Twice: second', `To: ${'x'.repeat(20_000)}`);
  expect(prove(long, KEYS.rsa.record)).toMatchObject({ result: 'unknown', why: expect.stringContaining('cut') as string });
});

test('reads the tags of a signature', () => {
  const [field] = splitFields('DKIM-Signature: v=1; a=RSA-SHA256; c=relaxed; d=Shop.Example; s=S1; i=ann@shop.example;\n t=1700000000; x=1700003600; l=10; h=From : To:\n\tSubject;from; bh=ab\n c=; b=x\n y==');
  expect(readDkimSignature(field as never)).toMatchObject({
    algorithm: 'rsa-sha256', domain: 'shop.example', selector: 'S1', identity: 'ann@shop.example', headers: ['from', 'to', 'subject'],
    canonical: { headers: 'relaxed', body: 'simple' }, bodyHash: 'abc=', signature: 'xy==', bodyLength: 10, signedAt: 1_700_000_000_000, expiresAt: 1_700_003_600_000, problems: [],
  });
});

describe('ARC', () => {
  const records = { 's1._domainkey.shop.example': [KEYS.rsa.record], 'a1._domainkey.list.example': [KEYS.rsa.record], 'a2._domainkey.mx.example': [KEYS.rsa.record] };
  const resolver = (name: string): Promise<string[][]> => {
    const found = records[name as keyof typeof records];
    return found ? Promise.resolve([found]) : Promise.reject(Object.assign(new Error(name), { code: 'ENOTFOUND' }));
  };

  async function seal(message: string, signingDomain: string, selector: string, key: keyof typeof KEYS): Promise<string> {
    const at = { signingDomain, selector, privateKey: KEYS[key].pem, algorithm: KEYS[key].algorithm };
    const sealed = await authenticate(message, { ip: '203.0.113.7', helo: 'x', mta: signingDomain, sender: 'news@shop.example', resolver, disableBimi: true, seal: at } as never);
    return sealed.headers + message;
  }

  let once: string;
  let twice: string;
  beforeAll(async () => {
    once = await seal(await sign('rsa'), 'list.example', 'a1', 'rsa');
    twice = await seal(once, 'mx.example', 'a2', 'rsa');
  });

  test('seals are proven from the fields alone', () => {
    expect(proveArcSeal(splitFields(once), records)).toMatchObject({ result: 'proven', messageSignature: 'proven', sealedBy: { domain: 'list.example', selector: 'a1' } });
    expect(proveArcSeal(splitFields(twice), records)).toMatchObject({ result: 'proven', messageSignature: 'proven', sealedBy: { domain: 'mx.example', selector: 'a2' } });
    expect(proveArcSeal(splitFields(MESSAGE), records)).toBeNull();
  });

  test.each([
    ['one word of ARC-Authentication-Results', (text: string) => text.replace(/(ARC-Authentication-Results: i=1;[^]*?)spf=\w+/, '$1spf=other')],
    ['the time of a seal', (text: string) => text.replace(/(ARC-Seal: i=1;[^]*?) t=\d/, '$1 t=9')],
    ['a signed field', (text: string) => text.replace('World', 'world')],
    ['a chain that had failed', (text: string) => text.replace('cv=pass', 'cv=fail')],
    ['a gap', (text: string) => text.replaceAll(/^(ARC-[A-Za-z-]+: )i=2;/gm, '$1i=3;')],
    ['a double', (text: string) => `ARC-Seal: i=1; cv=none; a=rsa-sha256; d=x; s=x; b=x\r\n${text}`],
  ])('breaks by %s', (_, change) => {
    const changed = change(twice);
    expect(changed).not.toBe(twice);
    expect(proveArcSeal(splitFields(changed), records)?.result).toBe('broken');
  });

  test('cannot tell without a key', () => {
    expect(proveArcSeal(splitFields(twice), { ...records, 'a1._domainkey.list.example': undefined })?.result).toBe('unknown');
  });

  test('sorts the sets', () => {
    expect(readArcSets(splitFields(twice))).toMatchObject({ problems: [], sets: [{ instance: 1, chain: 'none' }, { instance: 2, chain: 'pass' }] });
    expect(readArcSets(splitFields('ARC-Seal: i=0; cv=none\n'))?.problems).toHaveLength(1);
    expect(readArcSets(splitFields('ARC-Seal: i=2; cv=pass\n'))?.problems).toEqual(['instance 1 is missing', 'instance 2 is not complete']);
  });
});
