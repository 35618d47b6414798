import { gunzipSync } from 'node:zlib';
import fastify, { type FastifyInstance } from 'fastify';
import { Forbidden } from './errors';
import { installPages } from './pages';
import { View } from './view';
import { duration, initials, relative, writeTime } from './view-helpers';
import type { Viewer } from './viewer';

describe('the pages', () => {
  let app: FastifyInstance;
  const view = new View();
  const anna: Viewer = { kind: 'staff', name: 'Anna <Keller>', detail: 'reviewer', csrf: 'the-token' };

  beforeAll(async () => {
    app = fastify();
    await installPages(app, { publicUrl: 'https://desk.example' });
    app.addHook('onRequest', (request, _reply, done) => {
      request.viewer = request.cookies['who'] === 'anna' ? anna : null;
      done();
    });
    app.addContentTypeParser('application/x-www-form-urlencoded', { parseAs: 'string' }, (_request, body, done) => done(null, Object.fromEntries(new URLSearchParams(String(body)))));
    // As @fastify/multipart has it: the fields are read by the route.
    app.addContentTypeParser('multipart/form-data', (_request, _payload, done) => done(null));
    app.setErrorHandler((error, _request, reply) => reply.status(error instanceof Forbidden ? 403 : 500).send({ error: (error as Error).message }));
    app.get('/page', (request, reply) => { view.render(request, reply, 'problem', { title: 'A <b>', detail: '"quoted" & <i>', errors: [] }); return reply; });
    app.post('/change', (request) => ({ body: request.body }));
    app.post('/launch', () => ({ ok: true }));
    app.post('/api/v1/claims', () => ({ ok: true }));
    await app.ready();
  });
  afterAll(() => app.close());

  const get = (url: string, headers: Record<string, string> = {}) => app.inject({ method: 'GET', url, headers });
  const post = (url: string, body: Record<string, string>, headers: Record<string, string> = {}) =>
    app.inject({ method: 'POST', url, payload: new URLSearchParams(body).toString(), headers: { 'content-type': 'application/x-www-form-urlencoded', ...headers } });

  it('are whole, or only what stands inside the layout when htmx asks; everything is escaped', async () => {
    const whole = await get('/page', { cookie: 'who=anna' });
    expect(whole.body).toMatch(/^<!doctype html>[\s\S]*<title>A &lt;b&gt; · Unblock desk<\/title>/);
    expect(whole.body).toContain('&quot;quoted&quot; &amp; &lt;i&gt;');
    expect(whole.body).toContain('Anna &lt;Keller&gt;');
    expect(whole.headers['vary']).toContain('HX-Request');
    const part = await get('/page', { cookie: 'who=anna', 'hx-request': 'true' });
    expect(part.body).not.toContain('<html');
    expect(part.body).toContain('<h1>A &lt;b&gt;</h1>');
  });

  it('carry no inline script or style, and say so to the browser', async () => {
    const { body, headers } = await get('/page', { cookie: 'who=anna' });
    expect(body).not.toMatch(/<script(?![^>]*\ssrc=)|<style|\sstyle=|\son\w+=/);
    expect(headers['content-security-policy']).toMatch(/default-src 'none'.*script-src 'self'; style-src 'self'.*frame-ancestors 'none'/);
    expect(headers['content-security-policy']).not.toContain('unsafe');
    expect(headers).toMatchObject({ 'x-content-type-options': 'nosniff', 'referrer-policy': 'no-referrer', 'cache-control': 'no-store' });
  });

  it('name every asset by its content, so that it can be kept for ever', async () => {
    const { body } = await get('/page');
    const urls = [...body.matchAll(/(?:href|src)="(\/assets\/[^"]+)/g)].map((found) => found[1]?.replaceAll('&#x3D;', '=').split('#')[0] ?? '');
    expect(urls.length).toBeGreaterThan(5);
    for (const url of urls) {
      const answer = await get(url);
      expect([url, answer.statusCode, answer.headers['cache-control']]).toEqual([url, 200, 'public, max-age=31536000, immutable']);
    }
    expect((await get(urls[0] ?? '', { 'accept-encoding': 'gzip' })).headers['content-encoding']).toBe('gzip');
    expect((await get('/assets/style.css')).headers['cache-control']).toBe('public, max-age=3600');
    expect((await get('/assets/../package.json')).statusCode).toBe(404);
    expect((await get('/assets/nothing.js')).statusCode).toBe(404);
  });

  it('travel packed to who takes that, each a little longer than it is, and are the same page', async () => {
    const plain = await get('/page', { cookie: 'who=anna' });
    expect([plain.headers['content-encoding'], plain.headers['vary']]).toEqual([undefined, 'HX-Request, Cookie, Accept-Encoding']);
    const sizes = new Set<number>();
    for (let i = 0; i < 12; i++) {
      const packed = await get('/page', { cookie: 'who=anna', 'accept-encoding': 'deflate, gzip;q=0.8, br' });
      expect([packed.headers['content-encoding'], packed.rawPayload.length < plain.rawPayload.length / 2]).toEqual(['gzip', true]);
      expect(gunzipSync(packed.rawPayload).toString().replace(/<!-- [\w-]* -->$/, '')).toBe(plain.body);
      sizes.add(packed.rawPayload.length);
    }
    expect(sizes.size).toBeGreaterThan(3);
    expect((await get('/page', { 'accept-encoding': 'gzip;q=0' })).headers['content-encoding']).toBeUndefined();
  });

  it('keep the theme that was chosen without a script, and lead nowhere else', async () => {
    const chosen = await get('/page?q=a&theme=dark');
    expect(chosen).toMatchObject({ statusCode: 303, headers: expect.objectContaining({ location: '/page?q=a' }) as object });
    expect(chosen.headers['set-cookie']).toMatch(/^theme=dark; Path=\/; Max-Age=31536000; SameSite=Lax; Secure$/);
    expect((await get('/page', { cookie: 'theme=dark' })).body).toContain('data-bs-theme="dark"');
    expect((await get('/page')).body).toContain('data-bs-theme="light" data-theme-auto');
    expect((await get('//evil.example/?theme=dark')).headers['location']).toMatch(/^\/evil\.example/);
    expect((await get('/page?theme=pink')).statusCode).toBe(200);
  });

  it('show times in the zone that the browser told, and in UTC for anything that is no zone', async () => {
    expect((await get('/page', { cookie: 'zone=Europe/Berlin' })).body).toContain('Times are in your time zone (Europe/Berlin)');
    for (const zone of ['<script>', 'Mars/Olympus', 'x'.repeat(99)]) {
      expect((await get('/page', { cookie: `zone=${zone}` })).body).toContain('Times are in UTC');
    }
  });

  describe('refuse what another site sends in the name of who is signed in', () => {
    it.each<[string, string, Record<string, string>, Record<string, string>, number]>([
      ['with the token', '/change', { _csrf: 'the-token', a: '1' }, { cookie: 'who=anna' }, 200],
      ['with the token in a header', '/change', { a: '1' }, { cookie: 'who=anna', 'x-csrf-token': 'the-token' }, 200],
      ['without a token', '/change', { a: '1' }, { cookie: 'who=anna' }, 403],
      ['with another token', '/change', { _csrf: 'the-tokem' }, { cookie: 'who=anna' }, 403],
      ['with the token, from another site', '/change', { _csrf: 'the-token' }, { cookie: 'who=anna', 'sec-fetch-site': 'cross-site' }, 403],
      ['with the token, from a sister site', '/change', { _csrf: 'the-token' }, { cookie: 'who=anna', 'sec-fetch-site': 'same-site' }, 403],
      ['with the token, from another origin', '/change', { _csrf: 'the-token' }, { cookie: 'who=anna', origin: 'https://evil.example' }, 403],
      ['from our own origin', '/change', { _csrf: 'the-token' }, { cookie: 'who=anna', origin: 'https://desk.example' }, 200],
      ['nobody signed in, from another origin', '/change', { a: '1' }, { origin: 'https://evil.example' }, 403],
      ['nobody signed in', '/change', { a: '1' }, {}, 200],
      ['the launch, which carries its own proof', '/launch', { token: 'x' }, { origin: 'https://noc.example', 'sec-fetch-site': 'cross-site' }, 200],
      ['a bearer key', '/change', { a: '1' }, { authorization: 'Bearer x', origin: 'https://noc.example' }, 200],
      ['the API without a session', '/api/v1/claims', { a: '1' }, { origin: 'https://noc.example' }, 200],
      ['the API with a session and no token', '/api/v1/claims', { a: '1' }, { cookie: 'who=anna' }, 403],
      ['a file form of our own, whose fields are read later', '/change', {}, { cookie: 'who=anna', 'content-type': 'multipart/form-data; boundary=x', 'sec-fetch-site': 'same-origin' }, 200],
      ['a file form from nowhere', '/change', {}, { cookie: 'who=anna', 'content-type': 'multipart/form-data; boundary=x' }, 403],
    ])('%s', async (_, url, body, headers, status) => {
      expect((await post(url, body, headers)).statusCode).toBe(status);
    });

    it('and take the token away, so that no schema stumbles over it', async () => {
      expect((await post('/change', { _csrf: 'the-token', a: '1' }, { cookie: 'who=anna' })).json()).toEqual({ body: { a: '1' } });
    });
  });
});

