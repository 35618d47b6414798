import { randomInt } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';

/** Whether a process of this number runs; one that belongs to somebody else counts, one that nobody has buried does not. */
export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
  try {
    return !/^\d+ \(.*\) Z/s.test(readFileSync(`/proc/${pid}/stat`, 'utf8'));
  } catch {
    return true;
  }
}

/** Name of the program behind a process number, or null where the system does not tell (no /proc) or nobody is there. */
export function programOf(pid: number): string | null {
  try {
    return readFileSync(`/proc/${pid}/comm`, 'utf8').trim();
  } catch {
    return null;
  }
}

/**
 * Asks until the answer is there.
 * @returns false when `milliseconds` went by without it
 */
export async function until(answer: () => boolean | Promise<boolean>, milliseconds: number, every = 25): Promise<boolean> {
  const end = performance.now() + milliseconds;
  while (!(await answer())) {
    if (performance.now() > end) {
      return false;
    }
    await sleep(every);
  }
  return true;
}

/**
 * Whether a TCP port can be listened on right now; 0 takes any.
 * @param host undefined asks for all addresses of the machine at once
 * @returns the port, or null when it is in use or not ours to take
 */
export function listenable(port: number, host?: string): Promise<number | null> {
  return new Promise((resolve) => {
    const probe = createServer();
    probe.once('error', () => resolve(null));
    probe.listen(port, host, () => {
      const address = probe.address();
      probe.close(() => resolve(typeof address === 'object' && address ? address.port : null));
    });
  });
}

/** From here systems take no ports for connections that go out: one that is free stays free until it is listened at, a moment later. */
const QUIET_PORTS = [15_000, 32_000] as const;

/**
 * A free TCP port of 127.0.0.1: the wanted one, else the next above it that is free, else any.
 * @param wanted 0 for any
 */
export async function freePort(wanted = 0): Promise<number> {
  for (let port = wanted; wanted > 0 && port < Math.min(wanted + 50, 65_536); port++) {
    if (await listenable(port, '127.0.0.1')) {
      return port;
    }
  }
  for (let tries = 0; tries < 100; tries++) {
    const port = randomInt(...QUIET_PORTS);
    if (await listenable(port, '127.0.0.1')) {
      return port;
    }
  }
  throw new Error('No free port on 127.0.0.1');
}

const TETHER =
  'exec 3<&0; "$@" 3<&- & p=$!; { read -r _ <&3; kill -INT "$p"; } 2>/dev/null & r=$!; wait "$p"; s=$?; kill "$r" 2>/dev/null; exit "$s"';

/**
 * The command line that runs `file` until it ends or until we do, even by kill -9: a shell holds it and reads from a pipe
 * that closes with us. Spawn it with a pipe as standard input, and keep that pipe.
 */
export function tethered(file: string, args: string[]): [string, string[]] {
  return ['/bin/sh', ['-c', TETHER, 'sh', file, ...args]];
}
