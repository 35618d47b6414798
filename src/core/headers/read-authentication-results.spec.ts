import { readAuthenticationResults, type AuthenticationResults } from './read-authentication-results';
import { splitFields } from './split-fields';

function read(value: string, name = 'Authentication-Results'): AuthenticationResults {
  const [field] = splitFields(`${name}: ${value}`);
  if (!field) {
    throw new Error('the sample is no field');
  }
  return readAuthenticationResults(field);
}

const short = (results: AuthenticationResults): string[] => results.results.map(({ method, result }) => `${method}=${result}`);

test('reads methods, results, reasons, properties and comments', () => {
  const read1 = read(
    'mx.google.com;\n       dkim=pass header.i=@shop.example header.s=s1 header.b="a1/b";\n       spf=pass (google.com: domain of a@shop.example designates 203.0.113.7 as permitted sender) smtp.mailfrom=a@shop.example;\n       dmarc=fail reason="no (good) match; sorry" (p=REJECT sp=REJECT dis=NONE) header.from=shop.example',
  );
  expect(read1).toMatchObject({ authservId: 'mx.google.com', version: null, conflicting: [] });
  expect(short(read1)).toEqual(['dkim=pass', 'spf=pass', 'dmarc=fail']);
  expect(read1.results[0]?.properties).toEqual([
    { ptype: 'header', property: 'i', value: '@shop.example' },
    { ptype: 'header', property: 's', value: 's1' },
    { ptype: 'header', property: 'b', value: 'a1/b' },
  ]);
  expect(read1.results[1]).toMatchObject({ comment: 'google.com: domain of a@shop.example designates 203.0.113.7 as permitted sender' });
  expect(read1.results[2]).toMatchObject({ reason: 'no (good) match; sorry' });
});

test.each<[string, string, string | null, number | null, string[]]>([
  ['a version', 'mx.example 1; spf=none', 'mx.example', 1, ['spf=none']],
  ['a quoted id', '"MX.example" ; spf=none', 'mx.example', null, ['spf=none']],
  ['comments everywhere', '(a) mx.example (b) 1 (c (d)); (e) spf (f) = (g) pass (h) smtp (i) .mailfrom=x', 'mx.example', 1, ['spf=pass']],
  ['no result', 'mx.example; none', 'mx.example', null, []],
  ['a method version', 'mx.example; dkim/1 = PASS header.d=x.example', 'mx.example', null, ['dkim=pass']],
  [
    'Outlook, no id',
    'spf=pass (sender IP is 203.0.113.7)\n smtp.mailfrom=shop.example; dkim=pass (signature was verified)\n header.d=shop.example;dmarc=pass action=none\n header.from=shop.example;compauth=pass reason=100',
    null,
    null,
    ['spf=pass', 'dkim=pass', 'dmarc=pass', 'compauth=pass'],
  ],
  [
    'Outlook, a host in the middle',
    'spf=pass (sender IP is 1.2.3.4) smtp.mailfrom=a.example; outlook.com; dkim=none (message not signed) header.d=none;outlook.com; dmarc=none',
    null,
    null,
    ['spf=pass', 'dkim=none', 'dmarc=none'],
  ],
  ['nothing', '', null, null, []],
])('%s', (_, value, id, version, results) => {
  const found = read(value);
  expect(found).toMatchObject({ authservId: id, version });
  expect(short(found)).toEqual(results);
});

test.each([
  ['a comment', 'mx.example; spf=fail (dmarc=pass; dmarc=pass) smtp.mailfrom=x.example'],
  ['a nested comment', 'mx.example; spf=fail (a (b) ; dmarc=pass) smtp.mailfrom=x.example'],
  ['a quoted local part', 'mx.example; spf=fail smtp.mailfrom="x; dmarc=pass"@evil.example'],
  ['a property', 'mx.example; spf=fail smtp.mailfrom=x.example dmarc=pass header.from=bank.example'],
  ['a comment never closed', 'mx.example; spf=fail (x; dmarc=pass'],
  ['a quote never closed', 'mx.example; spf=fail reason="x; dmarc=pass'],
])('takes no result out of %s', (_, value) => {
  expect(short(read(value))).toEqual(['spf=fail']);
});

test('keeps the local part together', () => {
  expect(read('mx.example; spf=fail smtp.mailfrom="a b"@x.example').results[0]?.properties[0]?.value).toBe('"a b"@x.example');
});

test('two results of one method are none', () => {
  const found = read('mx.example; dmarc=pass header.from=a.example; spf=pass; dmarc=fail header.from=a.example');
  expect(found.conflicting).toEqual(['dmarc']);
  expect(short(found)).toEqual(['spf=pass']);
});

test('results for two signatures, or for two identities of SPF, do not conflict', () => {
  const found = read(
    'mx.example; dkim=pass header.d=a.example header.s=1; dkim=fail header.d=b.example header.s=2; spf=pass smtp.mailfrom=x@a.example; spf=none smtp.helo=a.example; iprev=pass; iprev=pass',
  );
  expect(found.conflicting).toEqual([]);
  expect(found.results).toHaveLength(6);
});

test('passes over the instance of ARC-Authentication-Results', () => {
  expect(read('i=1; mx.example; dkim=pass header.d=a.example', 'ARC-Authentication-Results')).toMatchObject({
    authservId: 'mx.example',
    results: [{ method: 'dkim' }],
  });
});
