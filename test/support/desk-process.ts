import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { resolve } from 'node:path';

const GUARD = `--require ${resolve('test/support/guard-network.cjs')}`;
const START_LIMIT_MS = 60_000;

export interface DeskProcess {
  pid: number;
  /** Everything it wrote so far. */
  output(): string;
  exited: Promise<number | NodeJS.Signals>;
  kill(signal: NodeJS.Signals): void;
}

/** What a child gets of our environment: nothing that could be a setting. */
const surroundings = (): NodeJS.ProcessEnv => ({ PATH: process.env['PATH'], HOME: process.env['HOME'], TMPDIR: process.env['TMPDIR'], NODE_OPTIONS: GUARD });

let built = false;

/** The processes run from dist/, which a spec run on its own may find missing or old. */
export function ensureBuilt(): void {
  if (!built) {
    const script = "const { ensureBuilt } = await import('./scripts/lib/build.mjs'); await ensureBuilt(process.cwd());";
    const done = spawnSync(process.execPath, ['--input-type=module', '-e', script], { encoding: 'utf8' });
    if (done.status !== 0) {
      throw new Error(`The build that this journey needs did not succeed:\n${done.stdout}${done.stderr}`);
    }
    built = true;
  }
}

/**
 * Starts the built application and waits until it says that it is ready.
 * @throws Error with all that it wrote when it ends first
 */
export async function startProcess(settings: Record<string, string>): Promise<DeskProcess> {
  const child = spawn(process.execPath, ['--enable-source-maps', 'dist/src/main.js'], { env: { ...surroundings(), ...settings }, stdio: ['ignore', 'pipe', 'pipe'] });
  const desk = follow(child);
  await new Promise<void>((ready, failed) => {
    const late = setTimeout(() => {
      child.kill('SIGKILL'); // nobody gets hold of it any more
      failed(new Error(`The desk is not ready after ${START_LIMIT_MS} ms:\n${desk.output()}`));
    }, START_LIMIT_MS);
    const look = (): void => {
      if (desk.output().includes('"ready":true')) {
        clearTimeout(late);
        child.stdout?.off('data', look);
        ready();
      }
    };
    child.stdout?.on('data', look);
    void desk.exited.then((how) => {
      clearTimeout(late);
      failed(new Error(`The desk ended (${how}) before it was ready:\n${desk.output()}`));
    });
  });
  return desk;
}

function follow(child: ChildProcess): DeskProcess {
  const chunks: string[] = [];
  child.stdout?.setEncoding('utf8').on('data', (text: string) => chunks.push(text));
  child.stderr?.setEncoding('utf8').on('data', (text: string) => chunks.push(text));
  return {
    pid: child.pid ?? 0,
    output: () => chunks.join(''),
    exited: new Promise((done) => child.once('exit', (code, signal) => done(signal ?? code ?? 1))),
    kill: (signal) => void child.kill(signal),
  };
}

/** Runs one command of the built command line; its standard output. */
export function runCli(settings: Record<string, string>, args: string[], input: string | Buffer = ''): { status: number | null; stdout: string; stderr: string } {
  ensureBuilt();
  return spawnSync(process.execPath, ['dist/src/cli.js', ...args], { env: { ...surroundings(), ...settings }, input, encoding: 'utf8', timeout: 60_000 });
}
