import { findHeaders, findMessageIds, hasHeaders, withoutHeaders } from './find-headers';

const block = ['Received: from a.example (a.example [203.0.113.5])', '\tby mx.example with ESMTP id 1; Fri, 20 Nov 2026 08:41:07 +0000', 'Message-ID: <1.2@a.example>', 'From: A <a@a.example>', 'Subject: hello'];

describe('findHeaders', () => {
  it('finds a pasted block between words', () => {
    const text = ['Hello,', '', 'here they are:', '', ...block, '', 'Please unblock: thanks.'].join('\r\n');
    expect(findHeaders(text)).toBe(block.join('\n'));
    expect(withoutHeaders(text)).toBe(['Hello,', '', 'here they are:', '', '', 'Please unblock: thanks.'].join('\n'));
  });

  it('removes quote marks', () => {
    expect(findHeaders(['On Friday you wrote:', ...block.map((line) => `> ${line}`)].join('\n'))).toBe(block.join('\n'));
  });

  it('takes the longest block', () => {
    expect(findHeaders(['Message-ID: <x@y>', '', ...block].join('\n'))).toBe(block.join('\n'));
  });

  it.each([
    ['a reply’s heading', '-----Original Message-----\nFrom: Desk\nSent: Monday\nTo: me\nSubject: Re: block'],
    ['a letter', 'Hello:\nour address: 203.0.113.5\nblocked: yesterday'],
    ['links', 'http://a.example\nhttps://b.example'],
    ['nothing', ''],
  ])('%s is no header block', (_, text) => {
    expect(findHeaders(text)).toBeNull();
  });

  it.each([
    ['Received: from a', true],
    ['text\n>> X-Spam: yes', true],
    ['Message-Id : <a@b>', true],
    ['Hello: world', false],
    ['no fields', false],
  ])('hasHeaders %j is %s', (text, expected) => {
    expect(hasHeaders(text)).toBe(expected);
  });
});

describe('findMessageIds', () => {
  it.each([
    ['with label', 'Message-ID: <20261120.1@a.example>', ['20261120.1@a.example']],
    ['without brackets', 'the message-id=20261120.1@a.example, sorry', ['20261120.1@a.example']],
    ['in a list', 'These were blocked:\n - <20261120.4711.x@a.example>\n - <20261120.4712.x@a.example>', ['20261120.4711.x@a.example', '20261120.4712.x@a.example']],
    ['no addresses', 'From: A <a@a.example>\nwrite to <ops2026@a.example>', []],
  ])('%s', (_, text, expected) => {
    expect(findMessageIds(text)).toEqual(expected);
  });
});
