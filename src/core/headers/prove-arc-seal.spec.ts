import { MESSAGE, RECORDS, sealed, signed } from '../../../test/fixtures/signed-mail';
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
