import { createTransport } from 'nodemailer';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { describeInBrowser, startBrowser } from './browser';
import { startDesk } from './desk';
import { startSmtpSink } from './smtp-sink';
import { startTcpProxy } from './tcp-proxy';
import { waitFor } from './wait-for';

it('keeps the mails that are sent to the sink, and refuses on demand', async () => {
  const sink = await startSmtpSink();
  const transport = createTransport(sink.url);
  sink.refuse(451, 'later');
  const mail = { from: 'a@example.com', to: 'b@example.com', subject: 'Grüße', text: 'hello', headers: { 'X-Test': 'yes' } };
  await expect(transport.sendMail(mail)).rejects.toMatchObject({ responseCode: 451 });
  await transport.sendMail(mail);
  const kept = await sink.waitFor((one) => one.subject === 'Grüße');
  expect({ to: kept.to, text: kept.text.trim(), header: kept.header('x-test') }).toEqual({ to: ['b@example.com'], text: 'hello', header: 'yes' });
  transport.close();
  await sink.close();
});

it('lets a connection through, loses its answers, and refuses it', async () => {
  let acted = 0;
  const server = createServer((_, answer) => answer.end(`ok ${++acted}`)).listen(0, '127.0.0.1');
  const port = await waitFor('the server', () => (server.address() as AddressInfo | null)?.port);
  const proxy = await startTcpProxy({ port });
  const url = proxy.through(`http://localhost:${port}/x`);
  expect(await (await fetch(url, { headers: { connection: 'close' } })).text()).toBe('ok 1');
  proxy.set('dropAnswers');
  const lost = expect(fetch(url, { headers: { connection: 'close' } })).rejects.toThrow('fetch failed');
  await waitFor('the server to act', () => acted === 2);
  proxy.set('refuse');
  await lost;
  await expect(fetch(url)).rejects.toThrow('fetch failed');
  await proxy.close();
  server.close();
});

describeInBrowser('browser', () => {
  it('opens a page', async () => {
    const browser = await startBrowser();
    const page = await browser.newPage();
    await page.goto('data:text/html,<h1>Desk</h1>');
    expect(await page.textContent('h1')).toBe('Desk');
    await browser.close();
  });
});

it('leaves nothing running when a desk cannot start', async () => {
  const open = (): string[] => process.getActiveResourcesInfo().filter((kind) => /^(?:ProcessWrap|TCPServerWrap|PipeWrap)$/.test(kind));
  const before = open();
  await expect(startDesk({ settings: { UNDO_SECONDS: 'soon' } })).rejects.toThrow('UNDO_SECONDS');
  await waitFor('the processes and ports to close', () => open().length <= before.length);
});
