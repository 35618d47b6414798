import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { chownSync, closeSync, existsSync, mkdirSync, openSync, readFileSync, renameSync, rmSync, statSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Client } from 'pg';
import { freePort, isAlive, programOf, tethered, until } from '../processes';
import { initdbOf, placePostgres, postgresOf, type Place } from './embedded-binaries';

export interface EmbeddedOptions {
  /** Folder that holds the cluster, its password and its log; made when missing. */
  dataDir: string;
  /** true: a commit survives a power cut (demo). false: fast, and the server ends with the process that started it (tests). */
  durable: boolean;
  /** Port to try first; the next free one is taken. Default: any. */
  port?: number;
  /** Settings of the server besides, by PostgreSQL's own names. */
  settings?: Record<string, string>;
  /** Where notices go. Default: standard error. */
  say?: (line: string) => void;
}

export interface EmbeddedPostgres {
  /** Database `desk`, with its password. */
  url: string;
  port: number;
  /** The server was running already, left over by a process that was killed or started by another one. */
  reused: boolean;
  /** Ends the server, whoever started it, and waits for it; open connections are cut, commits are kept. */
  stop(): Promise<void>;
}

const PATIENCE = 60_000;

/**
 * Starts the PostgreSQL that npm installed, as root or as anybody, or takes over the one that already runs on this data.
 * @throws Error with the server's own last lines when it does not come up
 */
export async function startEmbeddedPostgres(options: EmbeddedOptions): Promise<EmbeddedPostgres> {
  const say = options.say ?? ((line: string) => void process.stderr.write(`${line}\n`));
  const place = placePostgres(options.dataDir, say);
  const password = makeCluster(place, options.durable);
  let wanted = options.port ?? 0;
  for (let attempt = 0; attempt < 10; attempt++) {
    const running = await findRunning(place);
    if (running) {
      return handOver(running, password, true);
    }
    const port = await freePort(wanted);
    if (wanted > 0 && port !== wanted) {
      say(`Port ${wanted} is in use: PostgreSQL takes ${port}`);
    }
    const child = launch(place, port, options);
    if (await until(() => child.pid === undefined || child.exitCode !== null || child.signalCode !== null || statusOf(place)?.ready === port, PATIENCE)) {
      const pid = statusOf(place)?.pid;
      if (child.exitCode === null && child.signalCode === null && pid) {
        return handOver({ pid, port, child }, password, false);
      }
    }
    const log = lastLines(place);
    if (!/lock file|in use|could not bind/i.test(log)) {
      throw new Error(`PostgreSQL does not start on ${place.dataDir}:\n${log}`);
    }
    wanted = port + 1; // somebody was faster: on the port, or on the data
  }
  throw new Error(`PostgreSQL does not start on ${place.dataDir}:\n${lastLines(place)}`);
}

interface Running {
  pid: number;
  port: number;
  child?: ChildProcess;
}

/** Makes the cluster beside its place and moves it there when it is whole: a kill in between leaves nothing half-made. */
function makeCluster(place: Place, durable: boolean): string {
  const cluster = join(place.dataDir, 'cluster');
  if (!existsSync(join(cluster, 'PG_VERSION'))) {
    const half = join(place.dataDir, `half-${process.pid}`);
    const secret = join(place.dataDir, `password-${process.pid}`);
    mkdirSync(half, { recursive: true, mode: 0o700 });
    writeFileSync(secret, randomBytes(24).toString('hex'), { mode: 0o600 });
    for (const path of 'uid' in place.as ? [place.dataDir, half, secret] : []) {
      chownSync(path, place.as.uid, place.as.gid);
    }
    try {
      const args = ['-D', half, '-U', 'desk', '-A', 'scram-sha-256', `--pwfile=${secret}`, '--locale=C', '-E', 'UTF8', ...(durable ? [] : ['--no-sync'])];
      const made = spawnSync(initdbOf(place), args, { ...surroundings(place), encoding: 'utf8', timeout: 120_000 });
      if (made.status !== 0) {
        throw new Error(`PostgreSQL cannot make its data folder in ${place.dataDir}: ${made.error?.message ?? made.stderr.trim()}`);
      }
      renameSync(secret, join(half, 'desk.password'));
      renameSync(half, cluster);
    } catch (error) {
      rmSync(half, { recursive: true, force: true });
      rmSync(secret, { force: true });
      if (!existsSync(join(cluster, 'PG_VERSION'))) {
        throw error;
      }
    }
  }
  return readFileSync(join(cluster, 'desk.password'), 'utf8').trim();
}

