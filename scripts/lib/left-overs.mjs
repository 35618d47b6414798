import { spawnSync } from 'node:child_process';
import { existsSync, linkSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { writeWhole } from './write-whole.mjs';

const file = (dataDir) => join(dataDir, 'pids.json');

/** Of two demos that start at once on the same data, one may. */
export function claimData(dataDir) {
  const mine = join(dataDir, `claim.${process.pid}`);
  writeWhole(mine, notes([]));
  try {
    linkSync(mine, file(dataDir));
  } catch {
    throw new Error(`Another demo has just started on ${dataDir}.`);
  } finally {
    rmSync(mine, { force: true });
  }
}

const notes = (children) => ({ demo: process.pid, npm: startedByNpm() ? process.ppid : null, children: children.map(({ name, pid }) => ({ name, pid })) });

/** Notes which processes are ours, with the npm that holds us, for a start after a kill -9. */
export function recordProcesses(dataDir, children) {
  writeWhole(file(dataDir), notes(children));
}

export const startedByNpm = () => Boolean(process.env.npm_lifecycle_event);

/**
 * Ends what a killed demo left running on this data: only processes that it noted, and only if their command line still says so.
 * @throws Error when the other demo is alive and well
 */
export async function endLeftOvers(dataDir, say) {
  if (!existsSync(file(dataDir))) {
    return;
  }
  const noted = JSON.parse(readFileSync(file(dataDir), 'utf8'));
  if (noted.demo !== process.pid && /\bnode\b.*(demo|bootstrap)/.test(commandOf(noted.demo))) {
    if (!noted.npm || commandOf(noted.npm) !== '') {
      throw new Error(`The demo is running on ${dataDir} already (process ${noted.demo}). Stop it, or give this one another DATA_DIR.`);
    }
    say(`An earlier demo (process ${noted.demo}) lost the npm that started it: it is ended first`);
    await end(noted.demo, () => true, 60_000);
  }
  for (const { name, pid } of noted.children) {
    const isOurs = () => commandOf(pid).includes(`--of=${dataDir}`);
    if (isOurs()) {
      say(`An earlier demo left its ${name} running (process ${pid}): it is ended first`);
      await end(pid, isOurs, 28_000);
    }
  }
  rmSync(file(dataDir), { force: true });
}

async function end(pid, isOurs, patience) {
  process.kill(pid, 'SIGTERM');
  for (const late = Date.now() + patience; Date.now() < late; await sleep(50)) {
    if (commandOf(pid) === '' || !isOurs()) {
      return;
    }
  }
  process.kill(pid, 'SIGKILL');
}

/** The command line of a process; empty when it is gone. */
function commandOf(pid) {
  if (existsSync('/proc/self/cmdline')) {
    try {
      return readFileSync(`/proc/${pid}/cmdline`, 'utf8').replaceAll('\0', ' ');
    } catch {
      return '';
    }
  }
  return spawnSync('ps', ['-ww', '-o', 'command=', '-p', String(pid)], { encoding: 'utf8' }).stdout?.trim() ?? '';
}
