import { join } from 'node:path';
import cookie from '@fastify/cookie';
import fastifyStatic from '@fastify/static';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { z } from 'zod';
import type { Parts } from './control';
import { idOf, parse, type Show } from './http';
import { ago, blockView, railView, recordsOf } from './page.view';
import { playRoutes } from './play';
import { samples } from './samples';
import { loadViews, projectRoot } from './views';

const SHOWN = 60;

/** The pages on which a person plays the NOC. They need no script; a strict policy lets none of others in. */
export async function pageRoutes(app: FastifyInstance, parts: Parts): Promise<void> {
  const { store, noc, faults, desk, webhooks } = parts;
  const render = loadViews();
  await app.register(cookie);
  await assets(app);

  const show: Show = (request, reply, view, model) => {
    const theme = request.cookies['theme'] === 'dark' || request.cookies['theme'] === 'light' ? request.cookies['theme'] : null;
    return reply.type('text/html; charset=utf-8').headers(headers(desk.url)).send(render(view, {
      ...model, theme: theme ?? 'light', auto: theme === null, other: theme === 'dark' ? 'light' : 'dark', otherIcon: theme === 'dark' ? 'sun' : 'moon', back: request.method === 'GET' ? request.url : '/',
      deskUrl: desk.url, rail: railView(noc, store.world.customers, model.chosen),
    }));
  };
  const missing = (request: FastifyRequest, reply: FastifyReply): FastifyReply => show(request, reply.status(404), 'message', { title: 'Not here', text: 'There is nothing here.' });

  app.get('/', (request, reply) => {
    const all = noc.episodes().filter((e) => e.block.state !== 'unblocked').map((e) => blockView(e, noc, Date.now()));
    return show(request, reply, 'blocks', { title: 'Current blocks', isHome: true, blocks: all, addresses: addressOptions() });
  });

  app.get('/customers/:id', (request, reply) => {
    const customer = noc.account(idOf(request));
    if (!customer) {
      return missing(request, reply);
    }
    const held = store.world.addresses.filter((a) => a.accountId === customer.id);
    const rows = held.map((a) => ({ ...a, delegate: a.delegates.map((id) => noc.account(id)?.name).join(', '), blocks: noc.episodes(a.ip).map((e) => blockView(e, noc, Date.now())) }));
    return show(request, reply, 'customer', { title: customer.name, chosen: customer.id, customer, rows, records: recordsOf(store.world.dns, held, customer.emails) });
  });

  app.get('/episodes/:id', async (request, reply) => {
    const found = noc.episodes().find((e) => e.id === idOf(request));
    if (!found) {
      return missing(request, reply);
    }
    const { block } = found;
    const texts = await samples(block, noc.address(block.ip)?.host ?? null, store.world.dkim.privateKey);
    const others = noc.episodes(block.ip).filter((e) => e !== found).map((e) => blockView(e, noc, Date.now()));
    return show(request, reply, 'episode', { title: `${block.kind === 'hack' ? 'Hack' : 'Spam'} block on ${block.ip}`, chosen: noc.address(block.ip)?.accountId ?? '', block: blockView(found, noc, Date.now()), samples: texts, others });
  });

  app.get('/activity', (request, reply) => show(request, reply, 'activity', {
    title: 'Activity', isActivity: true, faults: faults.list(),
    ledger: store.ledger.slice(-SHOWN).reverse().map((e) => ({ ...e, ago: ago(e.at, Date.now()), status: e.status || 'none' })),
    webhooks: webhooks.received.slice(0, SHOWN).map((w) => ({ ...w, ago: ago(w.at, Date.now()), json: JSON.stringify(w.body, null, 2) })),
    exceptions: store.world.exceptions,
  }));

  app.post('/theme', (request, reply) => {
    const { to, back } = parse(z.object({ to: z.enum(['light', 'dark']), back: z.string().regex(/^\/(?![/\\])/).catch('/') }), request.body);
    return reply.setCookie('theme', to, { path: '/', maxAge: 31_536_000, sameSite: 'lax', httpOnly: true }).redirect(back, 303);
  });

  playRoutes(app, parts, show, missing);

  function addressOptions() {
    return store.world.addresses.map((a) => ({ ip: a.ip, name: noc.account(a.accountId)?.name }));
  }
}

async function assets(app: FastifyInstance): Promise<void> {
  const root = projectRoot();
  const options = { decorateReply: false, maxAge: 3_600_000 };
  await app.register(fastifyStatic, { ...options, root: join(root, 'templates/simulator/assets'), prefix: '/assets/' });
  await app.register(fastifyStatic, { ...options, root: join(root, 'node_modules/@tabler/core/dist/css'), prefix: '/vendor/tabler/', allowedPath: (path) => path === '/tabler.min.css' });
  await app.register(fastifyStatic, { ...options, root: join(root, 'node_modules/@fontsource-variable/inter'), prefix: '/vendor/inter/', allowedPath: (path) => /^\/(index\.css|files\/[\w.-]+\.woff2)$/.test(path) });
}

/** `strict-origin`: the desk may see that a launch comes from here; no page is named. */
function headers(deskUrl: string | null): Record<string, string> {
  const desk = deskUrl ? ` ${new URL(deskUrl).origin}` : '';
  return {
    'content-security-policy': `default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self' data:; font-src 'self'; form-action 'self'${desk}; base-uri 'none'; frame-ancestors 'none'`,
    'referrer-policy': 'strict-origin', 'x-content-type-options': 'nosniff', 'cache-control': 'no-store',
  };
}
