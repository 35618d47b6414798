import { searchKeys } from './search-keys';
import { searchWords, withoutPacked } from './search-words';

describe('the words of a text', () => {
  it.each([
    ['Spoke to the HOSTING team: case 12.', ['spoke', 'to', 'the', 'hosting', 'team', 'case', '12']],
    ['a/b:c a', ['a', 'b', 'c', 'a']],
    ['wp-content/plugins/x_y.php', ['wp', 'content', 'plugins', 'x', 'y', 'php']],
    ['Größe und GRÖSSE', ['größe', 'und', 'grösse']],
    ['Бан снят', ['бан', 'снят']],
    ['pay\u00ADpal \u202Eevil\u202C', ['paypal', 'evil']],
    ['ＦＵＬＬ ﬁne', ['full', 'fine']],
    ['e\u0301cole', ['école']],
    [`':* & ! <-> ()`, []],
    ['', []],
    [`${'x'.repeat(101)} y`, ['y']],
  ])('of %j are %j', (text, words) => expect(searchWords(text)).toEqual(words));

  it('are looked for as they are kept', () => expect(searchWords('mail.Example.com')).toEqual(searchWords('mail example com')));
});

describe('what only machines read', () => {
  it.each([
    ['a signature', `b=${'Ab3+/'.repeat(14)}\n ${'Zz9'.repeat(20)}==;`],
    ['an attachment', `${'QUJD2x'.repeat(12)}\n${'QUJD2x'.repeat(12)}`],
  ])('is left out: %s', (_, packed) => expect(searchWords(withoutPacked(`before ${packed} after`)).filter((word) => word.length > 1)).toEqual(['before', 'after']));

  it.each([
    ['a Message-ID', `<${'CAHkwhTq'.repeat(6)}@mail.gmail.com>`, 'CAHkwhTq'.repeat(6).toLowerCase()],
    ['a path', `/${'very/'.repeat(12)}long`, 'very'],
    ['a sum', 'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855', 'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855'],
    ['a long word of letters in a sentence', 'Donaudampfschifffahrtsgesellschaft', 'donaudampfschifffahrtsgesellschaft'],
  ])('and nothing else: %s', (_, text, word) => expect(searchWords(withoutPacked(text))).toContain(word));
});

describe('the keys of a text', () => {
  it.each([
    ['Ops <Ops@Sub.Example.com>, x', ['at:ops@sub.example.com', 'dom:sub.example.com', 'dom:example.com']],
    ['Message-ID: <a.b-c+d@host-1.example>', ['at:a.b-c+d@host-1.example', 'dom:host-1.example']],
    ['from mail.example.org (HELO x) by mx.example.org.', ['dom:mail.example.org', 'dom:example.org', 'dom:mx.example.org']],
    ['version 1.2.3 on 192.0.2.1 for 3.50', []],
    ['a@b at root@localhost.', ['at:a@b', 'at:root@localhost']],
    ['@ @@ a@ @b', []],
    ['x..example.com', ['dom:example.com']],
  ])('of %j are %j', (text, keys) => expect(searchKeys(text)).toEqual(keys));

  it('are few, however many there are', () => {
    const many = Array.from({ length: 5000 }, (_, i) => `u${i}@d${i}.example h${i}.test`).join(' ');
    const keys = searchKeys(many);
    expect(keys.filter((key) => key.startsWith('at:'))).toHaveLength(200);
    expect(keys.length).toBeLessThanOrEqual(600);
  });

  it.each([
    ['no name', `${'-.'.repeat(500_000)}x`],
    ['dots', '.'.repeat(1_000_000)],
    ['an endless label', 'a-'.repeat(500_000)],
    ['signs of addresses', '@'.repeat(1_000_000)],
    ['a local part without an end', `${'x'.repeat(1_000_000)}@b`],
  ])('of a megabyte are found at once, though it is %s', (_, text) => {
    // By the square of the length it would take minutes, and the test would fail for being late.
    expect(searchKeys(text).length).toBeLessThan(3);
  });
});
