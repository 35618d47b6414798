import { dkimVerify } from 'mailauth';
import { createHash, createSign } from 'node:crypto';
import { KEYS, signed } from '../../test/fixtures/signed-mail';
import { signedBySender } from './signed-by-sender';

const FROM = 'news@shop.example';
const NOW = Date.now() + 1_000;
const head = (from = `From: "Shop, J" <${FROM}>`): string => [
  from, 'To: bob@example.net', 'Subject: Hello   World,', '\tthis goes on', 'Date: Fri, 20 Nov 2026 02:12:28 +0000', 'Message-ID: <abc.1@shop.example>', 'MIME-Version: 1.0', '', '',
].join('\r\n');
const BODIES = {
  'plain': 'Hello\r\nand goodbye\r\n', 'empty': '', 'one line break': '\r\n', 'line breaks only': '\r\n\r\n\r\n', 'blanks only': '  \t \r\n \r\n', 'no line break at its end': 'Hello', 'blanks at its end': 'Hello  \t ',
  'blanks in lines': ' a  b\t\tc \t d \r\n\te\t\r\n', 'line breaks at its end': 'Hello\r\n\r\n\r\n', 'blank lines at its end': 'Hello \r\n \r\n\t\r\n', 'octets of all kinds': Buffer.from(Array.from({ length: 256 }, (_, i) => i).filter((octet) => octet !== 10 && octet !== 13)).toString('latin1'),
} as const;
const mail = (body: string, from?: string): Buffer => Buffer.concat([Buffer.from(head(from)), Buffer.from(body, 'latin1')]);

/** DNS of the sender's domain. */
const dns = (records: Record<string, string[]> = {}) => (name: string): Promise<string[][]> => {
  const found = { 's1._domainkey.shop.example': [KEYS.rsa.record], '_dmarc.shop.example': ['v=DMARC1; p=reject'], ...records }[name];
  return found ? Promise.resolve(found.map((text) => text.match(/.{1,250}/g) ?? [])) : Promise.reject(Object.assign(new Error(name), { code: 'ENOTFOUND' }));
};
const proven = (raw: Buffer, records?: Record<string, string[]>, from = FROM, now = NOW): Promise<boolean> => signedBySender(raw, from, now, dns(records)).catch(() => false);
const library = async (raw: Buffer): Promise<string | undefined> => (await dkimVerify(raw, { resolver: dns() as never })).results[0]?.status.result;

describe.each(['relaxed/relaxed', 'simple/simple', 'relaxed/simple', 'simple/relaxed'])('a mail signed %s by the domain of its sender', (canonicalization) => {
  it.each(Object.entries(BODIES))('is proven, and so it is for the library: %s', async (_, body) => {
    const raw = await signed('rsa', canonicalization, mail(body));
    expect(await library(raw)).toBe('pass');
    expect(await proven(raw)).toBe(true);
  });

  it.each(Object.entries(BODIES))('is not proven with something more in its body, just as for the library: %s', async (_, body) => {
    const raw = await signed('rsa', canonicalization, mail(body));
    for (const more of ['x', 'x\r\n', '\r\n\r\nx', ' \r\n', '\r\n', '\r\n\r\n']) {
      const changed = Buffer.concat([raw, Buffer.from(more)]);
      expect([more, await proven(changed)]).toEqual([more, (await library(changed)) === 'pass']);
    }
  });

  it('is proven by Ed25519 too', async () => {
    expect(await proven(await signed('ed25519', canonicalization, mail('Hello\r\n')), { 's1._domainkey.shop.example': [KEYS.ed25519.record] })).toBe(true);
  });
});

