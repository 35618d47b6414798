import { linkSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

/** Runs `work` while no other process of this checkout does; waits for its turn, and steps over the lock of a process that is gone. */
export async function alone(file, work) {
  mkdirSync(dirname(file), { recursive: true });
  const mine = `${file}.${process.pid}`;
  writeFileSync(mine, `${process.pid} ${process.argv.slice(1).join(' ')}`);
  let said = false;
  try {
    while (!taken(mine, file)) {
      const holder = readHolder(file);
      if (holder && !isBootstrap(holder)) {
        stepOver(file, holder, mine);
      } else {
        if (!said) {
          process.stderr.write(`Waiting for another install or build of this folder (process ${holder ?? 'just gone'}) …\n`);
          said = true;
        }
        await sleep(200);
      }
    }
    try {
      return await work();
    } finally {
      rmSync(file, { force: true });
    }
  } finally {
    rmSync(mine, { force: true });
  }
}

/** A hard link is made whole or not at all, so a lock never lacks the number of its holder. */
function taken(mine, file) {
  try {
    linkSync(mine, file);
    return true;
  } catch (error) {
    if (error.code === 'EEXIST') {
      return false;
    }
    throw error;
  }
}

function readHolder(file) {
  try {
    return Number(readFileSync(file, 'utf8').split(' ')[0]);
  } catch {
    return null;
  }
}

/** The number may meanwhile belong to another program: where the system tells, its command line is looked at. */
function isBootstrap(pid) {
  try {
    process.kill(pid, 0);
  } catch (error) {
    if (error.code !== 'EPERM') {
      return false;
    }
  }
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8').includes('node');
  } catch {
    return true;
  }
}

/** Moved aside first: of two that step over the same lock, one finds it gone; one that moved a fresh lock puts it back. */
function stepOver(file, holder, mine) {
  const aside = `${mine}.stale`;
  try {
    renameSync(file, aside);
    if (readHolder(aside) !== holder) {
      linkSync(aside, file);
    }
  } catch {
    // somebody else was faster: ask again
  }
  rmSync(aside, { force: true });
}
