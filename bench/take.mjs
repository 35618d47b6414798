// F8: the claim of the next ticket over the API, 32 reviewers at one queue, beside what one statement with SKIP LOCKED can do on the same server. No ticket
// may be given twice: the references in the answers, the lines of the audit and the rows of the table are counted.
import { median, note, tell } from './figures.mjs';
import { costed, hasProc } from './processes.mjs';

const REVIEWERS = 32;
/** So many takes in all are looked through for a double, as far as the desk has tickets. */
const TAKES = 100_000;

export async function take(world, { quick }) {
  const size = quick ? 20_000 : 130_000;
  const { desk, web } = await world.place(size);
  await desk.query(`update ticket set state = 'queued', taken_by = null, taken_at = null, lease_until = null, closed_reason = null, deadline_at = null, deadline_event = null`);
  await desk.query('vacuum full analyze ticket');
  const [loader, limit] = [await world.loader(), await world.limit()];
  await limit.run({ url: await world.empty('limit_of_take'), count: REVIEWERS });
  const auth = ['reviewer1', 'reviewer2', 'lead'].map((key) => `authorization: Bearer ${desk.keys[key]}`);
  const refs = new Set();
  let answers = 0;
  const ask = async (seconds) => {
    const run = await loader.run({ ports: [web.port], method: 'POST', path: '/api/v1/review/take', auth, clients: REVIEWERS, seconds, refs: true });
    answers += run.statuses[200] ?? 0;
    run.refs.forEach((ref) => refs.add(ref));
    if (run.answers !== (run.statuses[200] ?? 0) + (run.statuses[204] ?? 0) || run.refs.length !== (run.statuses[200] ?? 0)) {
      throw new Error(`Take next did not answer well: ${JSON.stringify(run.statuses)} ${run.failure ?? ''}`);
    }
    return run;
  };
  await ask(1);
  await limit.run({ take: true, seconds: 1, fill: true });
  const [ours, limits] = [[], []];
  for (let i = 0; i < (quick ? 3 : 5); i++) {
    const best = await costed([world.postgresPid, limit.pid], () => limit.run({ take: true, seconds: quick ? 1 : 3 }));
    if (best.taken !== best.answers) {
      throw new Error(`The limit gave a row twice: ${best.answers} were taken, ${best.taken} different`);
    }
    limits.push(best);
    ours.push(await costed([world.postgresPid, loader.pid, web.pid], () => ask(quick ? 1 : 3)));
  }
  while (!quick && answers < TAKES && ours.at(-1).statuses[200]) {
    ours.push(await costed([world.postgresPid, loader.pid, web.pid], () => ask(5)));
    if (ours.at(-1).statuses[204]) { ours.pop(); break; }
  }
  const rate = (run) => run.answers / run.seconds;
  const most = median(limits.map(rate));
  tell('take', 'F8.limit', 'per second', limits.map(rate));
  tell('take', 'F8', 'per second', ours.map(rate));
  tell('take', 'F8.ratio', 'of the limit', ours.map((run) => rate(run) / most), { floor: 0.25, goal: 0.4 });
  tell('take', 'F8.p99', 'ms', ours.map((run) => run.p99), { goal: 40, less: true });
  if (hasProc) {
    tell('take', 'F8.limit.cpu', 'ms per take', limits.map((run) => run.cpu));
    tell('take', 'F8.cpu', 'ms per take', ours.map((run) => run.cpu));
    ['postgres', 'driver', 'web'].forEach((name, i) => tell('take', `F8.cpu.${name}`, 'ms per take', ours.map((run) => run.parts[i])));
  }
  const [counted] = await desk.query(`select (select count(*)::int from audit_entry where event = 'taken' and at > now() - interval '1 hour' and by_kind = 'reviewer' and detail -> 'channel' is null) as audit,
    (select count(*)::int from ticket where state = 'in_review' and taken_by is not null) as tickets`);
  if (refs.size !== answers || counted.tickets !== answers || counted.audit !== answers) {
    throw new Error(`F8: ${answers} tickets were given, ${refs.size} different; the audit has ${counted.audit}, the table ${counted.tickets}`);
  }
  tell('take', 'F8.doubles', `of ${answers}`, [answers - refs.size], { goal: 0, less: true });
  note(`F8: POST /api/v1/review/take, ${REVIEWERS} connections of three people, a desk of ${size.toLocaleString('en')} tickets that all wait, one process (ROLES=web); others used ${Math.round(median(ours.map((run) => run.foreign)) * 100)} % of the machine`);
  await loader.stop();
  await limit.stop();
}