describe('what is out of the ordinary is not proven here', () => {
  let raw: Buffer;
  beforeAll(async () => {
    raw = await signed('rsa', 'relaxed/relaxed', mail('Hello\r\n'));
  });
  const changed = (from: string | RegExp, to: string): Buffer => Buffer.from(raw.toString('latin1').replace(from, to), 'latin1');

  it.each([
    ['a word of the body', 'Hello\r\n', 'Hullo\r\n'], ['a signed field', 'World', 'world'], ['the sender', '<news@', '<boss@'], ['a second From', 'To: bob', 'From: a@shop.example\r\nTo: bob'],
    ['a second address', `<${FROM}>`, `<${FROM}>, b@shop.example`], ['a line feed alone', '\r\nHello', '\r\nHello\n'], ['a carriage return alone', '\r\nHello', '\r\nHel\rlo'], ['the body hash', / bh=./, ' bh=0'],
    ['a letter that is not ASCII', 'To: bob', 'X: ü\r\nTo: bob'], ['NUL', 'To: bob', 'X: \0\r\nTo: bob'],
  ])('%s', async (_, from, to) => {
    expect(await proven(raw)).toBe(true);
    expect(await proven(changed(from, to))).toBe(false);
  });

  it.each([
    ['no policy', { '_dmarc.shop.example': [] }], ['two policies', { '_dmarc.shop.example': ['v=DMARC1; p=reject', 'v=DMARC1; p=none'] }], ['what is no policy', { '_dmarc.shop.example': ['v=spf1 -all'] }],
    ['no key', { 's1._domainkey.shop.example': [] }], ['two keys', { 's1._domainkey.shop.example': [KEYS.rsa.record, KEYS.rsa.record] }], ['a key that was taken back', { 's1._domainkey.shop.example': ['v=DKIM1; p='] }],
    ['another key', { 's1._domainkey.shop.example': [KEYS.ed25519.record] }],
  ])('%s', async (_, records) => {
    expect(await proven(raw, records)).toBe(false);
  });

  it('an address other than the one in the mail, also of the same domain', async () => {
    expect(await proven(raw, {}, 'boss@shop.example')).toBe(false);
    expect(await proven(raw, {}, 'news@mail.shop.example')).toBe(false);
  });

  it('a signature of the domain above, below, or elsewhere', async () => {
    const from = 'news@mail.shop.example';
    const below = await signed('rsa', 'relaxed/relaxed', mail('Hello\r\n', `From: ${from}`));
    expect(await library(below)).toBe('pass');
    expect(await proven(below, { '_dmarc.mail.shop.example': ['v=DMARC1; p=reject'] }, from)).toBe(false);
  });

  it('a mail that is larger than a letter', async () => {
    expect(await proven(await signed('rsa', 'relaxed/relaxed', mail('x\r\n'.repeat(30_000))))).toBe(false);
  });

  it.each([
    ['as it should be', {}, true], ['of another version', { v: '2' }, false], ['without a version', { v: null }, false], ['of a part of the body', { l: '7' }, false], ['whose time has passed', { x: '1000' }, false],
    ['whose time is no number', { x: 'soon' }, false], ['whose time is to come', { x: '99999999999' }, true], ['whose key is elsewhere', { q: 'http' }, false], ['whose key is in DNS', { q: 'dns/txt' }, true],
    ['that does not cover the sender', { h: 'to:subject' }, false], ['for another identity', { i: '@elsewhere.example' }, false], ['with a key of another kind', { a: 'rsa-sha1' }, false],
  ])('a signature %s', async (_, tags, is) => {
    expect(await proven(own('Hello\r\n', tags))).toBe(is);
  });

  it.each(['Hel\nlo\r\n', 'Hello\n', 'Hel\rlo\r\n', 'Hello\r\n\n'])('a body with %j, also when just these octets were signed', async (body) => {
    expect(await proven(own(body))).toBe(false);
  });
});

/** A mail signed by hand, simple in its body: tags may say what no honest signer says. */
function own(body: string, tags: Record<string, string | null> = {}): Buffer {
  const fields = [['from', FROM], ['to', 'bob@example.net'], ['subject', 'Hello']] as const;
  const all = { v: '1', a: 'rsa-sha256', c: 'relaxed/simple', d: 'shop.example', s: 's1', h: 'from:to:subject', bh: createHash('sha256').update(body.replace(/(?:\r\n)*$/, '\r\n')).digest('base64'), ...tags };
  const value = `${Object.entries(all).flatMap(([name, text]) => (text === null ? [] : [`${name}=${text}`])).join('; ')}; b=`;
  const signed = all.h.split(':').map((name) => `${name}:${fields.find(([each]) => each === name)?.[1] ?? ''}\r\n`);
  const b = createSign('sha256').update(`${signed.join('')}dkim-signature:${value}`).sign(KEYS.rsa.pem, 'base64');
  return Buffer.from(`DKIM-Signature: ${value}${b}\r\n${fields.map(([name, text]) => `${name}: ${text}\r\n`).join('')}\r\n${body}`);
}
