import { dkimVerify } from 'mailauth';
import { createHash, createSign } from 'node:crypto';
import { dns } from '../../test/fixtures/cases';
import { KEYS, RECORDS, rsaKey, signed } from '../../test/fixtures/signed-mail';
import { readDkimSignature } from '../core/headers/read-dkim-signature';
import { readMessage } from '../core/headers/read-message';
import { Dns } from '../core/rules/dns/dns';
import { ordinarySignatures, type Verified } from './ordinary-signatures';

const HEAD = [
  'Received: from a.example (a.example [203.0.113.7]) by mx.example.net with ESMTPS id 1;', ' Fri, 20 Nov 2026 02:12:31 +0000', 'From: "Shop, J" <news@shop.example>', 'To: bob@example.net', 'Subject: Hello   World,', '\tthis goes on',
  'X-Twice: first', 'X-Twice: second', 'Date: Fri, 20 Nov 2026 02:12:28 +0000', 'Message-ID: <abc.1@shop.example>', 'MIME-Version: 1.0', 'Content-Type: multipart/mixed; boundary="b"', '', '',
].join('\r\n');
const BODIES = {
  'plain': 'Hello\r\nand goodbye\r\n', 'blanks': ' \t x \r\n \r\n', 'no line break at its end': 'Hello', 'blanks in lines': ' a  b\t\tc \t d \r\n\te\t\r\n',
  'blank lines at its end': 'Hello \r\n \r\n\t\r\n', 'parts': '--b\r\nContent-Type: text/plain\r\n\r\nHello\r\n--b--\r\n', 'octets of many kinds': Buffer.from(Array.from({ length: 224 }, (_, i) => 32 + i).filter((octet) => octet < 127 || octet >= 192)).toString('latin1'),
} as const;
const mail = (body: string): Buffer => Buffer.concat([Buffer.from(HEAD), Buffer.from(body, 'latin1')]);

type Zone = Record<string, string[]>;
const of = (raw: Buffer, zone: Zone): Verified[] | null => {
  const message = readMessage(raw);
  return ordinarySignatures(message, message.fields.filter(({ key }) => key === 'dkim-signature').map(readDkimSignature), new Dns(dns({ txt: zone })));
};
/** mailauth itself over the same names. */
async function library(raw: Buffer, zone: Zone): Promise<Verified[]> {
  const resolver = (name: string): Promise<string[][]> => (zone[name] ? Promise.resolve(zone[name].map((text) => [text])) : Promise.reject(Object.assign(new Error(name), { code: 'ENOTFOUND' })));
  return (await dkimVerify(raw, { resolver } as never)).results.map(({ status }) => ({ result: status.result, comment: String((status as { comment?: string }).comment ?? '') }));
}

describe.each(['relaxed/relaxed', 'simple/simple', 'relaxed/simple', 'simple/relaxed'])('a message signed %s', (canonicalization) => {
  it.each(Object.entries(BODIES))('is told as the library tells it: with its key, without, and changed. Its body: %s', async (_, body) => {
    const raw = await signed('rsa', canonicalization, mail(body));
    for (const zone of [RECORDS, {}]) {
      expect(of(raw, zone)).toEqual([zone === RECORDS ? { result: 'pass', comment: '' } : { result: 'neutral', comment: 'no key' }]);
      expect(of(raw, zone)).toEqual(await library(raw, zone));
    }
    for (const more of ['x', 'x\r\n', '\r\n\r\nx', ' \r\n', '\r\n', '\r\n\r\n']) {
      const changed = Buffer.concat([raw, Buffer.from(more)]);
      expect([more, of(changed, RECORDS)]).toEqual([more, await library(changed, RECORDS)]);
    }
  });

  it('and changed anywhere is told as the library tells it, or not at all', async () => {
    const raw = await signed('rsa', canonicalization, mail(BODIES.parts));
    let told = 0;
    for (let at = 0, seed = 1; at < raw.length; at += 1 + (seed % 5)) {
      seed = (seed * 48_271) % 2_147_483_647;
      const octet = Buffer.from([' =;:\t\r\nAaz09/+()"\'\\-.\u0000\u00ff'.charCodeAt(seed % 24)]);
      for (const changed of [Buffer.concat([raw.subarray(0, at), octet, raw.subarray(at)]), Buffer.concat([raw.subarray(0, at), octet, raw.subarray(at + 1)]), Buffer.concat([raw.subarray(0, at), raw.subarray(at + 1)])]) {
        const ours = of(changed, RECORDS);
        if (ours !== null && ours.length > 0) {
          told++;
          expect([changed.toString('latin1'), ours]).toEqual([changed.toString('latin1'), await library(changed, RECORDS)]);
        }
      }
    }
    expect(told).toBeGreaterThan(50);
  });
});

