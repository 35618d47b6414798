// The NOC and the DNS that the mails of the bench are checked against, in a process of its own, answering from the number in the address: what
// they cost is the driver's, not the desk's.
import { createSocket } from 'node:dgram';
import { createServer } from 'node:http';
import { ACCOUNTS, blockedAt, customerOf, numberOf } from './letters.mjs';

const account = (n) => ({ id: `acc-${n}`, email: `ops@cust${n}.example`, emails: [`ops@cust${n}.example`], name: `Shop ${n}`, tier: 'standard', language: 'en' });

function answer(url, begin) {
  const { pathname, searchParams } = new URL(url, 'http://noc');
  const [, what, name, more] = pathname.split('/').map(decodeURIComponent);
  if (what === 'accounts') {
    const n = Number(/^(?:acc-|ops@cust)(\d+)(?:\.example)?$/.exec(name ?? searchParams.get('email'))?.[1] ?? NaN);
    return n < ACCOUNTS ? (name ? account(n) : [account(n)]) : name ? null : [];
  }
  if (what === 'addresses' && name.startsWith('45.')) {
    const n = numberOf(name);
    return more === 'blocks'
      ? [{ ip: name, kind: 'spam', blockedAt: blockedAt(n, begin).toISOString(), state: 'blocked', detections: [{ messageId: `<d${n}@cust${customerOf(n)}.example>`, at: blockedAt(n, begin).toISOString(), score: 900, rule: 'bulk' }] }]
      : { ip: name, accountId: `acc-${customerOf(n)}` };
  }
  return null;
}

/** What DNS says of a name: texts, a host name, an address; null for a name that does not exist. */
function record(name, type, dkim) {
  const customer = /(?:^|\.)cust(\d+)\.example$/.exec(name);
  switch (type) {
    case 16:
      return !customer ? null : name.startsWith('_dmarc.') ? { texts: ['v=DMARC1; p=reject'] } : name.startsWith('s1._domainkey.') ? { texts: dkim.match(/.{1,250}/g) } : name.startsWith('cust') ? { texts: ['v=spf1 ip4:127.0.0.1 -all'] } : null;
    case 12: {
      const reversed = /^(\d+)\.(\d+)\.(\d+)\.45\.in-addr\.arpa$/.exec(name);
      return reversed ? { host: `mail.cust${customerOf(numberOf(`45.${reversed[3]}.${reversed[2]}.${reversed[1]}`))}.example` } : null;
    }
    default:
      return null;
  }
}

/** One question, one answer (RFC 1035 section 4); what does not exist is NXDOMAIN. */
function reply(query, dkim) {
  let at = 12;
  const labels = [];
  for (let length = query[at]; length > 0; length = query[at]) {
    labels.push(query.latin1Slice(at + 1, at + 1 + length));
    at += 1 + length;
  }
  const question = query.subarray(12, at + 5);
  const found = record(labels.join('.').toLowerCase(), query.readUInt16BE(at + 1), dkim);
  const head = Buffer.alloc(12);
  query.copy(head, 0, 0, 2);
  head.writeUInt16BE(found ? 0x8580 : 0x8583, 2);
  head.writeUInt16BE(1, 4);
  if (!found) {
    return Buffer.concat([head, question]);
  }
  head.writeUInt16BE(1, 6);
  const data = Buffer.concat((found.texts ?? found.host.split('.')).map((text) => Buffer.from([text.length, ...Buffer.from(text, 'latin1')])).concat(found.host ? [Buffer.from([0])] : []));
  const fixed = Buffer.alloc(12);
  fixed.writeUInt16BE(0xc00c, 0);
  question.copy(fixed, 2, question.length - 4);
  fixed.writeUInt32BE(300, 6);
  fixed.writeUInt16BE(data.length, 10);
  return Buffer.concat([head, question, fixed, data]);
}

async function open({ dkim, begin }) {
  const http = createServer((request, response) => {
    const body = answer(request.url, begin);
    const text = body === null ? '{}' : JSON.stringify(body);
    response.writeHead(body === null ? 404 : 200, { 'content-type': 'application/json', 'content-length': text.length });
    response.end(text);
  });
  http.keepAliveTimeout = 60_000;
  const dns = createSocket('udp4');
  dns.on('message', (query, from) => dns.send(reply(query, dkim), from.port, from.address));
  await Promise.all([new Promise((done) => http.listen(0, '127.0.0.1', done)), new Promise((done) => dns.bind(0, '127.0.0.1', done))]);
  return { url: `http://127.0.0.1:${http.address().port}`, dns: `127.0.0.1:${dns.address().port}` };
}

process.on('message', (plan) => {
  open(plan).then((result) => process.send({ result }), (error) => process.send({ error: error.message }));
});
process.on('disconnect', () => process.exit(0));
process.send({ ready: true });
