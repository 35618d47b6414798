import { authenticate } from 'mailauth';
import { dns } from '../../test/fixtures/cases';
import { KEYS, MESSAGE, RECORDS, sealed, signed } from '../../test/fixtures/signed-mail';
import { proveArcSeal } from '../core/headers/prove-arc-seal';
import { readMessage } from '../core/headers/read-message';
import type { Facts } from '../core/rules/analysis';
import { Dns } from '../core/rules/dns/dns';
import { checkSpf } from '../core/rules/dns/spf';
import { prove } from './prove';

const IP = '203.0.113.7';
const HELO = 'mail.shop.example';
const NOT_THERE = (name: string) => Object.assign(new Error(name), { code: 'ENOTFOUND' });

interface Results { spf?: { status: { result: string } }; dkim: { results: { status: { result: string } }[] }; arc?: { status: { result: string } } }
type Zone = { txt: Record<string, string[]>; a?: Record<string, string[]>; aaaa?: Record<string, string[]>; mx?: Record<string, string[]> };

/** mailauth itself over the same names, without anything of ours between. */
async function mailauth(message: Buffer, { txt, a = {}, aaaa = {}, mx = {} }: Zone, ip = IP): Promise<Results> {
  const resolver = (name: string, type: string): Promise<unknown[]> => {
    const found = ({ TXT: txt, A: a, AAAA: aaaa, MX: mx }[type] ?? {})[name];
    return found ? Promise.resolve(type === 'TXT' ? found.map((text) => [text]) : type === 'MX' ? found.map((exchange) => ({ exchange, priority: 10 })) : found) : Promise.reject(NOT_THERE(name));
  };
  return (await authenticate(message, { ip, helo: HELO, sender: 'news@shop.example', mta: 'desk', resolver, disableBimi: true } as unknown as Parameters<typeof authenticate>[1])) as unknown as Results;
}

const factsOf = (zone: Zone, ip = IP): Facts => ({ now: '2026-11-20T09:00:00Z', claim: { ip, kind: 'spam' }, block: null, dns: dns(zone), trusted: { authservIds: [], hosts: [], networks: [] } });
const withTrace = (message: Buffer | string): Buffer => Buffer.concat([Buffer.from(`Return-Path: <news@shop.example>\r\nReceived: from ${HELO} (${HELO} [${IP}]) by mx.example.net with ESMTPS id 1; Fri, 20 Nov 2026 02:12:31 +0000\r\n`), Buffer.from(message)]);
const keys = (record: string): Zone => ({ txt: { ...RECORDS, 's1._domainkey.shop.example': [record], 'shop.example': [`v=spf1 ip4:${IP} -all`] } });

describe.each(['rsa', 'ed25519'] as const)('DKIM by %s, beside mailauth', (key) => {
  it.each(['relaxed/relaxed', 'simple/simple', 'relaxed/simple', 'simple/relaxed'])('%s: both say pass', async (canonicalization) => {
    const [message, zone] = [withTrace(await signed(key, canonicalization)), keys(KEYS[key].record)];
    expect((await mailauth(message, zone)).dkim.results.map(({ status }) => status.result)).toEqual(['pass']);
    expect(await prove(readMessage(message), factsOf(zone))).toMatchObject({ dkim: [{ domain: 'shop.example', headers: 'proven', body: 'proven', result: 'pass' }] });
  });

  it.each([
    ['the Subject', 'World', 'Word', { headers: 'broken' }], ['the body', '\r\n\r\nHello', '\r\n\r\nHullo', { headers: 'proven', body: 'broken' }], ['From', 'Shop, J', 'Stop, J', { headers: 'broken' }],
  ])('one word of %s changed: both say that it does not hold', async (_what, from, to, says) => {
    const original = withTrace(await signed(key));
    const message = Buffer.from(original.toString().replace(from, to));
    expect(message.equals(original)).toBe(false);
    const zone = keys(KEYS[key].record);
    const theirs = (await mailauth(message, zone)).dkim.results.map(({ status }) => status.result);
    expect(theirs).not.toContain('pass');
    expect(await prove(readMessage(message), factsOf(zone))).toMatchObject({ dkim: [{ ...says, result: theirs[0] }] });
  });

  it('the key of another, or none: neither passes it', async () => {
    const message = withTrace(await signed(key));
    for (const zone of [keys('v=DKIM1; p='), keys(KEYS[key === 'rsa' ? 'ed25519' : 'rsa'].record), { txt: {} }]) {
      const [theirs] = (await mailauth(message, zone)).dkim.results;
      const { dkim: [ours] = [] } = await prove(readMessage(message), factsOf(zone));
      expect([theirs?.status.result, ours?.headers]).toEqual([expect.not.stringMatching(/^pass$/), 'unknown']);
      expect(ours?.result).toBe(theirs?.status.result);
    }
  });
});

