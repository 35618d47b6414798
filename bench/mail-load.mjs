// Sends the mails, in a process of its own: plain sockets, the commands of a mail in one packet where the server allows it (PIPELINING, as
// mail servers do). `prepare` makes and signs the mails, so that this costs nothing while the clock runs.
import { connect } from 'node:net';
import { DOMAIN, letters, mailboxOf } from './letters.mjs';

/** pairs of the mail's number and its bytes */
let prepared = [];

/** One connection; `send` settles with the code of the answer to the mail, 0 when the connection broke. */
class Line {
  constructor(port) {
    this.text = '';
    this.codes = [];
    this.waits = null;
    this.socket = connect({ port, host: '127.0.0.1', noDelay: true });
    this.socket.setEncoding('latin1');
    this.socket.on('data', (chunk) => this.take(chunk));
    this.socket.on('error', () => this.end());
    this.socket.on('close', () => this.end());
  }

  take(chunk) {
    const lines = (this.text + chunk).split('\r\n');
    this.text = lines.pop();
    this.codes.push(...lines.filter((line) => line[3] === ' ').map((line) => Number(line.slice(0, 3))));
    this.tell();
  }

  tell() {
    if (this.waits && (this.closed || this.codes.length >= this.waits.count)) {
      const { count, done } = this.waits;
      this.waits = null;
      done(this.codes.splice(0, count));
    }
  }

  end() {
    this.closed = true;
    this.tell();
  }

  answers(count) {
    return new Promise((done) => {
      this.waits = { count, done };
      this.tell();
    });
  }

  async open() {
    const greeting = await this.answers(1);
    this.socket.write('EHLO mail.bench.example\r\n');
    return greeting[0] === 220 && (await this.answers(1))[0] === 250;
  }

  async send(n, mail) {
    this.socket.write(`MAIL FROM:<${mailboxOf(n)}>\r\nRCPT TO:<unblock@${DOMAIN}>\r\nDATA\r\n`);
    const [from = 0, to = 0, data = 0] = await this.answers(3);
    if (data !== 354) {
      return { code: from >= 400 ? from : to >= 400 ? to : data, at: 0 };
    }
    this.socket.write(Buffer.concat([mail, Buffer.from('.\r\n')]));
    const at = performance.timeOrigin + performance.now();
    return { code: (await this.answers(1))[0] ?? 0, at };
  }

  close() {
    this.closed = true;
    this.socket.end('QUIT\r\n');
  }
}

/**
 * Sends what was prepared, each mail once. Closed loop over `clients` connections, each kept open or (`fresh`) made anew for every mail; with
 * `rate` mails begin at their intended time. A mail that was not taken (an answer that is not 250, or none) is named in `untaken`.
 */
async function run({ port, clients, fresh = false, rate }) {
  const times = [];
  const sent = [];
  const statuses = {};
  const untaken = [];
  let next = 0;
  const begin = performance.now();
  const tell = (n, { code, at }) => {
    statuses[code] = (statuses[code] ?? 0) + 1;
    if (code === 250) {
      times.push(performance.timeOrigin + performance.now() - at);
      sent.push([n, at]);
    } else {
      untaken.push(n);
    }
  };
  await Promise.all(Array.from({ length: clients }, async () => {
    let line = null;
    while (next < prepared.length) {
      const i = next++;
      const [n, mail] = prepared[i];
      const wait = rate ? begin + (i * 1_000) / rate - performance.now() : 0;
      if (wait > 0) {
        await new Promise((done) => setTimeout(done, wait));
      }
      if (!line || line.closed || fresh) {
        line?.close();
        line = new Line(port);
        if (!(await line.open())) {
          line.close();
        }
      }
      tell(n, line.closed ? { code: 0, at: 0 } : await line.send(n, mail));
    }
    line?.close();
  }));
  const seconds = (performance.now() - begin) / 1_000;
  const sorted = Float64Array.from(times).sort();
  const at = (share) => sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? 0;
  return { answers: sent.length, seconds, statuses, untaken, sent, p50: at(0.5), p99: at(0.99), max: at(1) };
}

function prepare({ seed, key, begin, numbers }) {
  const letter = letters({ seed, key, begin });
  prepared = numbers.map((n) => [n, letter(n)]);
  return { bytes: prepared.reduce((sum, [, mail]) => sum + mail.length, 0) / prepared.length };
}

process.on('message', (plan) => {
  Promise.resolve()
    .then(() => (plan.prepare ? prepare(plan.prepare) : run(plan)))
    .then((result) => process.send({ result }), (error) => process.send({ error: error.stack }));
});
process.on('disconnect', () => process.exit(0));
process.send({ ready: true });
