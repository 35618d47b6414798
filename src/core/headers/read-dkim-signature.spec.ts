import { readDkimSignature } from './read-dkim-signature';
import { splitFields } from './split-fields';

test('reads the tags of a signature', () => {
  const [field] = splitFields(
    'DKIM-Signature: v=1; a=RSA-SHA256; c=relaxed; d=Shop.Example; s=S1; i=ann@shop.example;\n t=1700000000; x=1700003600; l=10; h=From : To:\n\tSubject;from; bh=ab\n c=; b=x\n y==',
  );
  expect(readDkimSignature(field as never)).toMatchObject({
    algorithm: 'rsa-sha256',
    domain: 'shop.example',
    selector: 'S1',
    identity: 'ann@shop.example',
    headers: ['from', 'to', 'subject'],
    canonical: { headers: 'relaxed', body: 'simple' },
    bodyHash: 'abc=',
    signature: 'xy==',
    bodyLength: 10,
    signedAt: 1_700_000_000_000,
    expiresAt: 1_700_003_600_000,
    problems: [],
  });
});
