// A NOC that answers at once and knows every account of the claims (bench/claims.mjs): what the desk's own work costs, not the simulator's. Ownership,
// accounts, no block of the past; webhooks are taken. A process of its own; talks with its parent by messages.
import { createServer } from 'node:http';
import { holderOf } from './claims.mjs';

const send = (answer, status, body) => {
  const text = JSON.stringify(body);
  answer.writeHead(status, { 'content-type': 'application/json', 'content-length': Buffer.byteLength(text) }).end(text);
};

const server = createServer((request, answer) => {
  request.resume();
  const [, what, name, more] = request.url.split('?', 1)[0].split('/').map(decodeURIComponent);
  if (what === 'addresses' && more === 'blocks') {
    send(answer, 200, []);
  } else if (what === 'addresses') {
    send(answer, 200, { ip: name, accountId: holderOf(name), assignedSince: '2020-01-01T00:00:00Z' });
  } else if (what === 'accounts' && name) {
    send(answer, 200, { id: name, email: `ops@${name}.example`, name: 'Example Shop', tier: 'business', language: 'en', emails: [`ops@${name}.example`] });
  } else {
    send(answer, request.method === 'POST' ? 204 : 404, {});
  }
});
server.keepAliveTimeout = 60_000;
server.listen(0, '127.0.0.1', () => process.send({ result: { url: `http://127.0.0.1:${server.address().port}` } }));
process.on('disconnect', () => process.exit(0));
