// What is measured: the built application as processes of its own, on an embedded PostgreSQL that keeps what it committed (durable), made
// for this run and removed after it.
import { fork, spawn, spawnSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join, resolve } from 'node:path';
import { say } from './figures.mjs';
import { parentOf, treeOf } from './processes.mjs';

const require = createRequire(import.meta.url);
const { startEmbeddedPostgres } = require('../dist/src/platform/database/embedded.js');
const { startPrivateRedis } = require('../dist/src/platform/redis-server.js');
const { startSimulator } = require('../dist/src/simulator/child.js');
const { freePort, isAlive } = require('../dist/src/platform/processes.js');
const { Client } = require('pg');

const CACHE = '.cache';
const KEYS = ['noc', 'reviewer1', 'reviewer2', 'lead', 'admin'];
/** Longer than that after its end, no request of a run may wait. */
const ANSWER_SECONDS = 30;
const PASSWORD = 'bench-password-of-staff';
const base = Object.fromEntries(['PATH', 'HOME', 'TMPDIR', 'LANG', 'SystemRoot'].filter((name) => process.env[name]).map((name) => [name, process.env[name]]));

/** The server tells when a transaction was committed: what is said to happen so long after a commit is counted from there. */
const SETTINGS = { track_commit_timestamp: 'on' };

/** A bench that was killed leaves its database running; a database of a bench that lives is left alone. */
async function clearLeftOvers() {
  mkdirSync(CACHE, { recursive: true, mode: 0o755 });
  for (const name of readdirSync(CACHE).filter((entry) => /^bench-\d+$/.test(entry) && !isAlive(Number(entry.slice(6))))) {
    const dataDir = join(CACHE, name, 'postgres');
    if (existsSync(join(dataDir, 'cluster', 'postmaster.pid'))) {
      await startEmbeddedPostgres({ dataDir, durable: true }).then((left) => left.stop(), () => undefined);
    }
    rmSync(join(CACHE, name), { recursive: true, force: true });
  }
}

/** Everything that a bench starts; `end()` stops it all, in the reverse order. */
export async function startWorld() {
  await clearLeftOvers();
  const dir = resolve(CACHE, `bench-${process.pid}`);
  mkdirSync(dir, { recursive: true, mode: 0o755 });
  let postgres = await startEmbeddedPostgres({ dataDir: join(dir, 'postgres'), durable: true, settings: SETTINGS });
  let admin = await connected(postgres.url);
  const { rows } = await admin.query(`select pg_backend_pid() as pid, version()`);
  const [ends, places] = [[], {}];
  const world = {
    dir,
    version: rows[0].version.split(' ').slice(0, 2).join(' '),
    postgresPid: parentOf(rows[0].pid),
    /** Ends the database as a power cut would, all its processes at once, and starts it again on the same port. */
    killPostgres: async () => {
      const { port } = postgres;
      const pids = treeOf(world.postgresPid);
      pids.forEach((pid) => process.kill(pid, 'SIGKILL'));
      while (pids.some((pid) => isAlive(pid))) {
        await new Promise((done) => setTimeout(done, 20));
      }
      postgres = await startEmbeddedPostgres({ dataDir: join(dir, 'postgres'), durable: true, port, settings: SETTINGS });
      admin = await connected(postgres.url);
      world.postgresPid = parentOf((await admin.query('select pg_backend_pid() as pid')).rows[0].pid);
    },
    /** A database with every migration, staff and keys. */
    desk: (name) => desk(admin, postgres.url, name),
    /** A desk of so many tickets with their history, and a process that shows it: made once a run, since a million takes minutes. */
    place: (size) => places[size] ??= place(world, size),
    /** An empty one. */
    empty: async (name) => {
      await admin.query(`create database ${name}`);
      return at(postgres.url, name);
    },
    app: (settings) => started(app(settings), ends),
    loader: () => started(talker('bench/load.mjs'), ends),
    limit: () => started(talker('bench/limit.mjs'), ends),
    talker: (script) => started(talker(script), ends),
    stub: () => started(listening('bench/noc-that-fails.mjs'), ends),
    /** A NOC that answers at once and knows the accounts of the claims. */
    noc: () => started(talker('bench/noc.mjs'), ends),
    simulator: () => started(startSimulator({ stateDir: join(dir, `simulator-${ends.length}`) }), ends),
    redis: async () => {
      const redis = await startPrivateRedis({ dir: join(dir, `redis-${ends.length}`), path: process.env.PATH ?? '', unpackInto: join(CACHE, 'redis'), tied: true, say });
      return redis && started(Promise.resolve(redis), ends);
    },
    end: async () => {
      for (const stop of ends.splice(0).reverse()) {
        await stop().catch((error) => say(error.message));
      }
      await admin.end().catch(() => undefined);
      await postgres.stop();
      rmSync(dir, { recursive: true, force: true });
    },
  };
  return world;
}

const at = (url, name) => Object.assign(new URL(url), { pathname: `/${name}` }).href;

async function connected(url) {
  const client = new Client({ connectionString: url });
  client.on('error', () => undefined); // the server is ended under it
  await client.connect();
  return client;
}

async function started(starting, ends) {
  const running = await starting;
  let stopped = null;
  const { stop } = running;
  running.stop = () => (stopped ??= Promise.resolve(stop()));
  ends.push(running.stop);
  return running;
}

