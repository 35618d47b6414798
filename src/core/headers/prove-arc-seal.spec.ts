import { createHash, sign } from 'node:crypto';
import { KEYS, MESSAGE, RECORDS, sealed, signed } from '../../../test/fixtures/signed-mail';
import { proveArcSeal } from './prove-arc-seal';
import { readArcSets } from './read-arc-sets';
import { splitFields } from './split-fields';

describe('ARC', () => {
  let once: string;
  let twice: string;
  beforeAll(async () => {
    once = await sealed((await signed('rsa')).toString(), 'list.example', 'a1');
    twice = await sealed(once, 'mx.example', 'a2');
  });

  test('seals are proven from the fields alone', () => {
    expect(proveArcSeal(splitFields(once), RECORDS)).toMatchObject({
      result: 'proven',
      messageSignature: 'proven',
      sealedBy: { domain: 'list.example', selector: 'a1' },
    });
    expect(proveArcSeal(splitFields(twice), RECORDS)).toMatchObject({
      result: 'proven',
      messageSignature: 'proven',
      sealedBy: { domain: 'mx.example', selector: 'a2' },
    });
    expect(proveArcSeal(splitFields(MESSAGE), RECORDS)).toBeNull();
  });

  test.each([
    [
      'one word of ARC-Authentication-Results',
      (text: string) => text.replace(/(ARC-Authentication-Results: i=1;[^]*?)spf=\w+/, '$1spf=other'),
    ],
    ['the time of a seal', (text: string) => text.replace(/(ARC-Seal: i=1;[^]*?) t=\d/, '$1 t=9')],
    ['a signed field', (text: string) => text.replace('World', 'world')],
    ['a chain that had failed', (text: string) => text.replace('cv=pass', 'cv=fail')],
    ['a gap', (text: string) => text.replaceAll(/^(ARC-[A-Za-z-]+: )i=2;/gm, '$1i=3;')],
    ['a double', (text: string) => `ARC-Seal: i=1; cv=none; a=rsa-sha256; d=x; s=x; b=x\r\n${text}`],
  ])('breaks by %s', (_, change) => {
    const changed = change(twice);
    expect(changed).not.toBe(twice);
    expect(proveArcSeal(splitFields(changed), RECORDS)?.result).toBe('broken');
  });

  test('a seal may be made with Ed25519 (RFC 8463)', () => {
    const raw = (key: string): string => splitFields(once).find((field) => field.key === key)?.raw ?? '';
    // relaxed, RFC 6376 §3.4.2, written anew here
    const relaxed = (text: string): string => `${(text.split(':', 1)[0] ?? '').toLowerCase()}:${text.slice(text.indexOf(':') + 1).replace(/\s+/g, ' ').trim()}`;
    const unsigned = raw('arc-seal').replace('a=rsa-sha256', 'a=ed25519-sha256').replace('s=a1', 's=e1').replace(/\bb=[\w+/=\s]+$/, 'b=');
    const text = [raw('arc-authentication-results'), raw('arc-message-signature'), unsigned].map(relaxed).join('\r\n');
    const seal = unsigned + sign(null, createHash('sha256').update(text).digest(), KEYS.ed25519.pem).toString('base64');
    const keys = { ...RECORDS, 'e1._domainkey.list.example': [KEYS.ed25519.record] };
    const resealed = once.replace(raw('arc-seal'), seal);
    expect(proveArcSeal(splitFields(resealed), keys)).toMatchObject({ result: 'proven', messageSignature: 'proven', sealedBy: { domain: 'list.example', selector: 'e1' } });
    expect(proveArcSeal(splitFields(resealed.replace('dkim=pass', 'dkim=fail')), keys)?.result).toBe('broken');
    expect(proveArcSeal(splitFields(resealed), { ...keys, 'e1._domainkey.list.example': [KEYS.rsa.record] })?.result).toBe('unknown');
  });

  test('cannot tell without a key', () => {
    expect(proveArcSeal(splitFields(twice), { ...RECORDS, 'a1._domainkey.list.example': undefined })?.result).toBe('unknown');
  });

  test('sorts the sets', () => {
    expect(readArcSets(splitFields(twice))).toMatchObject({
      problems: [],
      sets: [
        { instance: 1, chain: 'none' },
        { instance: 2, chain: 'pass' },
      ],
    });
    expect(readArcSets(splitFields('ARC-Seal: i=0; cv=none\n'))?.problems).toHaveLength(1);
    expect(readArcSets(splitFields('ARC-Seal: i=2; cv=pass\n'))?.problems).toEqual(['instance 1 is missing', 'instance 2 is not complete']);
  });
});
