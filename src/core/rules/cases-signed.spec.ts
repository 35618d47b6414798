import { dkimSign, sealMessage } from 'mailauth';
import { codes, check, facts, headers, keyPair, read, txt } from '../../../test/fixtures/cases';

const KEY = keyPair();
const BODY = '\r\n\r\nHello.\r\n';
const dkim = (over: string): Record<string, string> => ({ 'DKIM-Signature': `v=1; a=rsa-sha256; c=relaxed/relaxed; d=shop.example; s=m1; h=from:to:subject:date:message-id; bh=AAAA; b=AAAA; ${over}` });
const withKey = (record = KEY.record) => facts({ dns: txt({ 'm1._domainkey.shop.example': [record], 'a1._domainkey.arc.example': [KEY.record] }) });
const one = (text: string, expected: Parameters<typeof check>[0]['expected'], forbidden: string[] = [], given = withKey()): void =>
  check({ id: '', what: '', text, facts: given, expected, forbidden });

async function sign(text: string): Promise<string> {
  const { signatures, errors } = await dkimSign(text + BODY, { canonicalization: 'relaxed/relaxed', signatureData: [{ signingDomain: 'shop.example', selector: 'm1', privateKey: KEY.pem, algorithm: 'rsa-sha256' }] } as Parameters<typeof dkimSign>[1]);
  expect(errors).toEqual([]);
  return signatures + text;
}

async function seal(text: string): Promise<string> {
  const options = { signingDomain: 'arc.example', selector: 'a1', privateKey: KEY.pem, algorithm: 'rsa-sha256', cv: 'none', authResults: 'mx1.example.net; spf=pass smtp.mailfrom=orders@shop.example', i: 1 };
  const sealed = await (sealMessage as unknown as (message: string, given: object) => Promise<Buffer>)(text + BODY, options);
  return sealed.toString() + text;
}

describe('signatures', () => {
  it('H032: an ARC set whose seal verifies from the fields alone', async () => one(await seal(headers()), ['arc-seal-proven'], ['arc-broken']));

  it('H033: one word of its results changed', async () => {
    const sealed = await seal(headers());
    const changed = sealed.replace('spf=pass', 'spf=fail');
    expect(changed).not.toBe(sealed);
    one(changed, ['arc-broken'], ['arc-seal-proven']);
  });

  it('H043: no signature', () => one(headers(), ['dkim-missing']));
  it('H044: another house signs', () => {
    one(headers(dkim('')).replace('d=shop.example', 'd=service.example'), ['dkim-not-aligned'], ['dkim-missing']);
    one(headers(dkim('')).replace('d=shop.example', 'd=mail.shop.example'), [], ['dkim-not-aligned']);
  });
  it('H045: From is not signed', () => one(headers(dkim('')).replace('h=from:', 'h='), ['dkim-from-not-signed']));
  it('H046: rsa-sha1', () => one(headers(dkim('')).replace('rsa-sha256', 'rsa-sha1'), ['dkim-weak-algorithm']));
  it('H047: l=', () => one(headers(dkim('l=10')), ['dkim-body-length-tag']));
  it('H048: expired before it passed', () => {
    one(headers(dkim('t=1795000000; x=1795100000')), ['dkim-expired']);
    one(headers(dkim('t=1795000000; x=1799999999')), [], ['dkim-expired']);
  });
  it('H049: an empty key', () => one(headers(dkim('')), ['dkim-key-revoked'], ['dkim-headers-broken'], withKey('v=DKIM1; p=')));

  it('H050: the fields are proven, the body is not', async () => {
    one(await sign(headers()), ['dkim-headers-proven', 'dkim-body-not-checked'], ['dkim-fail', 'dkim-headers-broken']);
    one((await sign(headers())).replaceAll('\r\n', '\n'), ['dkim-headers-proven'], ['dkim-headers-broken']);
  });
  it('H051: the subject was edited', async () => one((await sign(headers())).replace('order 40817', 'order 40818'), ['dkim-headers-broken'], ['dkim-headers-proven']));
  it('without the key nothing is said', async () => {
    const found = codes(read(await sign(headers()), facts({ dns: null })));
    expect(found.filter((code) => code.startsWith('dkim-'))).toEqual([]);
  });

  it('H052: two subjects, one signed', () => one(headers({ ...dkim(''), 'Subject#2': 'Something else' }), ['hdr-duplicate', 'dkim-not-oversigned']));
});
