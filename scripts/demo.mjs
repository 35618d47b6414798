// `npm run demo`: the whole desk on this machine: database, Redis if there is one, a NOC to play with, the application.
// Started by scripts/bootstrap.mjs, which has installed and built. Runs until Ctrl-C; a second start finds the same data.
import { spawnSync } from 'node:child_process';
import { mkdirSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join, resolve } from 'node:path';
import { ChildDied, readyLine, startChild, stopChild } from './lib/child.mjs';
import { appSettings, demoSecrets, keepSeeded, surroundings } from './lib/demo-settings.mjs';
import { claimData, endLeftOvers, recordProcesses, startedByNpm } from './lib/left-overs.mjs';
import { overview } from './lib/overview.mjs';
import { writeWhole } from './lib/write-whole.mjs';

const require = createRequire(import.meta.url);
const { startEmbeddedPostgres } = require('../dist/src/platform/database/embedded.js');
const { startPrivateRedis } = require('../dist/src/platform/redis-server.js');
const { freePort, listenable } = require('../dist/src/platform/processes.js');

const say = (line) => process.stdout.write(`${line}\n`);
const dataDir = resolve(process.env.DATA_DIR || '.data');
const running = { children: [], redis: null, postgres: null };
let stopping = null;

async function demo() {
  rmSync(join(dataDir, 'demo.json'), { force: true });
  let secrets = demoSecrets(dataDir);
  let database = null;

  if (!process.env.DATABASE_URL) {
    say('Starting PostgreSQL …');
    running.postgres = startEmbeddedPostgres({ dataDir: join(dataDir, 'postgres'), durable: true, port: 5433, say });
    database = await running.postgres;
    if (database.reused) {
      say('PostgreSQL was still running on this data: it is taken over');
    }
  }
  if (!process.env.REDIS_URL) {
    running.redis = await startPrivateRedis({ dir: join(dataDir, 'redis'), path: process.env.PATH ?? '', tied: true, say });
    say(running.redis ? 'Bull carries the jobs, on a Redis of our own' : 'No redis-server or valkey-server on the PATH: the same jobs run inside the application');
  }

  say('Starting the NOC simulator …');
  const simulator = await startSimulator(secrets);
  let settings = await settle(secrets, simulator, database);
  say('Preparing the database …');
  cli(settings, ['migrate']);
  const seeded = JSON.parse(cli(settings, ['seed-demo'], JSON.stringify({ password: secrets.password, keys: secrets.apiKeys })).trim().split('\n').at(-1));
  secrets = keepSeeded(dataDir, secrets, seeded);

  say('Starting the application …');
  settings = await startApp(settings, () => settle(secrets, simulator, database));
  await moveDesk(simulator, secrets, settings);
  const facts = {
    baseUrl: settings.PUBLIC_URL,
    smtp: { host: '127.0.0.1', port: Number(new URL(settings.MAIL_LISTEN).port) },
    nocUrl: simulator.url,
    nocToken: secrets.nocToken,
    apiKeys: secrets.apiKeys,
    staff: secrets.staff,
    customers: seeded.customers ?? customersOfSimulator(),
    mailbox: seeded.mailbox ?? `unblock@${settings.MAIL_DOMAIN}`,
  };
  writeWhole(join(dataDir, 'demo.json'), facts);
  say(overview(facts, { dataDir, redis: Boolean(settings.REDIS_URL), smtp: settings.SMTP_URL }));
}

async function startSimulator(secrets, attempts = 3) {
  const env = {
    ...surroundings(process.env),
    SIM_PORT: String(await step('the NOC simulator', 4010)),
    SIM_DNS_PORT: '0',
    SIM_STATE_DIR: join(dataDir, 'simulator'),
    SIM_DESK_URL: process.env.PUBLIC_URL || 'http://localhost:3000',
    NOC_TOKEN: secrets.nocToken,
    NOC_LAUNCH_KEY: secrets.nocLaunchKey,
    NOC_WEBHOOK_SECRET: secrets.nocWebhookSecret,
    DESK_API_KEY: secrets.apiKeys.noc,
  };
  const child = startChild({ name: 'simulator', script: resolve('dist/src/simulator/main.js'), env, dataDir });
  const ready = await answering(child, attempts);
  return ready ? { url: ready.url, dns: ready.dns } : startSimulator(secrets, attempts - 1);
}

/** Settings for which the ports are free at this moment. Kept in a file, so that `npm run cli` works on the same desk. */
async function settle(secrets, simulator, database) {
  const webPort = await step('the desk', Number(process.env.PORT || 3000));
  const mailPort = await step('the mail door', 2525);
  const settings = appSettings({
    environment: process.env, dataDir, secrets, simulator, webPort, mailPort,
    databaseUrl: database?.url, redisUrl: running.redis?.url,
  });
  writeWhole(join(dataDir, 'settings.json'), { embedded: database !== null, settings });
  return settings;
}

