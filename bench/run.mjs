// `npm run bench [-- --quick] [-- F1 F6 …] [-- --tickets 10000,1000000] [-- --out FILE]`: started by scripts/bootstrap.mjs, which has installed and
// built. What the figures mean and what they are held against: docs/performance.md. One JSON object a line on standard output.
import { execSync } from 'node:child_process';
import { cpus, release, totalmem } from 'node:os';
import { keep, note, notes, say, table } from './figures.mjs';
import { hasProc } from './processes.mjs';

/** Each bench, and the names by which it can be asked for. */
const BENCHES = [
  { names: ['F1', 'F2', 'F11'], run: async (world, options) => (await import('./intake.mjs')).intake(world, options) },
  { names: ['F3', 'F4', 'F5', 'F13'], run: async (world, options) => (await import('./mail.mjs')).mail(world, options) },
  { names: ['F6', 'F7'], run: async (world, options) => (await import('./queue.mjs')).queue(world, options) },
  { names: ['F9', 'F10'], run: async (world, options) => (await import('./lifts.mjs')).lifts(world, options) },
  { names: ['outbox'], run: async (world, options) => (await import('./outbox.mjs')).outbox(world, options) },
  { names: ['desk'], run: async (world, options) => (await import('./desk.mjs')).desk(world, options) },
  { names: ['live'], run: async (world, options) => (await import('./live.mjs')).live(world, options) },
  { names: ['F8'], run: async (world, options) => (await import('./take.mjs')).take(world, options) },
  { names: ['F14'], run: async (world, options) => (await import('./fairness.mjs')).fairness(world, options) },
  { names: ['customer'], run: async (world, options) => (await import('./customer.mjs')).customer(world, options) },
  { names: ['F12'], run: async (world, options) => (await import('./start-up.mjs')).startUp(world, options) },
  { names: ['analysis'], pure: true, run: async (_world, options) => (await import('./pure.mjs')).pure('analysis', options) },
  { names: ['headers'], pure: true, run: async (_world, options) => (await import('./pure.mjs')).pure('headers', options) },
];

/** Asked for something that is not there: a sentence, no trace. */
class Misasked extends Error {}

function read(args) {
  const options = { quick: false, tickets: [10_000], decisions: null, out: null, names: [] };
  for (let i = 0; i < args.length; i++) {
    switch (args[i]) {
      case '--quick': options.quick = true; break;
      case '--tickets': options.tickets = String(args[++i]).split(',').map(Number); break;
      case '--decisions': options.decisions = Number(args[++i]); break;
      case '--out': options.out = args[++i]; break;
      default: options.names.push(args[i]);
    }
  }
  const known = BENCHES.flatMap((bench) => bench.names);
  const strange = options.names.find((name) => !known.includes(name));
  if (strange !== undefined) {
    throw new Misasked(`There is no figure "${strange}". There are: ${known.join(', ')}; --quick, --tickets N[,N…], --decisions N, --out FILE.`);
  }
  if (options.tickets.some((size) => !(Number.isInteger(size) && size >= 1000 && size <= 1_048_576))) {
    throw new Misasked('--tickets takes numbers of tickets from 1000 to 1048576, such as 10000,1000000.');
  }
  if (options.decisions !== null && !(Number.isInteger(options.decisions) && options.decisions >= 50 && options.decisions <= 100_000)) {
    throw new Misasked('--decisions takes a number of decisions from 50 to 100000.');
  }
  return { ...options, wanted: (name) => options.names.length === 0 || options.names.includes(name) };
}

async function main() {
  const options = read(process.argv.slice(2));
  const asked = BENCHES.filter((bench) => bench.names.some(options.wanted));
  note(`Machine: ${cpus().length} cores (${cpus()[0]?.model.trim() ?? 'unknown'}), ${Math.round(totalmem() / 2 ** 30)} GiB, ${process.platform} ${release()}, Node ${process.version}`);
  if (!hasProc) {
    note('There is no /proc here: CPU and memory are left out.');
  }
  // Without the database first: what follows heats the caches of the machine, not of the code.
  let world = null;
  const end = async () => {
    await world?.end();
    world = null;
  };
  for (const signal of ['SIGINT', 'SIGTERM']) {
    process.once(signal, () => void end().finally(() => process.exit(130)));
  }
  try {
    for (const bench of asked.toSorted((a, b) => Number(b.pure ?? false) - Number(a.pure ?? false))) {
      if (!bench.pure && !world) {
        const { startWorld } = await import('./world.mjs');
        world = await startWorld();
        note(`${world.version} (embedded, fsync, synchronous_commit and full_page_writes on), file system ${fileSystem(world.dir)}`);
      }
      await bench.run(world, options);
    }
  } finally {
    await end();
  }
  table(notes);
  if (options.out) {
    keep(options.out);
  }
}

function fileSystem(dir) {
  try {
    return execSync(`stat -f -c %T "${dir}"`, { encoding: 'utf8' }).trim();
  } catch {
    return 'unknown';
  }
}

const since = performance.now();
main().then(
  () => say(`Done in ${Math.round((performance.now() - since) / 1000)} s`),
  (error) => {
    process.stderr.write(`${error instanceof Misasked ? error.message : (error.stack ?? error.message)}\n`);
    process.exitCode = 1;
  },
);