function surroundings(place: Place): object {
  return { ...place.as, cwd: '/', ...(process.platform === 'win32' ? {} : { env: { PATH: '/usr/bin:/bin', LC_ALL: 'C', TZ: 'UTC' } }) };
}

function launch(place: Place, port: number, { durable, settings: more = {} }: EmbeddedOptions): ChildProcess {
  // Half of PostgreSQL's usual buffers: the pages of a desk that needs more are in the system's cache anyway.
  const set = durable
    ? { fsync: 'on', synchronous_commit: 'on', full_page_writes: 'on', max_connections: 100, shared_buffers: '64MB' }
    : { fsync: 'off', synchronous_commit: 'off', full_page_writes: 'off', max_connections: 300 };
  const settings = { listen_addresses: '127.0.0.1', unix_socket_directories: '', port, timezone: 'UTC', log_timezone: 'UTC', jit: 'off', ...set, ...more };
  const args = ['-D', join(place.dataDir, 'cluster'), ...Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`])];
  const log = logOf(place);
  if (existsSync(log) && statSync(log).size > 5_000_000) {
    truncateSync(log);
  }
  const out = openSync(log, 'a', 0o600);
  // The server must outlive a Ctrl-C until the desk has closed its own connections, so it is never in our process group.
  const tied = !durable && process.platform !== 'win32';
  const [file, argv] = tied ? tethered(postgresOf(place), args) : [postgresOf(place), args];
  const child = spawn(file, argv, { ...surroundings(place), detached: true, stdio: [tied ? 'pipe' : 'ignore', out, out] });
  closeSync(out);
  child.on('error', () => undefined); // read from the log and the exit code below
  child.unref();
  (child.stdin as { unref?: () => void } | null)?.unref?.();
  return child;
}

/** What postmaster.pid says: process, and port once connections are taken. */
function statusOf(place: Place): { pid: number; ready: number | null } | null {
  try {
    const lines = readFileSync(join(place.dataDir, 'cluster', 'postmaster.pid'), 'utf8').split('\n');
    return { pid: Number(lines[0]) || 0, ready: lines[7]?.trim() === 'ready' ? Number(lines[3]) : null };
  } catch {
    return null;
  }
}

/** A server on this data that still runs, given time to finish starting or ending; a file left by a crash is no server. */
async function findRunning(place: Place): Promise<Running | null> {
  await until(() => statusOf(place)?.pid !== 0, 5_000);
  const found = statusOf(place);
  if (!found?.pid || !isAlive(found.pid) || !['postgres', null].includes(programOf(found.pid))) {
    rmSync(join(place.dataDir, 'cluster', 'postmaster.pid'), { force: true });
    return null;
  }
  await until(() => !isAlive(found.pid) || Boolean(statusOf(place)?.ready), PATIENCE);
  const port = statusOf(place)?.ready;
  return port && isAlive(found.pid) ? { pid: found.pid, port } : null;
}

async function handOver(running: Running, password: string, reused: boolean): Promise<EmbeddedPostgres> {
  const base = `postgres://desk:${password}@127.0.0.1:${running.port}`;
  const client = new Client({ connectionString: `${base}/postgres`, connectionTimeoutMillis: 10_000 });
  await client.connect();
  try {
    const known = await client.query("select 1 from pg_database where datname = 'desk'");
    if (known.rowCount === 0) {
      await client.query('create database desk').catch((error: { code?: string }) => {
        if (error.code !== '42P04' && error.code !== '23505') {
          throw error; // those two: another process has just made it
        }
      });
    }
  } finally {
    await client.end();
  }
  return { url: `${base}/desk`, port: running.port, reused, stop: () => stop(running) };
}

/** Asks for a fast shutdown, then for an immediate one. */
async function stop({ pid, child }: Running): Promise<void> {
  for (const signal of ['SIGINT', 'SIGQUIT'] as const) {
    try {
      process.kill(pid, signal);
    } catch {
      break;
    }
    if (await until(() => !isAlive(pid), 20_000)) {
      break;
    }
  }
  child?.stdin?.destroy();
}

const logOf = (place: Place): string => join(place.dataDir, 'postgres.log');

function lastLines(place: Place): string {
  return existsSync(logOf(place)) ? readFileSync(logOf(place), 'utf8').trimEnd().split('\n').slice(-12).join('\n') : 'it left no log';
}