async function desk(admin, postgresUrl, name) {
  await admin.query(`create database ${name}`);
  const url = at(postgresUrl, name);
  const keys = Object.fromEntries(KEYS.map((key) => [key, `ubd_${randomBytes(32).toString('base64url')}`]));
  cli(url, ['migrate']);
  cli(url, ['seed-demo'], JSON.stringify({ password: PASSWORD, keys }));
  let client = await connected(url);
  return {
    url, keys, password: PASSWORD, query: async (sql, values) => (await client.query(sql, values)).rows, close: () => client.end(),
    /** again, after the database was ended */
    open: async () => { client = await connected(url); },
  };
}

async function place(world, size) {
  say(`Making a desk of ${size.toLocaleString('en')} tickets`);
  const made = await world.desk(`desk_${size}`);
  const since = performance.now();
  cli(made.url, ['seed', '--tickets', String(size)], '', 3_600_000);
  say(`Made in ${Math.round((performance.now() - since) / 1_000)} s`);
  const web = await world.app({ url: made.url, ROLES: 'web' });
  return { size, desk: made, web, key: `authorization: Bearer ${made.keys.reviewer1}`, cookie: `cookie: ${await signIn(web.port, made.password)}` };
}

/** The cookie of a reviewer. */
async function signIn(port, password) {
  const body = `email=${encodeURIComponent('anna@desk.example')}&password=${encodeURIComponent(password)}`;
  const answer = await fetch(`http://127.0.0.1:${port}/desk/sign-in`, { method: 'POST', body, redirect: 'manual', headers: { 'content-type': 'application/x-www-form-urlencoded', 'sec-fetch-site': 'same-origin' } });
  const cookie = answer.headers.getSetCookie().map((line) => line.split(';', 1)[0]).find((line) => line.startsWith('desk='));
  if (!cookie) {
    throw new Error(`Nobody could sign in: ${answer.status} ${await answer.text()}`);
  }
  return cookie;
}

function cli(url, args, input = '', timeout = 120_000) {
  const env = { ...base, ...deskSettings(url, 0) };
  const done = spawnSync(process.execPath, ['dist/src/cli.js', ...args], { env, input, encoding: 'utf8', timeout });
  if (done.status !== 0) {
    throw new Error(`"${args.join(' ')}" did not succeed:\n${done.stdout}${done.stderr}`);
  }
}

function deskSettings(url, port) {
  return {
    NODE_ENV: 'production', HOST: '127.0.0.1', PORT: String(port), PUBLIC_URL: `http://127.0.0.1:${port}`, DATABASE_URL: url, DATABASE_POOL: '4', LOG_LEVEL: 'warn',
    SECRET: 'a secret of the bench, long enough to sign with', NOC_DRIVER: 'http', NOC_URL: 'http://127.0.0.1:9', NOC_TOKEN: 'none', MAIL_DOMAIN: 'desk.example', ROLES: 'web',
  };
}

/** The built application in the roles of `settings`, once it says that it is ready. */
async function app({ url, node = [], started: whenStarted, ...settings }) {
  const [port, mailPort] = [await freePort(), await freePort()];
  const env = { ...base, ...deskSettings(url, port), MAIL_LISTEN: `smtp://127.0.0.1:${mailPort}`, ...settings };
  const child = spawn(process.execPath, [...node, 'dist/src/main.js'], { env, stdio: ['ignore', 'pipe', 'pipe'] });
  let output = '';
  const gone = new Promise((done) => child.once('exit', done));
  const goodAnswer = whenStarted?.(port, () => child.exitCode !== null);
  await new Promise((ready, failed) => {
    const take = (chunk) => {
      output = (output + chunk).slice(-4_000);
      if (output.includes('"ready":true')) { ready(); }
    };
    child.stdout.on('data', take);
    child.stderr.on('data', take);
    child.once('exit', (code) => failed(new Error(`The application ended before it was ready (${code}):\n${output}`)));
    setTimeout(() => failed(new Error(`The application was not ready in 60 s:\n${output}`)), 60_000).unref();
  });
  await goodAnswer;
  return {
    port, mailPort, pid: child.pid, output: () => output,
    kill: () => (child.kill('SIGKILL'), gone),
    stop: async () => {
      child.kill('SIGTERM');
      const late = setTimeout(() => child.kill('SIGKILL'), 10_000);
      await gone;
      clearTimeout(late);
    },
  };
}

/** The same, for one that others reach too: its first word is its port. */
async function listening(script) {
  const talks = await talker(script);
  return Object.assign(talks, { port: talks.first.port });
}

/** A process that takes plans and gives results. */
async function talker(script) {
  const child = fork(script, [], { stdio: ['ignore', 'inherit', 'inherit', 'ipc'], execArgv: [] });
  const gone = new Promise((done) => child.once('exit', done));
  const hear = () => new Promise((done, failed) => {
    const end = (code) => failed(new Error(`${script} ended (${code})`));
    child.once('exit', end);
    child.once('message', (message) => {
      child.off('exit', end);
      if (message.error) { failed(new Error(message.error)); } else { done(message.result); }
    });
  });
  const first = await hear();
  return {
    pid: child.pid, first,
    run: (plan) => {
      const heard = hear();
      child.send(plan);
      const late = new Promise((_, failed) => setTimeout(failed, ((plan.seconds ?? 0) + ANSWER_SECONDS) * 1_000, new Error(`${script}: no end of the run: requests are not answered`)).unref());
      return Promise.race([heard, late]);
    },
    stop: async () => {
      if (child.connected) {
        child.disconnect();
      }
      await gone;
    },
  };
}
