import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { guardedPost, refusedUrl, type Lookup } from './guarded-post';

const LOOPBACK = ['127.0.0.0/8'];
const leadsTo = (...addresses: string[]): Lookup => (_, done) => done(null, addresses.map((address) => ({ address, family: address.includes(':') ? 6 : 4 })));

describe('T36: a webhook to a place that somebody typed', () => {
  let server: Server;
  let port: number;
  let seen: string[];
  let answers: (path: string) => { status: number; headers?: Record<string, string>; body?: string };
  const post = (url: string, networks: string[] = LOOPBACK, lookup?: Lookup, milliseconds = 10_000) => guardedPost({ url, headers: { 'x-a': 'b' }, body: '{}', milliseconds, networks }, lookup);

  beforeAll(async () => {
    server = createServer((request, response) => {
      seen.push(request.url ?? '');
      const { status, headers, body } = answers(request.url ?? '');
      response.writeHead(status, headers).write(body ?? '');
      if (request.url !== '/slow') {
        response.end();
      }
    });
    await new Promise<void>((ready) => server.listen(0, '127.0.0.1', ready));
    port = (server.address() as AddressInfo).port;
  });
  afterAll(async () => {
    server.closeAllConnections();
    await new Promise((done) => server.close(done));
  });
  beforeEach(() => {
    seen = [];
    answers = () => ({ status: 200, body: 'ok' });
  });

  it.each([
    ['the metadata service', 'https://169.254.169.254/latest'], ['loopback', 'https://127.0.0.1/'], ['loopback in IPv6 clothes', 'https://[::ffff:127.0.0.1]/'], ['translated loopback', 'https://[64:ff9b::7f00:1]/'],
    ['hexadecimal', 'https://0x7f000001/'], ['octal', 'https://0177.0.0.1/'], ['one number', 'https://2130706433/'], ['short', 'https://127.1/'], ['nothing', 'https://0.0.0.0/'], ['IPv6 loopback', 'https://[::1]/'],
    ['a private network', 'https://10.1.2.3/'], ['a private network of IPv6', 'https://[fd00::1]/'], ['a link', 'https://[fe80::1]/'], ['carrier grade', 'https://100.64.0.1/'],
    ['http', 'http://example.org/'], ['a file', 'file:///etc/passwd'], ['a name and a password', 'https://a:b@example.org/'], ['nonsense', 'example'],
  ])('is refused for %s before anything is sent', async (_, url) => {
    expect(refusedUrl(url)).toEqual(expect.any(String));
    expect(await post(url, [])).toEqual({ failure: expect.any(String) as string });
  });

  it('takes a public name, and networks that a setting allows', () => {
    expect([refusedUrl('https://hooks.example.org/in'), refusedUrl('https://8.8.8.8/'), refusedUrl('http://127.0.0.1:1/', LOOPBACK)]).toEqual([null, null, null]);
  });

  it('is blocked at the connection where a name leads inside, also when only one of its addresses does', async () => {
    for (const inside of [['127.0.0.1'], ['8.8.8.8', '127.0.0.1'], ['::ffff:169.254.169.254'], ['::1']]) {
      expect(await post(`https://rebinding.example:${port}/`, [], leadsTo(...inside))).toEqual({ failure: expect.stringContaining('is not public') as string });
    }
    expect(seen).toEqual([]);
  });

  it('asks for a name once, and connects to what was checked', async () => {
    let asked = 0;
    const changing: Lookup = (_, done) => done(null, [{ address: asked++ === 0 ? '127.0.0.1' : '169.254.169.254', family: 4 }]);
    expect(await post(`http://rebinding.example:${port}/a`, LOOPBACK, changing)).toEqual({ status: 200, text: 'ok' });
    expect([asked, seen]).toEqual([1, ['/a']]);
  });

  it('follows no redirect', async () => {
    answers = (path) => (path === '/a' ? { status: 302, headers: { location: '/inside' } } : { status: 200 });
    expect(await post(`http://127.0.0.1:${port}/a`)).toEqual({ status: 302, text: '' });
    expect(seen).toEqual(['/a']);
  });

  it('reads ten megabytes up to a little, and waits for no slow answer', async () => {
    answers = () => ({ status: 200, body: 'x'.repeat(10 * 1024 * 1024) });
    expect(await post(`http://127.0.0.1:${port}/big`)).toEqual({ status: 200, text: 'x'.repeat(2000) });
    answers = () => ({ status: 200, body: 'x' });
    expect(await post(`http://127.0.0.1:${port}/slow`, LOOPBACK, undefined, 500)).toEqual({ failure: 'no whole answer within 0.5 s' });
  });
});
