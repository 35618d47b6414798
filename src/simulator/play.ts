import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { z } from 'zod';
import { ip } from './api';
import type { Parts } from './control';
import { CALLS, faultSchema } from './faults';
import { idOf, parse, type Show } from './http';
import { invent } from './invent';
import { blockView } from './page.view';
import { reject } from './reject';
import type { Customer, Episode } from './types';

const optionalNumber = z.literal('').transform(() => undefined).or(z.coerce.number().min(0));

/** What the buttons of the pages do: unblock (always rejected), appeal, hand over, and changes to the world. */
export function playRoutes(app: FastifyInstance, { store, noc, faults, desk }: Parts, show: Show, missing: (request: FastifyRequest, reply: FastifyReply) => FastifyReply): void {
  app.addHook('onRequest', async (request, reply) => {
    if (request.method === 'POST' && request.headers['sec-fetch-site'] === 'cross-site') {
      await reply.status(403).send({ code: 'forbidden', message: 'This form belongs to the simulator.' });
    }
  });

  /** The episode of a page, and who may speak for its address: the holder first, then delegates. */
  const find = (id: string): { found: Episode; holder: Customer; people: Customer[] } | undefined => {
    const found = noc.episodes().find((e) => e.id === id);
    const held = found && noc.address(found.block.ip);
    const holder = held && noc.account(held.accountId);
    return holder ? { found, holder, people: [holder, ...held.delegates.map((d) => noc.account(d)).filter((c) => c !== undefined)] } : undefined;
  };
  const rejection = ({ block }: Episode) => reject(block, noc.episodes(block.ip).map((e) => e.block), Date.now());

  app.post('/episodes/:id/unblock', (request, reply) => {
    const known = find(idOf(request));
    return known ? showRejection(request, reply, known) : missing(request, reply);
  });

  app.post('/episodes/:id/hand-over', async (request, reply) => {
    const known = find(idOf(request));
    if (!known) {
      return missing(request, reply);
    }
    const told = await desk.handOver(known.found.block, known.holder, rejection(known.found));
    return showRejection(request, reply, known, told.ok ? { handed: told.ticket ?? {} } : { failed: told.why });
  });

  app.post('/appeal', async (request, reply) => {
    const { episode, who } = parse(z.object({ episode: z.string(), who: z.string() }), request.body);
    const known = find(episode);
    const [accountId, email] = who.split(' ');
    const person = known?.people.find((c) => c.id === accountId && c.emails.includes(email ?? ''));
    if (!known || !person || !email) {
      return missing(request, reply);
    }
    if (!desk.url) {
      return show(request, reply, 'message', { title: 'The desk is not known', text: 'Tell the simulator where the desk is: SIM_DESK_URL, or PUT /desk.' });
    }
    const token = await desk.launchToken(known.found.block, person, email);
    return show(request, reply, 'launch', { title: 'To the unblock desk', action: `${desk.url}/launch`, token, email, person: person.name, block: blockView(known.found, noc, Date.now()) });
  });

  app.post('/play/blocks', (request, reply) => {
    const wanted = parse(z.object({ ip, kind: z.enum(['spam', 'hack']) }), request.body);
    const held = noc.address(wanted.ip);
    if (!held) {
      return missing(request, reply);
    }
    const domain = noc.account(held.accountId)?.email.split('@')[1] ?? 'example';
    noc.block(invent(held, wanted.kind, domain, Date.now()));
    return reply.redirect('/', 303);
  });

  app.post('/play/dns', (request, reply) => {
    const body = parse(z.object({ customer: z.string(), name: z.string().trim().min(1).max(255), type: z.enum(['A', 'AAAA', 'MX', 'PTR', 'TXT']), values: z.string().max(8000) }), request.body);
    const name = body.name.toLowerCase().replace(/\.$/, '');
    const values = body.values.split('\n').map((v) => v.trim()).filter(Boolean);
    store.world.dns = [...store.world.dns.filter((r) => r.name !== name || r.type !== body.type), ...(values.length ? [{ name, type: body.type, values }] : [])];
    store.save();
    return reply.redirect(`/customers/${encodeURIComponent(body.customer)}#dns`, 303);
  });

  app.post('/play/faults', (request, reply) => {
    const form = parse(z.object({ call: z.enum(CALLS), mode: z.string(), times: optionalNumber, seconds: optionalNumber }), request.body);
    faults.add(parse(faultSchema, form));
    return reply.redirect('/activity', 303);
  });
  app.post('/play/faults/clear', (_, reply) => {
    faults.clear();
    return reply.redirect('/activity', 303);
  });

  function showRejection(request: FastifyRequest, reply: FastifyReply, { found, holder, people }: { found: Episode; holder: Customer; people: Customer[] }, after: object = {}): FastifyReply {
    return show(request, reply, 'rejected', {
      title: `Not unblocked: ${found.block.ip}`, chosen: holder.id, block: blockView(found, noc, Date.now()), rejection: rejection(found), ...after,
      people: people.flatMap((c) => c.emails.map((email) => ({ value: `${c.id} ${email}`, email, name: c.name, isDelegate: c !== holder }))),
    });
  }
}
