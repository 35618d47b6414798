import { createSocket } from 'node:dgram';
import { lookup, promises as dns, Resolver } from 'node:dns';
import { once } from 'node:events';
import { createServer, connect, type AddressInfo } from 'node:net';

const guarded = /tests stay on 127\.0\.0\.1/;

it.each([['192.0.2.1', 25], ['example.com', 80], ['2001:db8::1', 443]])('keeps a connection to %s from leaving', async (host, port) => {
  const [error] = (await once(connect(port, host), 'error').catch((thrown: Error) => [thrown])) as [Error];
  expect(error.message).toMatch(guarded);
});

it('keeps fetch from leaving', async () => {
  await expect(fetch('http://192.0.2.1/')).rejects.toMatchObject({ cause: { message: expect.stringMatching(guarded) as string } });
});

it('keeps names from being looked up', async () => {
  await expect(dns.lookup('example.com')).rejects.toThrow(guarded);
  await expect(dns.resolveTxt('example.com')).rejects.toThrow(guarded);
  await expect(new Promise((_, no) => lookup('example.com', no))).rejects.toThrow(guarded);
  const resolver = new dns.Resolver();
  resolver.setServers(['192.0.2.53']);
  await expect(resolver.resolve4('example.com')).rejects.toThrow(guarded);
  const older = new Resolver();
  older.setServers(['127.0.0.1:53', '192.0.2.53']);
  await expect(new Promise((_, no) => older.resolve4('example.com', no))).rejects.toThrow(guarded);
});

it('keeps a datagram from leaving', async () => {
  const socket = createSocket('udp4');
  await expect(new Promise((_, no) => socket.send('x', 53, '192.0.2.53', no))).rejects.toThrow(guarded);
  socket.close();
});

it('lets this machine talk to itself', async () => {
  const server = createServer((socket) => socket.end('hello')).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const [bytes] = (await once(connect((server.address() as AddressInfo).port, 'localhost'), 'data')) as [Buffer];
  expect(bytes.toString()).toBe('hello');
  server.close();
});
