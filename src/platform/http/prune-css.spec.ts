import { pruneCss } from './prune-css';

const used = new Set(['btn', 'chip', 'w-1/2']);

describe('what stays of a stylesheet', () => {
  it.each<[string, string, string]>([
    ['a rule without a class', 'body{margin:0}', 'body{margin:0}'],
    ['a class that is used', '.btn{color:red}', '.btn{color:red}'],
    ['not one that nobody writes', '.carousel{color:red}a{b:c}', 'a{b:c}'],
    ['of a list, what can match', '.btn,.carousel .btn,.chip>i{x:y}', '.btn,.chip>i{x:y}'],
    ['all the classes must be there', '.btn.carousel{x:y}', ''],
    ['a class that must not be there does not count', '.btn:not(.carousel,.other){x:y}', '.btn:not(.carousel,.other){x:y}'],
    ['nor one of several', ':is(.carousel,.btn) a{x:y}', ':is(.carousel,.btn) a{x:y}'],
    ['a condition around rules', '@media (min-width:1px){.carousel{x:y}.btn{x:y}}', '@media (min-width:1px){.btn{x:y}}'],
    ['no empty condition', '@media (min-width:1px){.carousel{x:y}}', ''],
    ['keyframes whole', '@keyframes spin{to{rotate:1turn}}', '@keyframes spin{to{rotate:1turn}}'],
    ['statements', '@charset "UTF-8";@import url(a;b.css);.carousel{x:y}', '@charset "UTF-8";@import url(a;b.css);'],
    ['braces within strings and addresses', '.btn{a:url(data:x{y);b:"}"}a{c:d}', '.btn{a:url(data:x{y);b:"}"}a{c:d}'],
    ['an escaped name', '.w-1\\/2{x:y}.w-1\\/3{x:y}', '.w-1\\/2{x:y}'],
    ['an attribute with a comma', '[a=".x,.y"] .btn{x:y}', '[a=".x,.y"] .btn{x:y}'],
    ['nothing of a comment', '/* .a{} */.btn{x:y}', '.btn{x:y}'],
    ['what is cut off, as far as it goes', '.btn{x:y', '.btn{x:y}'],
  ])('%s', (_what, css, kept) => {
    expect(pruneCss(css, used)).toBe(kept);
  });
});
