import { wordsOfHtml } from './words-of-html';

describe('wordsOfHtml', () => {
  it.each([
    ['marks', '<p>IP <b>203.0.113.5</b></p>', '\nIP 203.0.113.5\n'],
    ['scripts, styles, heads and comments', '<HEAD><title>x</title></HEAD><style>a{}</style><script>alert("1 < 2")</script><!-- <b> -->yes', 'yes'],
    ['entities', '&lt;b&gt; &amp;amp; &#228;&#x20AC;&nbsp;&bogus; &#0; &#55296;', '<b> &amp; ä€ &bogus; \uFFFD \uFFFD'],
    ['what is no mark', '1 < 2 and a<>b', '1 < 2 and a<>b'],
    ['a mark that does not end', 'yes<img src="', 'yes'],
    ['a script that does not end', 'yes<script>no', 'yes'],
    ['letters that change their length', 'İ<br>x', 'İ\nx'],
  ])('%s', (_, html, words) => {
    expect(wordsOfHtml(html)).toBe(words);
  });
});