async function startApp(settings, settleAgain, attempts = 3) {
  const child = startChild({ name: 'application', script: resolve('dist/src/main.js'), env: { ...surroundings(process.env), ...settings }, dataDir });
  return (await answering(child, attempts)) ? settings : startApp(await settleAgain(), settleAgain, attempts - 1);
}

/** What the child says when it is ready; null where somebody took its port in between and another attempt is left. */
async function answering(child, attempts) {
  child.starting = true;
  watch(child);
  try {
    const ready = await readyLine(child);
    child.starting = false;
    return ready;
  } catch (error) {
    await stopChild(child);
    if (!error.portInUse || attempts === 1) {
      throw error;
    }
    return null;
  }
}

/** The simulator learns where the desk ended up: its "Appeal" button leads there. */
async function moveDesk(simulator, secrets, settings) {
  const answer = await fetch(`${simulator.url}/desk`, {
    method: 'PUT',
    headers: { authorization: `Bearer ${secrets.nocToken}`, 'content-type': 'application/json' },
    body: JSON.stringify({ url: settings.PUBLIC_URL, apiKey: secrets.apiKeys.noc }),
    signal: AbortSignal.timeout(10_000),
  });
  if (!answer.ok) {
    throw new Error(`The simulator did not take the address of the desk: ${answer.status} ${await answer.text()}`);
  }
}

/** One command of src/cli.ts; its standard output. */
function cli(settings, args, input = '') {
  const done = spawnSync(process.execPath, [resolve('dist/src/cli.js'), ...args], {
    env: { ...surroundings(process.env), ...settings }, input, encoding: 'utf8', timeout: 300_000, maxBuffer: 50_000_000,
  });
  if (done.status !== 0) {
    throw new Error(`"${args.join(' ')}" did not succeed (${done.error?.message ?? `exit code ${done.status}`}):\n${done.stdout}${done.stderr}`);
  }
  return done.stdout;
}

function customersOfSimulator() {
  const { customers, holdings } = require('../dist/src/simulator/seed-customers.js');
  return customers.map(({ id, email }) => ({ accountId: id, email, addresses: holdings.filter(([owner]) => owner === id).map(([, ip]) => ip) }));
}

/** The wanted port, or a free one above it; that it was stepped over is said. */
async function step(what, wanted) {
  for (let port = wanted; port < wanted + 50 && port < 65_536; port++) {
    if ((await listenable(port)) && (await listenable(port, '127.0.0.1'))) {
      if (port !== wanted) {
        say(`Port ${wanted} is in use: ${what} takes ${port}`);
      }
      return port;
    }
  }
  return freePort();
}

/** Nothing is restarted in silence: when one of ours ends by itself, everything ends, and says why. */
function watch(child) {
  running.children.push(child);
  recordProcesses(dataDir, running.children);
  void child.gone.then(() => child.stopping || child.starting || stopping || end(1, new ChildDied(child).message));
  return child;
}

async function end(code, message) {
  if (stopping) {
    return stopping;
  }
  stopping = (async () => {
    if (message) {
      process.stderr.write(`\n${message}\n`);
    }
    say('\nStopping …');
    rmSync(join(dataDir, 'demo.json'), { force: true }); // it names what no longer answers
    for (const child of [...running.children].reverse()) {
      await stopChild(child); // the application first, while its database and its NOC are there
    }
    await running.redis?.stop();
    await (await running.postgres?.catch(() => null))?.stop();
    rmSync(join(dataDir, 'pids.json'), { force: true });
    process.exit(code);
  })();
  return stopping;
}

let first = 0;
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) {
  process.on(signal, () => {
    if (first && Date.now() - first > 2000) {
      running.children.forEach((child) => child.ended || child.kill('SIGKILL')); // asked twice: no more patience
    }
    first ||= Date.now(); // npm passes on the Ctrl-C that we have heard as well: that is no second one
    void end(0);
  });
}
if (startedByNpm()) {
  const npm = process.ppid;
  setInterval(() => process.ppid !== npm && end(1, 'The npm that started the demo is gone.'), 1000).unref();
}
try {
  mkdirSync(dataDir, { recursive: true, mode: 0o711 }); // as root the database runs as somebody else, who has to pass
  await endLeftOvers(dataDir, say);
  claimData(dataDir);
} catch (error) {
  process.stderr.write(`${error.message}\n`);
  process.exit(1); // nothing of this demo runs yet, and what runs belongs to the other one
}
demo().catch((error) => (stopping ? undefined : end(1, error instanceof ChildDied || !process.env.DESK_TRACE ? error.message : error.stack)));