it('several signatures have an answer each, in the order of their fields', async () => {
  const raw = await signed('rsa', 'relaxed/relaxed', mail(BODIES.plain));
  const twice = Buffer.concat([Buffer.from(own('Hullo\r\n').toString().split('\r\n', 1)[0] + '\r\n'), raw]);
  expect(of(twice, RECORDS)).toEqual([{ result: 'neutral', comment: 'body hash did not verify' }, { result: 'pass', comment: '' }]);
  expect(of(twice, RECORDS)).toEqual(await library(twice, RECORDS));
});

it('a key whose look-up failed is a failure of DNS, not a missing key', async () => {
  const message = readMessage(await signed('rsa', 'relaxed/relaxed', mail(BODIES.plain)));
  const failed = new Dns({ ...dns({ txt: {} }), failed: ['txt s1._domainkey.shop.example'] });
  expect(ordinarySignatures(message, message.fields.filter(({ key }) => key === 'dkim-signature').map(readDkimSignature), failed)).toEqual([{ result: 'temperror', comment: 'DNS failure: ETIMEOUT' }]);
});

describe('what is out of the ordinary is for the library', () => {
  it.each<[string, Record<string, string | null>, boolean]>([
    ['as it should be', {}, true], ['of another version', { v: '2' }, false], ['without a version', { v: null }, false], ['of a part of the body', { l: '7' }, false], ['that will expire', { x: '99999999999' }, false],
    ['for another identity', { i: '@elsewhere.example' }, false], ['for a name below its domain', { i: '@mail.shop.example' }, false], ['for a person', { i: 'news@shop.example' }, true], ['with a key of another kind', { a: 'rsa-sha1' }, false],
    ['in capital letters', { a: 'RSA-SHA256' }, false], ['with a comment', { s: 's1(one)' }, false], ['with an unknown tag', { zz: 'b=1' }, false], ['with a copy of its fields', { z: 'From:a b=c' }, false], ['that covers itself', { h: 'from:dkim-signature' }, false],
    ['of an unknown form', { c: 'nofws/simple' }, false], ['with a time', { t: '1000' }, true],
  ])('a signature %s', async (_, tags, is) => {
    const raw = own('Hello\r\n', tags);
    const ours = of(raw, RECORDS);
    expect(ours !== null).toBe(is);
    expect(is ? ours : null).toEqual(is ? await library(raw, RECORDS) : null);
  });

  it.each<[string, string[]]>([
    ['two keys', [KEYS.rsa.record, KEYS.rsa.record]], ['a key that was taken back', ['v=DKIM1; p=']], ['a key of another kind', [KEYS.ed25519.record]], ['a key without its wrapper', [`v=DKIM1; k=rsa; p=${rsaKey('pkcs1')}`]],
    ['a key with a note', [`v=DKIM1; n="x"; p=${rsaKey()}`]], ['the key of another', [KEYS.rsa.record.replace(/.{12}(?=.{20}$)/, 'AAAAAAAAAAAA')]],
  ])('%s', (_, records) => {
    expect(of(own('Hello\r\n'), RECORDS)).toEqual([{ result: 'pass', comment: '' }]);
    expect(of(own('Hello\r\n'), { 's1._domainkey.shop.example': records })).toBeNull();
  });

  it('lines that do not end in both, a letter that is not ASCII in the header, a line that is no field, a large message', () => {
    const raw = own('Hello\r\n').toString();
    for (const changed of [raw.replaceAll('\r\n', '\n'), `${raw}x\ny\r\n`, `${raw}x\ry\r\n`, raw.replace('subject: ', 'X: ü\r\nsubject: '), raw.replace('subject: ', 'no field\r\nsubject: '), raw + 'x\r\n'.repeat(30_000)]) {
      expect([changed.slice(0, 2_000), of(Buffer.from(changed), RECORDS)]).toEqual([changed.slice(0, 2_000), null]);
    }
  });
});

/** A message signed by hand, simple in its body: tags may say what no honest signer says. */
function own(body: string, tags: Record<string, string | null> = {}): Buffer {
  const fields = [['from', 'news@shop.example'], ['to', 'bob@example.net'], ['subject', 'Hello']] as const;
  const all = { v: '1', a: 'rsa-sha256', c: 'relaxed/simple', d: 'shop.example', s: 's1', h: 'from:to:subject', bh: createHash('sha256').update(body.replace(/(?:\r\n)*$/, '\r\n')).digest('base64'), ...tags };
  const value = `${Object.entries(all).flatMap(([name, text]) => (text === null ? [] : [`${name}=${text}`])).join('; ')}; b=`;
  const covered = all.h.split(':').flatMap((name) => fields.filter(([each]) => each === name).map(([, text]) => `${name}:${text}\r\n`));
  const b = createSign('sha256').update(`${covered.join('')}dkim-signature:${value}`).sign(KEYS.rsa.pem, 'base64');
  return Buffer.from(`DKIM-Signature: ${value}${b}\r\n${fields.map(([name, text]) => `${name}: ${text}\r\n`).join('')}\r\n${body}`);
}
