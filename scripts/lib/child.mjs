import { spawn } from 'node:child_process';
import { closeSync, existsSync, mkdirSync, openSync, readFileSync, renameSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

/**
 * A Node process of the demo. It writes to a file, so that it outlives us if we are killed, and it is in a group of its own,
 * so that Ctrl-C reaches us alone and we end everything in order. `--of` is how a later start recognises it.
 */
export function startChild({ name, script, env, dataDir }) {
  const logs = join(dataDir, 'logs');
  mkdirSync(logs, { recursive: true });
  const log = join(logs, `${name}.log`);
  if (existsSync(log)) {
    renameSync(log, `${log}.1`);
  }
  const out = openSync(log, 'a', 0o600);
  const spawned = spawn(process.execPath, [script, `--of=${dataDir}`], { env, detached: true, stdio: ['ignore', out, out] });
  closeSync(out);
  const child = { name, pid: spawned.pid, log, ended: null, stopping: false };
  child.gone = new Promise((resolve) => {
    spawned.once('error', (error) => resolve((child.ended = error.message)));
    spawned.once('exit', (code, signal) => resolve((child.ended = signal ? `signal ${signal}` : `exit code ${code}`)));
  });
  child.kill = (signal) => spawned.kill(signal);
  return child;
}

/** Waits for a line of JSON with `"ready": true`. */
export async function readyLine(child, milliseconds = 60_000) {
  for (const end = Date.now() + milliseconds; Date.now() < end; await sleep(50)) {
    for (const line of readFileSync(child.log, 'utf8').split('\n')) {
      if (line.includes('"ready":true')) {
        return JSON.parse(line);
      }
    }
    if (child.ended) {
      throw new ChildDied(child);
    }
  }
  throw new ChildDied(child, `did not get ready in ${milliseconds / 1000} s`);
}

export class ChildDied extends Error {
  constructor(child, how = `ended by itself (${child.ended})`) {
    super(`The ${child.name} ${how}. Its last lines, of ${child.log}:\n\n${lastLines(child.log)}\n`);
    this.portInUse = /EADDRINUSE/.test(lastLines(child.log));
  }
}

export async function stopChild(child, patience = 28_000) {
  child.stopping = true;
  if (!child.ended) {
    child.kill('SIGTERM');
    const late = setTimeout(() => child.kill('SIGKILL'), patience);
    await child.gone;
    clearTimeout(late);
  }
}

/** The end of its log, without the everyday lines when there are others: the reason may stand before them. */
function lastLines(file) {
  const lines = readFileSync(file, 'utf8').trimEnd().split('\n');
  const telling = lines.filter((line) => line !== '' && !/^\{"level":[123]0,/.test(line));
  return (telling.length > 0 ? telling : lines).slice(-15).map((line) => `  ${line.slice(0, 2000)}`).join('\n');
}