describe('ARC, beside mailauth', () => {
  const arc = async (text: string): Promise<[string | undefined, string | undefined]> => {
    const message = withTrace(text);
    return [(await mailauth(message, keys(KEYS.rsa.record))).arc?.status.result, proveArcSeal(readMessage(message).fields, RECORDS)?.result];
  };

  it('one seal, two seals: both hold; a word of its results changed: neither', async () => {
    const once = await sealed((await signed('rsa')).toString(), 'list.example', 'a1');
    const twice = await sealed(once, 'mx.example', 'a2');
    expect([await arc(once), await arc(twice)]).toEqual([['pass', 'proven'], ['pass', 'proven']]);
    const changed = twice.replace(/(ARC-Authentication-Results: i=1;[^]*?)spf=\w+/, '$1spf=other');
    expect(changed).not.toBe(twice);
    expect(await arc(changed)).toEqual(['fail', 'broken']);
    expect(await arc(twice.replaceAll(/^(ARC-[A-Za-z-]+: )i=2;/gm, '$1i=3;'))).toEqual(['fail', 'broken']);
  });
});

describe('SPF, beside mailauth', () => {
  const more: Omit<Zone, 'txt'> = { a: { 'shop.example': ['203.0.113.9'], 'mail.shop.example': [IP], 'ok.shop.example': ['127.0.0.2'] }, mx: { 'shop.example': ['mail.shop.example'] } };
  it.each<[string, string[], string, Record<string, string[]>?]>([
    ['its address', [`v=spf1 ip4:${IP} -all`], 'pass'],
    ['its network', ['v=spf1 ip4:203.0.113.0/28 -all'], 'pass'],
    ['another network', ['v=spf1 ip4:198.51.100.0/24 -all'], 'fail'],
    ['a soft end', ['v=spf1 ip4:198.51.100.1 ~all'], 'softfail'],
    ['a neutral end', ['v=spf1 ip4:198.51.100.1 ?all'], 'neutral'],
    ['no end', ['v=spf1 ip4:198.51.100.1'], 'neutral'],
    ['no record', ['something else'], 'none'],
    ['a', ['v=spf1 a -all'], 'fail'],
    ['a of a name', ['v=spf1 a:mail.shop.example -all'], 'pass'],
    ['mx', ['v=spf1 mx -all'], 'pass'],
    ['an include', ['v=spf1 include:_spf.shop.example -all'], 'pass', { '_spf.shop.example': [`v=spf1 ip4:${IP} ~all`] }],
    ['an include that does not match', ['v=spf1 include:_spf.shop.example ~all'], 'softfail', { '_spf.shop.example': ['v=spf1 ip4:198.51.100.1 -all'] }],
    ['a redirect', ['v=spf1 redirect=_spf.shop.example'], 'fail', { '_spf.shop.example': ['v=spf1 ip4:198.51.100.1 -all'] }],
    ['an address by macro', ['v=spf1 exists:ok.%{d} -all'], 'pass'],
    ['a minus in front', [`v=spf1 -ip4:${IP} +all`], 'fail'],
    ['everybody', ['v=spf1 +all'], 'pass'],
    ['two records', [`v=spf1 ip4:${IP} -all`, 'v=spf1 -all'], 'permerror'],
    ['an unknown mechanism', ['v=spf1 ipv4:203.0.113.7 -all'], 'permerror'],
    ['more than ten look-ups', [`v=spf1 ${Array.from({ length: 11 }, () => 'a:mail2.shop.example').join(' ')} -all`], 'permerror'],
  ])('%s: both say the same', async (_what, records, result, others = {}) => {
    const zone: Zone = { txt: { 'shop.example': records, ...others }, ...more };
    const message = withTrace(MESSAGE);
    const { result: ours } = checkSpf({ ip: IP, domain: 'shop.example', sender: 'news@shop.example', helo: HELO }, new Dns(dns(zone)));
    expect([(await mailauth(message, zone)).spf?.status.result, ours]).toEqual([result, result]);
  });
});
