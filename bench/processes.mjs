// What processes cost, from /proc (Linux): CPU time and memory. Elsewhere the figures that need it are left out, aloud.
import { existsSync, readdirSync, readFileSync } from 'node:fs';

export const hasProc = existsSync('/proc/self/stat') && existsSync('/proc/self/smaps_rollup');

/** Clock ticks a second in /proc; 100 on every Linux that Node runs on. */
const TICK_MS = 10;

function stat(pid) {
  try {
    const text = readFileSync(`/proc/${pid}/stat`, 'utf8');
    const fields = text.slice(text.lastIndexOf(')') + 2).split(' ');
    const [own, buried] = [Number(fields[11]) + Number(fields[12]), Number(fields[13]) + Number(fields[14])];
    return { parent: Number(fields[1]), ms: own * TICK_MS, withBuriedMs: (own + buried) * TICK_MS };
  } catch {
    return null; // it has ended meanwhile
  }
}

/** Who started a process; null where the system does not tell. */
export const parentOf = (pid) => stat(pid)?.parent ?? null;

/** A process and all its descendants: the backends of a database server, for example. */
export function treeOf(root) {
  const all = readdirSync('/proc').filter((name) => /^\d+$/.test(name)).map((name) => ({ pid: Number(name), parent: stat(name)?.parent }));
  const found = [root];
  for (let i = 0; i < found.length; i++) {
    found.push(...all.filter((process) => process.parent === found[i]).map((process) => process.pid));
  }
  return found;
}

/** CPU milliseconds that these processes and their descendants have used so far, those that have ended included. */
export function cpuMs(roots) {
  return roots.flatMap(treeOf).reduce((sum, pid) => sum + (stat(pid)?.withBuriedMs ?? 0), 0);
}

/** Proportional set size in MiB: shared pages are counted once over all. */
export function pssMiB(roots) {
  const kilobytes = roots.flatMap(treeOf).map((pid) => {
    try {
      return Number(/^Pss:\s+(\d+) kB/m.exec(readFileSync(`/proc/${pid}/smaps_rollup`, 'utf8'))?.[1] ?? 0);
    } catch {
      return 0;
    }
  });
  return kilobytes.reduce((sum, size) => sum + size, 0) / 1024;
}

/** Share of the machine that others used while `work` ran: 0 to 1. Tells how far an absolute figure can be believed. */
async function foreignShare(roots, work) {
  const machine = () => {
    const [user, nice, system, idle, iowait, irq, softirq, steal] = readFileSync('/proc/stat', 'utf8').split('\n', 1)[0].split(/\s+/).slice(1).map(Number);
    return { busy: user + nice + system + irq + softirq + steal, all: user + nice + system + idle + iowait + irq + softirq + steal };
  };
  const [before, ours] = [machine(), cpuMs(roots)];
  const result = await work();
  const after = machine();
  const busy = (after.busy - before.busy) * TICK_MS - (cpuMs(roots) - ours);
  return { result, foreign: Math.max(0, busy / ((after.all - before.all) * TICK_MS)) };
}

/** A run with its CPU time per operation, by process, and the share of the machine that others took. */
export async function costed(roots, work) {
  if (!hasProc) {
    return { ...(await work()), cpu: 0, parts: [], foreign: 0 };
  }
  const before = roots.map((root) => cpuMs([root]));
  const { result, foreign } = await foreignShare(roots, work);
  const parts = roots.map((root, i) => (cpuMs([root]) - before[i]) / result.answers);
  return { ...result, cpu: parts.reduce((a, b) => a + b, 0), parts, foreign };
}
