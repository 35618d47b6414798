// How soon the others see it: from the moment a decision is sent until every open page of the desk was told which ticket changed (server-sent events).
import { get } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import { note, tell } from './figures.mjs';

const PAGES = 20;
const PATIENCE_MS = 10_000;

export async function live(world, { quick, tickets }) {
  const { size, desk, web, key, cookie } = await world.place(tickets[0]);
  const heard = new Map(); // reference → times at which a page was told
  const pages = await Promise.all(Array.from({ length: PAGES }, () => listen(web.port, cookie.slice('cookie: '.length), heard)));
  const api = async (path, body) => {
    const answer = await fetch(`http://127.0.0.1:${web.port}/api/v1${path}`, { method: 'POST', headers: { authorization: key.slice('authorization: '.length), ...(body ? { 'content-type': 'application/json' } : {}) }, body: body && JSON.stringify(body) });
    if (!answer.ok) {
      throw new Error(`${path} answered ${answer.status}: ${await answer.text()}`);
    }
    return answer.json();
  };
  const delays = [];
  const decisions = quick ? 20 : 100;
  for (let i = 0; i < decisions; i++) {
    const ticket = await api('/review/take');
    await all(heard, ticket.ref, 1); // that it was taken is told too: not what is measured
    heard.delete(ticket.ref);
    const sent = performance.now();
    await api(`/tickets/${ticket.ref}/decisions`, { version: ticket.version, outcome: 'uphold', reasons: ['remediation_incomplete'], statement: 'The form that relayed is still open, as the log of yesterday shows.', requiredFixes: [] });
    const times = await all(heard, ticket.ref, PAGES);
    delays.push(...times.map((at) => at - sent));
    await sleep(40 * (i % 9)); // not in step with the rounds of the server
  }
  pages.forEach((page) => page.destroy());
  const [{ n }] = await desk.query(`select count(*)::int as n from decision where statement like 'The form that relayed is still open%'`);
  if (n !== decisions || delays.length !== decisions * PAGES) {
    throw new Error(`live: ${decisions} decisions were answered, ${n} are stored; ${delays.length} of ${decisions * PAGES} pages were told`);
  }
  const sorted = delays.sort((a, b) => a - b);
  tell('live', 'live.p50', 'ms', [sorted[Math.floor(sorted.length / 2)]]);
  tell('live', 'live.p99', 'ms', [sorted[Math.floor(sorted.length * 0.99)]], { goal: 1_000, less: true });
  note(`live: ${decisions} decisions, from the sending of each until each of ${PAGES} listening pages was told, a desk of ${size.toLocaleString('en')} tickets, one process (ROLES=web)`);
}

/** One page that listens. */
function listen(port, cookie, heard) {
  return new Promise((ready, failed) => {
    const request = get({ port, host: '127.0.0.1', path: '/desk/live', agent: false, headers: { cookie, accept: 'text/event-stream' } }, (answer) => {
      if (answer.statusCode !== 200) {
        failed(new Error(`/desk/live answered ${answer.statusCode}`));
      }
      answer.setEncoding('utf8');
      let text = '';
      answer.on('error', () => undefined);
      answer.on('data', (chunk) => {
        const at = performance.now();
        text += chunk;
        for (let end = text.indexOf('\n\n'); end >= 0; end = text.indexOf('\n\n')) {
          const [event, data] = [/^event: (.*)$/m.exec(text.slice(0, end))?.[1], /^data: (.*)$/m.exec(text.slice(0, end))?.[1]];
          text = text.slice(end + 2);
          if (event === 'ready') { ready(request); }
          for (const ref of event === 'changed' ? (JSON.parse(data).refs ?? []) : []) {
            heard.set(ref, [...(heard.get(ref) ?? []), at]);
          }
        }
      });
    });
    request.once('error', failed);
  });
}

/** Waits until so many pages heard of a ticket. */
async function all(heard, ref, pages) {
  const end = performance.now() + PATIENCE_MS;
  while ((heard.get(ref)?.length ?? 0) < pages) {
    if (performance.now() > end) {
      throw new Error(`live: ${ref} changed and ${heard.get(ref)?.length ?? 0} of ${pages} pages were told within ${PATIENCE_MS / 1000} s`);
    }
    await sleep(2);
  }
  return heard.get(ref).slice(0, pages);
}
