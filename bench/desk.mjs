// What reviewers do besides looking at the queue, at a given number of tickets and with 16 clients: a filtered queue, a network, a Message-ID, words, and the page
// of one ticket. Each asks for something else each time, so that no answer is the one before; what is found is counted against the tables first.
import { median, note, tell } from './figures.mjs';
import { costed, hasProc } from './processes.mjs';

const CLIENTS = 16;
/** Different things that are asked for. */
const ASKED = 200;
const LIMITS = { goal: 100, less: true };

export async function desk(world, { quick, tickets }) {
  const loader = await world.loader();
  const [seconds, repetitions] = quick ? [1, 3] : [4, 3];
  for (const size of tickets) {
    const place = await world.place(size);
    const kinds = await kindsOf(place);
    for (const [what, { paths, auth }] of Object.entries(kinds)) {
      const ask = async (length) => answered(what, await loader.run({ ports: [place.web.port], path: paths, auth, clients: CLIENTS, seconds: length }));
      await ask(1);
      const runs = [];
      for (let i = 0; i < repetitions; i++) {
        runs.push(await costed([world.postgresPid, loader.pid, place.web.pid], () => ask(seconds)));
      }
      const name = `desk.${what}@${size / 1000}k`;
      tell('desk', `${name}.p50`, 'ms', runs.map((run) => run.p50));
      tell('desk', `${name}.p99`, 'ms', runs.map((run) => run.p99), LIMITS);
      if (hasProc) {
        tell('desk', `${name}.cpu`, 'ms per page', runs.map((run) => run.cpu));
      }
      note(`desk.${what}: ${paths.length} different, such as GET ${paths[0]}, ${CLIENTS} clients, about ${Math.round(runs[0].bytes / 1024)} KiB an answer; others used ${Math.round(median(runs.map((run) => run.foreign)) * 100)} % of the machine`);
    }
  }
  await loader.stop();
}

async function kindsOf(place) {
  const { desk, cookie, key } = place;
  const some = await desk.query(`select t.ref, host(network(set_masklen(t.ip, 24))) || '/24' as network, t.block->'detections'->0->>'messageId' as id, split_part(t.account_email, '@', 2) as domain
    from ticket t where t.state in ('queued', 'in_review', 'lifted') order by md5(t.id::text) limit $1`, [ASKED]);
  const q = (text) => encodeURIComponent(text);
  const kinds = {
    filtered: { auth: cookie, paths: ['spam', 'hack', 'all-open', 'overdue'].flatMap((queue) => ['for', 'against', 'mixed'].flatMap((reading) => ['mistake', 'fixed'].map((claim) => `/desk?queue=${queue}&claim=${claim}&assessment=${reading}`))) },
    network: { auth: cookie, paths: some.map((one) => `/desk?q=${q(one.network)}`) },
    'message-id': { auth: cookie, paths: some.map((one) => `/desk?q=${q(`<${one.id}>`)}`) },
    words: { auth: cookie, paths: some.map((one, i) => `/desk?q=${q([`invoices ${one.domain}`, 'password resets', `plugin ${one.domain}`, 'appointment reminders clinic'][i % 4])}`) },
    'ticket.json': { auth: key, paths: some.map((one) => `/api/v1/tickets/${one.ref}`) },
    'ticket.html': { auth: cookie, paths: some.map((one) => `/desk/tickets/${one.ref}`) },
  };
  await countFound(place, some.slice(0, 20));
  return kinds;
}

/** The search finds what is there: as many tickets of a network, and the one ticket of a Message-ID, as the table has. */
async function countFound({ desk, web, key }, some) {
  const found = async (q) => (await (await fetch(`http://127.0.0.1:${web.port}/api/v1/tickets?limit=200&q=${encodeURIComponent(q)}`, { headers: { authorization: key.slice('authorization: '.length) } })).json()).items.map((item) => item.ref);
  for (const one of some) {
    const [{ n }] = await desk.query('select least(count(*), 200)::int as n from ticket where ip <<= $1::inet', [one.network]);
    const [network, id] = [await found(one.network), await found(`<${one.id}>`)];
    if (network.length !== n || !id.includes(one.ref)) {
      throw new Error(`The search does not find what is there: ${one.network} has ${n}, found ${network.length}; <${one.id}> is ${one.ref}, found ${id.join(', ') || 'nothing'}`);
    }
  }
}

function answered(what, run) {
  if (run.statuses[200] !== run.answers) {
    throw new Error(`${what} did not answer well: ${JSON.stringify(run.statuses)} ${run.failure ?? ''}`);
  }
  return run;
}
