import { generateKeyPairSync } from 'node:crypto';
import { dkimSign } from 'mailauth';
import type { Mail } from '../core/evidence/mail';
import { serveDns } from '../simulator/dns';
import { Faults } from '../simulator/faults';
import { SenderProofs } from './sender-proof';

const { privateKey, publicKey } = generateKeyPairSync('rsa', { modulusLength: 2048, privateKeyEncoding: { type: 'pkcs8', format: 'pem' }, publicKeyEncoding: { type: 'spki', format: 'der' } });
const key = `v=DKIM1; k=rsa; p=${publicKey.toString('base64')}`;
const RECORDS = [
  ['signs.example', 'v=spf1 -all'], ['s1._domainkey.signs.example', key], ['_dmarc.signs.example', 'v=DMARC1; p=reject'],
  ['sends.example', 'v=spf1 ip4:192.0.2.1 -all'], ['_dmarc.sends.example', 'v=DMARC1; p=reject'], ['s1._domainkey.elsewhere.example', key],
  ['says-nothing.example', 'v=spf1 ip4:192.0.2.1 -all'], ['s1._domainkey.says-nothing.example', key],
].map(([name = '', value = '']) => ({ name, type: 'TXT' as const, values: [value] }));

/** A mail of `from`, signed by a domain where one is given; `changed` afterwards. */
async function letter(from: string, signedBy: string | null, changed = false): Promise<Buffer> {
  const mail = `From: <a@${from}>\r\nTo: <unblock@desk.example>\r\nSubject: Blocked\r\nMessage-ID: <1@${from}>\r\nDate: Fri, 20 Nov 2026 10:00:00 +0000\r\n\r\nHello\r\n`;
  const signer = { signingDomain: signedBy ?? '', selector: 's1', privateKey };
  const signature = signedBy ? (await dkimSign(mail, { ...signer, signTime: new Date(), signatureData: [signer] } as never)).signatures : '';
  return Buffer.from(signature + (changed ? mail.replace('Hello', 'Hullo') : mail));
}

describe('the proof of who sent a mail', () => {
  let dns: Awaited<ReturnType<typeof serveDns>>;
  let proofs: SenderProofs;
  beforeAll(async () => {
    dns = await serveDns('127.0.0.1', 0, () => RECORDS, new Faults());
    proofs = new SenderProofs({ DNS_SERVERS: [`127.0.0.1:${dns.port}`] });
  });
  afterAll(() => dns.close());

  it.each([
    ['a signature of its domain, whatever path it took', 'signs.example', 'signs.example', '198.51.100.9', 'proven'],
    ['no signature that does not hold, where the path is not allowed', 'signs.example', 'signs.example changed', '198.51.100.9', 'unproven'],
    ['no signature of another domain', 'sends.example', 'elsewhere.example', '198.51.100.9', 'unproven'],
    ['the path that its domain allows, signed or not', 'sends.example', null, '192.0.2.1', 'proven'],
    ['the path that its domain allows, when it is signed by another', 'sends.example', 'elsewhere.example', '192.0.2.1', 'proven'],
    ['no path that its domain does not allow', 'sends.example', null, '198.51.100.9', 'unproven'],
    ['nothing where the domain has no policy', 'says-nothing.example', 'says-nothing.example', '192.0.2.1', 'unproven'],
    ['a signature alone, where no path is known', 'signs.example', 'signs.example', null, 'proven'],
    ['nothing without a signature, where no path is known', 'sends.example', null, null, 'unproven'],
  ])('is %s', async (_, from, signedBy, peerIp, proof) => {
    const raw = await letter(from, signedBy?.split(' ')[0] ?? null, signedBy?.endsWith('changed'));
    expect(await proofs.of({ door: 'smtp', raw, peerIp, helo: 'mail.example', envelopeFrom: `a@${from}` }, { from: [`a@${from}`] } as Mail)).toBe(proof);
  });
});
