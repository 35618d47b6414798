import { showSigns } from './show-signs';

const mark = (code: string): string => `<abbr class="sign" title="A sign that is not seen">${code}</abbr>`;

it.each([
  ['a page without any is the same', '<p>Grüße, 日本, שלום, 👩‍👩‍👧</p>', '<p>Grüße, 日本, שלום, 👩‍👩‍👧</p>'],
  ['an override', '<td>\u202Egnp.exe</td>', `<td>${mark('U+202E')}gnp.exe</td>`],
  ['isolates and what nobody sees', '<b>a\u2066b\u2069\u200Bc</b>', `<b>a${mark('U+2066')}b${mark('U+2069')}${mark('U+200B')}c</b>`],
  ['a joiner within a domain', '<b>pay\u200Dpal.example</b>', `<b>pay${mark('U+200D')}pal.example</b>`],
  ['an attribute stays as it is', '<a title="\u202Ex" href="/y">z\u202E</a>', `<a title="\u202Ex" href="/y">z${mark('U+202E')}</a>`],
  ['a box keeps what was typed', '<textarea name="t">a\u202Eb\n<x></textarea>\u202E', `<textarea name="t">a\u202Eb\n<x></textarea>${mark('U+202E')}`],
  ['a title and a choice have no room for marks', '<title>a\u202Eb</title><option value="\u202E">c\u202E</option>', '<title>aU+202Eb</title><option value="\u202E">cU+202E</option>'],
])('%s', (_, html, shown) => expect(showSigns(html)).toBe(shown));
