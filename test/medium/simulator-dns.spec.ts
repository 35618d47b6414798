import { promises as dns } from 'node:dns';
import { startSimulator, type RunningSimulator } from '../../src/simulator/child';
import { simulatorClient } from '../support/simulator-client';

let noc: RunningSimulator;
let client: ReturnType<typeof simulatorClient>;
const resolver = new dns.Resolver({ timeout: 10_000, tries: 2 });
/** Asks once, so that a fault that happens once is seen. */
const once = new dns.Resolver({ timeout: 10_000, tries: 1 });
/** For what is not answered. */
const hasty = new dns.Resolver({ timeout: 300, tries: 1 });

beforeAll(async () => {
  noc = await startSimulator();
  client = simulatorClient(noc);
  [resolver, hasty, once].forEach((each) => each.setServers([noc.dns]));
});
afterAll(() => noc.stop());

test('addresses have names, and names have addresses', async () => {
  expect(await resolver.reverse('203.0.113.12')).toEqual(['mail.nordlicht-druck.example']);
  expect(await resolver.reverse('2001:db8:90:2::19')).toEqual(['mail.nordlicht-druck.example']);
  expect(await resolver.resolve4('MAIL.nordlicht-druck.EXAMPLE')).toEqual(['203.0.113.12']);
  expect(await resolver.resolve6('mail.nordlicht-druck.example')).toEqual(['2001:db8:90:2::19']);
  expect(await resolver.resolveMx('nordlicht-druck.example')).toEqual([{ priority: 10, exchange: 'mail.nordlicht-druck.example' }]);
});

test('a long text comes whole, in strings of 255 octets', async () => {
  const [key] = await resolver.resolveTxt('nd2026._domainkey.nordlicht-druck.example');
  expect(key?.map((s) => s.length <= 255)).toEqual([true, true]);
  expect(key?.join('')).toMatch(/^v=DKIM1; k=rsa; p=[A-Za-z0-9+/]{380,}=*$/);
});

test('more than a datagram holds comes over TCP', async () => {
  const values = Array.from({ length: 12 }, (_, i) => `${i} ${'x'.repeat(400)}`);
  await client.put('/dns', { name: 'long.nordlicht-druck.example', type: 'TXT', values });
  expect((await resolver.resolveTxt('long.nordlicht-druck.example')).map((strings) => strings.join('')).sort()).toEqual([...values].sort());
});

test('a name without records does not exist; one with others has no data', async () => {
  await expect(resolver.resolveTxt('_dmarc.baeckerei-lindner.example')).rejects.toMatchObject({ code: 'ENOTFOUND' });
  await expect(resolver.reverse('203.0.113.190')).rejects.toMatchObject({ code: 'ENOTFOUND' });
  await expect(resolver.resolveMx('mail.nordlicht-druck.example')).rejects.toMatchObject({ code: 'ENODATA' });
  await expect(resolver.resolve4('_domainkey.nordlicht-druck.example')).rejects.toMatchObject({ code: 'ENODATA' });
});

test('a record is repaired, and taken away again', async () => {
  const record = { name: '_dmarc.Baeckerei-Lindner.example.', type: 'TXT', values: ['v=DMARC1; p=none'] };
  await client.put('/dns', record);
  expect(await resolver.resolveTxt('_dmarc.baeckerei-lindner.example')).toEqual([['v=DMARC1; p=none']]);
  await client.put('/dns', { ...record, values: [] });
  await expect(resolver.resolveTxt('_dmarc.baeckerei-lindner.example')).rejects.toMatchObject({ code: 'ENOTFOUND' });
});

test('it can fail, and stay silent', async () => {
  await client.post('/faults', { call: 'dns', mode: 'servfail' });
  await expect(once.resolve4('mail.nordlicht-druck.example')).rejects.toMatchObject({ code: 'ESERVFAIL' });
  await client.post('/faults', { call: 'dns', mode: 'timeout', times: 100 });
  await expect(hasty.resolve4('mail.nordlicht-druck.example')).rejects.toMatchObject({ code: 'ETIMEOUT' });
  await client.call('DELETE', '/faults');
  expect(await resolver.resolve4('mail.nordlicht-druck.example')).toEqual(['203.0.113.12']);
});
