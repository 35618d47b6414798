import { decodeWords } from './decode-words';
import { normaliseMessageId } from './normalise-message-id';
import { organisation } from './organisation';
import { readContentType } from './read-content-type';
import { readListUris } from './read-list-uris';
import { readTagList, readTags } from './read-tags';

test.each([
  ['<Abc.1@Shop.EXAMPLE>', 'Abc.1@shop.example'],
  ['  Abc.1@shop.example ', 'Abc.1@shop.example'],
  ['Message-Id:  <a@b.example>', 'a@b.example'],
  ['message-id: a@b.example', 'a@b.example'],
  ['(was) < a\t@b.example > (x)', 'a@b.example'],
  ['a@b.example (comment)', 'a@b.example'],
  ['<"a@b"@c.example>', '"a@b"@c.example'],
  ['', null],
  ['<>', null],
  ['no id', null],
  ['@b', null],
  [`<${'a'.repeat(1_500)}@b>`, null],
])('message id of %j is %j', (text, id) => {
  expect(normaliseMessageId(text)).toBe(id);
});

test.each([
  ['=?UTF-8?B?R1JBVElT?= now', 'GRATIS now'],
  ['=?iso-8859-1?Q?caf=E9?=', 'café'],
  ['=?utf-8?q?a?= =?utf-8?q?b?=', 'ab'],
  ['=?nonsense?x?y?=', '=?nonsense?x?y?='],
  ['plain\nand\ttabbed', 'plain and tabbed'],
  ['=?utf-8?b?PHNjcmlwdD4NCg==?=', '<script>  '],
])('words of %j', (text, decoded) => {
  expect(decodeWords(text)).toBe(decoded);
});

test.each([
  ['mail.shop.example.co.uk', 'example.co.uk'],
  ['Shop.Example.', 'shop.example'],
  ['a.b.github.io', 'b.github.io'],
  ['co.uk', null],
  ['localhost', null],
  ['192.0.2.1', null],
  ['', null],
])('organisation of %s is %s', (domain, expected) => {
  expect(organisation(domain)).toBe(expected);
});

test('tags keep their inner blanks, know their doubles and their case', () => {
  expect([...readTags('v=DKIM1; k = rsa ;p=MIG f\n A==;; x')]).toEqual([
    ['v', 'DKIM1'],
    ['k', 'rsa'],
    ['p', 'MIG f\n A=='],
  ]);
  expect(readTagList('a=1; a=2; A=3')).toEqual({
    tags: new Map([
      ['a', '1'],
      ['A', '3'],
    ]),
    duplicates: ['a'],
  });
});

test('list fields', () => {
  expect(readListUris('(use <http://no.example> this) <mailto:out@list.example?subject=x>, <https://list.example/u?a=1, 2>')).toEqual(['mailto:out@list.example?subject=x', 'https://list.example/u?a=1,2']);
  expect(readListUris('none')).toEqual([]);
});

test('content types', () => {
  const { type, parameters } = readContentType(
    'Multipart/Report (x;y); report-type=delivery-status; boundary="a;\\"b"; name*0="x"; name*1=".eml"',
  );
  expect(type).toBe('multipart/report');
  expect([...parameters]).toEqual([
    ['report-type', 'delivery-status'],
    ['boundary', 'a;"b'],
    ['name', 'x.eml'],
  ]);
});
