import { createHmac } from 'node:crypto';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { jwtVerify } from 'jose';
import type { Block } from '../../src/core/ticket/block';
import { startSimulator, type RunningSimulator } from '../../src/simulator/child';
import { simulatorClient } from '../support/simulator-client';

let noc: RunningSimulator;
let client: ReturnType<typeof simulatorClient>;
let desk: Server;
const asked: { url: string; body: Record<string, unknown> }[] = [];

beforeAll(async () => {
  desk = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk)).on('end', () => {
      asked.push({ url: request.url ?? '', body: JSON.parse(Buffer.concat(chunks).toString()) });
      const answer = request.url?.endsWith('/status-links') ? { url: 'http://127.0.0.1/s/key' } : { ref: 'UB-7K3Q-92X4', stateLabel: 'We need something from you' };
      response.writeHead(201, { 'content-type': 'application/json' }).end(JSON.stringify(answer));
    });
  });
  await new Promise<void>((resolve) => desk.listen(0, '127.0.0.1', resolve));
  noc = await startSimulator();
  client = simulatorClient(noc);
});
afterAll(async () => {
  await noc.stop();
  desk.close();
});

const page = async (path: string, form?: Record<string, string>): Promise<{ status: number; html: string; headers: Headers }> => {
  const answer = await fetch(noc.url + path, form ? { method: 'POST', body: new URLSearchParams(form), redirect: 'manual' } : {});
  return { status: answer.status, html: await answer.text(), headers: answer.headers };
};
const episodeOf = async (ip: string): Promise<string> => {
  const { html } = await page('/');
  return new RegExp(`href="/episodes/(\\w+)">${ip.replace(/\./g, '\\.')}<`).exec(html)![1]!;
};

test('the first page lists every current block, and lets no script of others in', async () => {
  const { status, html, headers } = await page('/');
  expect(status).toBe(200);
  expect(html.match(/action="\/episodes\/\w+\/unblock"/g)).toHaveLength(16);
  expect(headers.get('content-security-policy')).toMatch(/default-src 'none'; style-src 'self'; script-src 'self'/);
  expect(html).not.toMatch(/<script(?! src=)|<style|\sstyle=|\son\w+=/);
  for (const [, asset] of html.matchAll(/(?:href|src)="(\/(?:assets|vendor)[^"]+)"/g)) {
    expect((await fetch(noc.url + asset)).status).toBe(200);
  }
});

test('unblock is always rejected, with a reason that fits', async () => {
  expect((await page(`/episodes/${await episodeOf('203.0.113.47')}/unblock`, {})).html).toContain('evidence_required');
  expect((await page(`/episodes/${await episodeOf('198.51.100.30')}/unblock`, {})).html).toContain('repeat');
  const releaseAllowedAt = new Date(Date.now() + 3_600_000).toISOString();
  await client.post('/blocks', { ip: '203.0.113.220', kind: 'spam', releaseAllowedAt });
  expect((await page(`/episodes/${await episodeOf('203.0.113.220')}/unblock`, {})).html).toContain('too_early');
});

test('an appeal carries a signed token to the desk', async () => {
  const episode = await episodeOf('203.0.113.190');
  const who = '20990 abuse@halden-hosting.example';   // a delegate
  expect((await page('/appeal', { episode, who })).html).toContain('The desk is not known');
  const url = `http://127.0.0.1:${(desk.address() as AddressInfo).port}`;
  await client.put('/desk', { url: `${url}/`, apiKey: 'desk-key' });

  const { html, headers } = await page('/appeal', { episode, who });
  expect(headers.get('content-security-policy')).toContain(`form-action 'self' ${url};`);
  expect(html).toContain(`<form method="post" action="${url}/launch"`);
  const token = /name="token" value="([^"]+)"/.exec(html)![1]!;
  const { payload } = await jwtVerify(token, new TextEncoder().encode(noc.launchKey), { audience: 'unblock-desk', typ: 'launch+jwt', algorithms: ['HS256'] });
  const block = (await client.get<Block[]>('/addresses/203.0.113.190/blocks')).body[0]!;
  expect(payload).toMatchObject({ sub: '20990', email: 'abuse@halden-hosting.example', name: 'Halden Hosting', ip: '203.0.113.190', kind: 'spam', blockedAt: block.blockedAt, jti: expect.any(String) });
  expect(payload.exp! - payload.iat!).toBe(60);
});