describe('how times are written', () => {
  const at = new Date('2026-11-20T23:14:07Z');
  it.each([
    ['full', 'UTC', '20 Nov 2026, 23:14'], ['full', 'Europe/Berlin', '21 Nov 2026, 00:14'], ['day', 'UTC', '20 Nov, 23:14'], ['exact', 'UTC', '20 Nov, 23:14:07'],
    ['date', 'Asia/Tokyo', '21 Nov 2026'], ['time', 'UTC', '23:14'], ['seconds', 'UTC', '23:14:07'],
  ])('%s in %s', (form, zone, words) => {
    expect(writeTime(at, form, zone)).toBe(words);
  });

  it.each([[40_000, '40 s'], [60_000, '1 m'], [215 * 60_000, '3 h 35 m'], [240 * 60_000, '4 h'], [52 * 3_600_000, '2 d 4 h'], [-66 * 60_000, '1 h 06 m']])('%d ms', (ms, words) => {
    expect(duration(ms)).toBe(words);
  });

  it('is relative to now', () => {
    expect(relative(new Date(+at - 240_000), at)).toBe('4 m ago');
    expect(relative(new Date(+at + 7_200_000), at)).toBe('in 2 h');
    expect(relative(at, at)).toBe('just now');
  });

  it('shortens names', () => {
    expect(['Anna Keller', 'anna', 'Jan van der Berg', ''].map(initials)).toEqual(['AK', 'A', 'JB', '?']);
  });
});
