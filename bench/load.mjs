// The load, in a process of its own: plain sockets, HTTP/1.1 with keep-alive and as little work per request as possible, since on
// a machine of two cores the driver takes from what it measures. Talks with its parent by messages: a plan in, a result out.
import { connect } from 'node:net';
import { claims } from './claims.mjs';

/** Whether the references in the answers are kept; they stand at the beginning of a ticket. */
let wanted = false;
const REF = /"ref":"([^"]+)"/;

/** One connection with one request at a time. `ask` resolves with the status once the whole answer is there. */
class Line {
  constructor(port) {
    this.chunks = [];
    this.missing = -1;
    this.socket = connect({ port, host: '127.0.0.1', noDelay: true });
    this.socket.on('data', (chunk) => this.take(chunk));
    this.socket.on('error', (error) => this.fail(error));
    this.socket.on('close', () => this.fail(new Error('the server closed the connection')));
  }

  ask(text, done) {
    this.done = done;
    this.socket.write(text);
  }

  take(chunk) {
    if (this.missing < 0) {
      const all = this.chunks.length > 0 ? Buffer.concat([...this.chunks, chunk]) : chunk;
      const end = all.indexOf('\r\n\r\n');
      if (end < 0) {
        this.chunks = [all];
        return;
      }
      const head = all.latin1Slice(0, end);
      const length = /\r\ncontent-length: (\d+)/i.exec(head);
      this.status = Number(head.slice(9, 12));
      if (!length && this.status !== 204) {
        this.fail(new Error(`an answer without Content-Length: ${head.slice(0, 200)}`));
        return;
      }
      this.chunks = [];
      this.ref = wanted && REF.exec(all.latin1Slice(end, end + 200))?.[1];
      this.bytes = Number(length?.[1] ?? 0);
      this.missing = this.bytes - (all.length - end - 4);
    } else {
      this.missing -= chunk.length;
    }
    if (this.missing === 0) {
      this.missing = -1;
      const { done } = this;
      this.done = null;
      done(this.status, this.bytes, undefined, this.ref);
    }
  }

  fail(error) {
    const { done } = this;
    this.done = null;
    done?.(0, 0, error);
  }
}

/** Makes the text of the n-th request: whole `texts` in turn; a claim where there is a seed for it; else `path`, or each of several in turn, as each of `auth` in turn. */
function requests({ port, path, auth, claimSeed, texts, method = 'GET' }) {
  if (texts) {
    return (n) => texts[n % texts.length];
  }
  if (claimSeed === undefined) {
    const [paths, all] = [[path].flat(), [auth].flat()];
    const length = method === 'GET' ? '' : 'content-length: 0\r\n';
    return (n) => `${method} ${paths[n % paths.length]} HTTP/1.1\r\nhost: 127.0.0.1:${port}\r\naccept: application/json\r\n${length}${all[n % all.length]}\r\n\r\n`;
  }
  const body = claims(claimSeed);
  const head = `POST ${path} HTTP/1.1\r\nhost: 127.0.0.1:${port}\r\naccept: application/json\r\ncontent-type: application/json\r\n${auth}\r\nidempotency-key: bench-${claimSeed}-`;
  return (n) => {
    const text = body(n); // ASCII only, so characters are bytes
    return `${head}${n}\r\ncontent-length: ${text.length}\r\n\r\n${text}`;
  };
}

/**
 * Closed loop: each client asks again as soon as it was answered. Open loop (`rate` a second): requests begin at their intended
 * time, on the next connection that is free, and their latency counts from that time, waiting included.
 */
async function run(plan) {
  const { ports, clients, seconds, rate } = plan;
  wanted = plan.refs === true;
  const refs = [];
  const make = requests({ ...plan, port: ports[0] });
  const lines = Array.from({ length: clients }, (_, i) => new Line(ports[i % ports.length]));
  await Promise.all(lines.map((line) => new Promise((resolve, reject) => line.socket.once('connect', resolve).once('error', reject))));
  const times = [];
  const statuses = {};
  let next = plan.from ?? 0;
  const last = next + (plan.most ?? Infinity);
  let bytes = 0;
  let failure = null;
  const begin = performance.now();
  const end = begin + seconds * 1_000;
  const ask = (line, since, then) => {
    line.ask(make(next++), (status, size, error, ref) => {
      times.push(performance.now() - since);
      statuses[status] = (statuses[status] ?? 0) + 1;
      bytes += size;
      failure ??= error;
      if (ref) { refs.push(ref); }
      then(status);
    });
  };
  if (rate) {
    await open({ lines, rate, begin, end, ask });
  } else {
    await Promise.all(lines.map((line) => new Promise((resolve) => {
      const again = (status) => (status === 0 || next >= last || performance.now() >= end ? resolve() : ask(line, performance.now(), again));
      again(-1);
    })));
  }
  const took = performance.now() - begin;
  lines.forEach((line) => line.socket.destroy());
  const sorted = Float64Array.from(times).sort();
  const at = (share) => sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? 0;
  return { answers: times.length, statuses, seconds: took / 1_000, p50: at(0.5), p99: at(0.99), max: at(1), bytes: Math.round(bytes / Math.max(1, times.length)), next, failure: failure?.message, refs };
}

function open({ lines, rate, begin, end, ask }) {
  const every = 1_000 / rate;
  const free = [...lines];
  let due = begin;
  let flying = 0;
  return new Promise((resolve) => {
    const pump = () => {
      const now = performance.now();
      while (due <= now && due < end && free.length > 0) {
        const line = free.pop();
        flying++;
        ask(line, due, () => {
          flying--;
          free.push(line);
        });
        due += every;
      }
      if (due >= end && flying === 0) {
        resolve();
      } else {
        // Each millisecond, whatever is due by then. Turns of the loop would be nearer to the intended times, and hold one of two cores meanwhile.
        setTimeout(pump, 1);
      }
    };
    pump();
  });
}

process.on('message', (plan) => {
  run(plan).then((result) => process.send({ result }), (error) => process.send({ error: error.message }));
});
process.on('disconnect', () => process.exit(0));
process.send({ ready: true });