test('nobody appeals for an address that is not theirs', async () => {
  expect((await page('/appeal', { episode: await episodeOf('203.0.113.47'), who: '20845 ops@tallow-and-finch.example' })).status).toBe(404);
});

test('a rejected unblock is handed over, and its status shown', async () => {
  const { html } = await page(`/episodes/${await episodeOf('203.0.113.64')}/hand-over`, {});
  expect(html).toContain('UB-7K3Q-92X4');
  expect(html).toContain('http://127.0.0.1/s/key');
  expect(asked.find((a) => a.url === '/api/v1/rejected-unblocks')?.body).toMatchObject({
    block: { ip: '203.0.113.64', kind: 'spam' }, account: { id: '20533', email: 'info@baeckerei-lindner.example' }, rejection: { reason: 'evidence_required' },
  });
});

test('a sample can be copied from the page of its block', async () => {
  const { html } = await page(`/episodes/${await episodeOf('203.0.113.47')}`);
  expect(html).toContain('Received: from news.nordlicht-druck.example (news.nordlicht-druck.example [203.0.113.47])');
  const samples = (await client.get<{ headers: string; ip: string }[]>('/samples?ip=203.0.113.47')).body;
  expect(samples.length).toBeGreaterThan(1);
  expect(samples.every((s) => s.ip === '203.0.113.47' && s.headers.includes('Message-ID:'))).toBe(true);
});

test('DNS is repaired, a block made and a fault set by form', async () => {
  expect((await page('/play/dns', { customer: '20533', name: '_dmarc.baeckerei-lindner.example', type: 'TXT', values: 'v=DMARC1; p=none\r\n' })).status).toBe(303);
  expect((await client.get('/dns')).body).toContainEqual({ name: '_dmarc.baeckerei-lindner.example', type: 'TXT', values: ['v=DMARC1; p=none'] });
  expect((await page('/customers/20533')).html).toContain('v&#x3D;DMARC1; p&#x3D;none');
  expect((await page('/play/blocks', { ip: '203.0.113.65', kind: 'spam' })).status).toBe(303);
  expect((await client.get<Block[]>('/addresses/203.0.113.65/blocks')).body[0]).toMatchObject({ state: 'blocked', detections: expect.arrayContaining([expect.objectContaining({ rule: 'CT_INVOICE_LURE' })]) });
  expect((await page('/play/faults', { call: 'lift', mode: 'slow', times: '', seconds: '0.5' })).status).toBe(303);
  expect((await client.get('/faults')).body).toEqual([{ call: 'lift', mode: 'slow', times: 1, seconds: 0.5 }]);
  expect((await page('/activity')).html).toContain('lift slow');
  expect((await fetch(`${noc.url}/play/faults/clear`, { method: 'POST', headers: { 'sec-fetch-site': 'cross-site' } })).status).toBe(403);
});

test('webhooks are taken with a right signature, once', async () => {
  const body = JSON.stringify({ type: 'lift.confirmed', data: { ref: 'UB-7K3Q-92X4' } });
  const send = (id: string, at: number, text = body): Promise<number> => {
    const signature = createHmac('sha256', Buffer.from(noc.webhookSecret.slice(6), 'base64')).update(`${id}.${at}.${body}`).digest('base64');
    return fetch(`${noc.url}/webhooks`, { method: 'POST', body: text, headers: { 'content-type': 'application/json', 'webhook-id': id, 'webhook-timestamp': String(at), 'webhook-signature': `v1,AAAA v1,${signature}` } }).then((a) => a.status);
  };
  const now = Math.floor(Date.now() / 1000);
  expect([await send('m1', now), await send('m1', now)]).toEqual([204, 204]);
  expect([await send('m2', now, `${body} `), await send('m3', now - 360), await send('m4', now + 360)]).toEqual([401, 401, 401]);
  expect((await client.get('/webhooks')).body).toEqual([{ id: 'm1', at: expect.any(String), type: 'lift.confirmed', body: JSON.parse(body) }]);
  expect((await page('/activity')).html).toContain('lift.confirmed');
  await client.post('/faults', { call: 'webhooks', mode: 'error', status: 410 });
  expect(await send('m5', now)).toBe(410);
});
