// A NOC that only counts, in a process of its own, so that an order's arrival is stamped by nobody who is busy. Every address is held by one account
// and blocked since one moment until its lift acts; what is about others is handed to a NOC `behind` it. `faults`: shares of calls that fail or hang,
// half of the lifts among them after having acted.
import { createServer, request as ask } from 'node:http';

const BLOCKED_AT = '2026-11-20T00:00:00.000Z';
const now = () => Date.now(); // the clock by which PostgreSQL stamps its commits
let faults = { fail: 0, hang: 0 };
let behind = null;
const lifted = new Map(); // address → idempotency keys that acted
const answers = new Map(); // idempotency key → what it was answered
const arrived = new Map(); // ticket → when its first order arrived
let orders = 0;

const send = (reply, status, body) => reply.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));

function lift(ip, key, { ticket, blockedAt }) {
  orders++;
  arrived.set(ticket, arrived.get(ticket) ?? now());
  if (answers.has(key)) {
    return [200, answers.get(key)];
  }
  if (new Date(blockedAt).getTime() !== Date.parse(BLOCKED_AT)) {
    return [409, { code: 'newer_block', blockedAt: BLOCKED_AT }];
  }
  // A second key for a block that is gone would be a double: a stub that let it act makes it seen.
  lifted.set(ip, [...(lifted.get(ip) ?? []), key]);
  answers.set(key, { state: 'unblocked' });
  return [200, { state: 'unblocked' }];
}

function handOn(request, reply) {
  const { method, url, headers } = request;
  const other = ask(new URL(url, behind), { method, headers }, (answer) => answer.pipe(reply.writeHead(answer.statusCode, answer.headers)));
  other.on('error', () => reply.destroy());
  request.pipe(other);
}

const server = createServer((request, reply) => {
  if (behind && !request.url.startsWith('/addresses/46.')) {
    handOn(request, reply);
    return;
  }
  const chunks = [];
  request.on('data', (chunk) => chunks.push(chunk));
  request.on('end', () => {
    const [, what, name = '', of, , verb] = request.url.split('/');
    const ip = decodeURIComponent(name);
    const chance = Math.random();
    const [fails, hangs] = [chance < faults.fail, chance >= faults.fail && chance < faults.fail + faults.hang];
    const acts = Math.random() < 0.5;
    const answer = verb === 'lift' && (!(fails || hangs) || acts) ? lift(ip, String(request.headers['idempotency-key']), JSON.parse(Buffer.concat(chunks).toString()))
      : what === 'addresses' && of === 'blocks' ? [200, [{ ip, kind: 'spam', blockedAt: BLOCKED_AT, state: lifted.has(ip) ? 'unblocked' : 'blocked' }]]
        : what === 'addresses' && of === undefined ? [200, { ip, accountId: 'bench', assignedSince: '2020-01-01T00:00:00Z' }]
          : what === 'accounts' ? [200, { id: 'bench', email: 'ops@shop.example', emails: ['ops@shop.example'] }] : [202, {}];
    if (verb === 'lift' && (fails || hangs) && !acts) {
      orders++;
    }
    if (fails && (verb !== 'lift' || !acts)) {
      send(reply, 503, { message: 'try later' });
    } else if (fails) {
      request.socket.destroy(); // it acted, and nobody hears of it
    } else if (!hangs) {
      send(reply, ...answer);
    }
  });
});

process.on('message', (plan) => {
  faults = plan.faults ?? faults;
  behind = plan.behind ?? behind;
  process.send({ result: { arrived: [...arrived], orders, lifted: [...lifted].map(([ip, keys]) => [ip, keys.length]) } });
});
process.on('disconnect', () => process.exit(0));
server.listen(0, '127.0.0.1', () => process.send({ result: { port: server.address().port } }));
