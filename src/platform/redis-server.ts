import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { delimiter, join, resolve } from 'node:path';
import { freePort, isAlive, tethered, until } from './processes';

export interface RedisOptions {
  /** Folder for its settings; nothing is persisted, since the outbox in the database is the truth. */
  dir: string;
  /** Where programs are looked for: the PATH of the environment. */
  path: string;
  /** Folder into which Debian's packages may be unpacked when no server is on the PATH. Default: never. */
  unpackInto?: string;
  /** Ends with the process that started it, even on kill -9 (tests). */
  tied?: boolean;
  say?: (line: string) => void;
  /** Lines of its settings besides, which may know its port: a test makes Clusters and Sentinels of it. */
  more?: (port: number) => string[];
  password?: string;
  sentinel?: boolean;
}

export interface PrivateRedis {
  url: string;
  port: number;
  pid: number;
  stop(): Promise<void>;
}

interface Program {
  file: string;
  libraries?: string;
}

/**
 * Starts a Redis or Valkey of our own on a free port of 127.0.0.1, with a password and without persistence.
 * @returns null when there is no server to start; the desk then runs its jobs in-process
 */
export async function startPrivateRedis(options: RedisOptions): Promise<PrivateRedis | null> {
  const say = options.say ?? ((line: string) => void process.stderr.write(`${line}\n`));
  const program = onPath(options.path) ?? (options.unpackInto ? unpacked(resolve(options.unpackInto), options.path, say) : null);
  if (!program) {
    return null;
  }
  mkdirSync(options.dir, { recursive: true });
  const password = options.password ?? randomBytes(16).toString('hex');
  for (let attempt = 0; attempt < 5; attempt++) {
    const port = await freePort();
    const settings = join(resolve(options.dir), 'redis.conf');
    const lines = [`port ${port}`, 'bind 127.0.0.1', `requirepass ${password}`, ...(options.sentinel ? [] : ['save ""', 'appendonly no', 'maxmemory-policy noeviction']), `dir ${resolve(options.dir)}`, ...(options.more?.(port) ?? [])];
    writeFileSync(settings, `${lines.join('\n')}\n`, { mode: 0o600 });
    const child = launch(program, settings, options);
    const up = await until(async () => child.pid === undefined || child.exitCode !== null || (await answers(port, password)), 10_000);
    if (up && child.pid !== undefined && child.exitCode === null) {
      return { url: `redis://:${password}@127.0.0.1:${port}`, port, pid: child.pid, stop: () => stop(child) };
    }
    child.kill('SIGKILL');
  }
  say(`${program.file} does not start: going on without Redis`);
  return null;
}

function onPath(path: string): Program | null {
  const files = path.split(delimiter).flatMap((dir) => ['redis-server', 'valkey-server'].map((name) => join(dir, name)));
  const file = files.find((name) => existsSync(name));
  return file ? { file } : null;
}

const PACKAGES = ['redis-server', 'redis-tools', 'libjemalloc2', 'liblzf1', 'libatomic1'];
const HOUR = 3_600_000;

/** Debian's own packages, fetched and unpacked into a folder, not installed: needs no rights. */
function unpacked(into: string, path: string, say: (line: string) => void): Program | null {
  const triplet = { x64: 'x86_64-linux-gnu', arm64: 'aarch64-linux-gnu' }[process.arch as string];
  if (process.platform !== 'linux' || !triplet || !path.split(delimiter).some((dir) => existsSync(join(dir, 'apt-get')))) {
    return null;
  }
  const program = { file: join(into, 'usr/bin/redis-server'), libraries: join(into, 'usr/lib', triplet) };
  const failed = `${into}.failed`;
  if (existsSync(program.file)) {
    return program;
  }
  if (existsSync(failed) && Date.now() - statSync(failed).mtimeMs < HOUR) {
    return null; // it did not work a moment ago; do not wait for it again at every run
  }
  mkdirSync(resolve(into, '..'), { recursive: true });
  const work = mkdtempSync(`${into}.`);
  say('No redis-server on the PATH: fetching Debian\'s package (1.4 MB) to try Bull with, without installing it');
  const run = (file: string, args: string[]) => spawnSync(file, args, { cwd: work, encoding: 'utf8', timeout: 60_000 });
  let fetched = run('apt-get', ['-q', 'download', ...PACKAGES]);
  if (fetched.status !== 0 && process.getuid?.() === 0) {
    run('apt-get', ['-q', 'update']);
    fetched = run('apt-get', ['-q', 'download', ...PACKAGES]);
  }
  const packages = readdirSync(work).filter((name) => name.endsWith('.deb'));
  const whole = fetched.status === 0 && packages.every((name) => run('dpkg', ['-x', name, join(work, 'root')]).status === 0);
  if (whole) {
    try {
      renameSync(join(work, 'root'), into);
    } catch {
      // another run was faster: its copy is as good
    }
  } else {
    say(`It could not be fetched: ${(fetched.error?.message ?? fetched.stderr).trim().split('\n').pop()}`);
    writeFileSync(failed, '');
  }
  rmSync(work, { recursive: true, force: true });
  return existsSync(program.file) ? program : null;
}

function launch(program: Program, settings: string, options: RedisOptions): ChildProcess {
  const env = { PATH: options.path, ...(program.libraries ? { LD_LIBRARY_PATH: program.libraries } : {}) };
  const tied = options.tied === true && process.platform !== 'win32';
  const told = [settings, ...(options.sentinel ? ['--sentinel'] : [])];
  const [file, args] = tied ? tethered(program.file, told) : [program.file, told];
  const child = spawn(file, args, { env, detached: true, stdio: [tied ? 'pipe' : 'ignore', 'ignore', 'ignore'] });
  child.on('error', () => undefined); // seen as a missing pid
  child.unref();
  (child.stdin as { unref?: () => void } | null)?.unref?.();
  return child;
}

function answers(port: number, password: string): Promise<boolean> {
  return new Promise((done) => {
    const socket = connect(port, '127.0.0.1', () => socket.write(`AUTH ${password}\r\nPING\r\n`));
    let heard = '';
    const end = (yes: boolean) => {
      socket.destroy();
      done(yes);
    };
    socket.setTimeout(1_000, () => end(false));
    socket.on('error', () => end(false));
    socket.on('data', (bytes) => {
      heard += bytes.toString('latin1');
      if (heard.includes('+PONG') || heard.includes('-')) {
        end(heard.includes('+PONG'));
      }
    });
  });
}

async function stop(child: ChildProcess): Promise<void> {
  const { pid } = child;
  if (pid === undefined) {
    return;
  }
  if (child.stdin) {
    child.stdin.destroy(); // lets go of the tether
  } else {
    child.kill('SIGTERM');
  }
  if (!(await until(() => !isAlive(pid), 10_000))) {
    child.kill('SIGKILL');
  }
}
