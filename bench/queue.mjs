// F6: what reviewers look at all day, at a given number of tickets of which a fifth waits: the list over the API (JSON, 50 rows with the
// reading's summary) and the page of the desk (HTML), with 1 and 16 clients. F7: how it grows, when several sizes are asked for.
import { median, note, tell } from './figures.mjs';
import { costed, hasProc } from './processes.mjs';

const LIST = '/api/v1/tickets?state=queued&limit=50';
const PAGE = '/desk';
/** Pages before anything counts, of each kind. */
const WARM_UP = 300;

export async function queue(world, { quick, tickets }) {
  const loader = await world.loader();
  const places = [];
  for (const size of tickets) {
    const place = await world.place(size);
    places.push({ ...place, kinds: await kindsOf(place) });
  }
  for (const what of ['json', 'json.deep', 'html']) {
    for (const clients of [1, 16]) {
      await measure({ world, loader, quick, places, what, clients });
    }
  }
  await loader.stop();
}

async function kindsOf({ desk, key, cookie }) {
  const [half] = await desk.query(`select created_at, id from ticket where state = 'queued' order by created_at desc, id
    offset (select count(*) / 2 from ticket where state = 'queued') limit 1`);
  return {
    json: { path: LIST, auth: key },
    'json.deep': { path: `${LIST}&after=${encodeURIComponent(`${half.created_at.toISOString()}_${half.id}`)}`, auth: key },
    html: { path: PAGE, auth: cookie },
  };
}

/** All sizes in turns, so that a busy moment of the machine hits each of them: growth is a ratio of runs beside one another. */
async function measure({ world, loader, quick, places, what, clients }) {
  const [seconds, repetitions] = quick ? [1, 3] : [5, 5];
  const ask = async ({ web, kinds }, length) => answered(await loader.run({ ports: [web.port], ...kinds[what], clients, seconds: length }));
  const runs = places.map(() => []);
  for (const place of places) {
    for (let done = 0; done < WARM_UP; ) {
      done += (await ask(place, 0.5)).answers;
    }
  }
  for (let i = 0; i < repetitions; i++) {
    for (const [n, place] of places.entries()) {
      runs[n].push(await costed([world.postgresPid, loader.pid, place.web.pid], () => ask(place, seconds)));
    }
  }
  const limits = clients === 1 ? { floor: 15, goal: 8, less: true } : { floor: 50, goal: 25, less: true };
  for (const [n, { size }] of places.entries()) {
    const name = `F6.${what}.${clients}@${size / 1000}k`;
    tell('queue', `${name}.p50`, 'ms', runs[n].map((run) => run.p50));
    tell('queue', `${name}.p99`, 'ms', runs[n].map((run) => run.p99), what === 'html' ? null : limits);
    tell('queue', `${name}.rate`, 'per second', runs[n].map((run) => run.answers / run.seconds));
    if (hasProc) {
      tell('queue', `${name}.cpu`, 'ms per page', runs[n].map((run) => run.cpu));
    }
  }
  if (places.length > 1) {
    const ratios = runs.at(-1).map((run, i) => run.p50 / runs[0][i].p50);
    tell('queue', `F7.${what}.${clients}`, `p50 at ${places.at(-1).size} / at ${places[0].size}`, ratios, { floor: 1.5, goal: 1.2, less: true });
  }
  const asked = what === 'html' ? PAGE : `${LIST}${what === 'json.deep' ? '&after=… (half way down)' : ''}`;
  note(`F6.${what}: GET ${asked}, about ${Math.round(runs[0][0].bytes / 1024)} KiB an answer, the same page again: rows that did not change are not made again; one process (ROLES=web); others used ${Math.round(median(runs.flat().map((run) => run.foreign)) * 100)} % of the machine with ${clients} client${clients > 1 ? 's' : ''}`);
}

function answered(run) {
  if (run.statuses[200] !== run.answers) {
    throw new Error(`The queue did not answer well: ${JSON.stringify(run.statuses)} ${run.failure ?? ''}`);
  }
  return run;
}
