/** How long is looked at, in milliseconds, and how long a process must have been at work in it to be judged. */
const [LOOK_MS, AT_WORK_MS] = [500, 50];
/** Of the time in which its loop was at work, a process that has a processor to itself ran for all, or more with its helper threads. Below the first it shares, above the second it has stopped sharing. */
const [SHARES, ALONE] = [0.85, 0.93];

/** What a process knows of itself, in milliseconds since its start. */
export interface Meters {
  now: number;
  /** its loop was not waiting */
  active: number;
  /** it was running on a processor */
  cpu: number;
}

function read(): Meters {
  const { user, system } = process.cpuUsage();
  return { now: performance.now(), active: performance.eventLoopUtilization().active, cpu: (user + system) / 1_000 };
}

/**
 * Whether others want the processors that this process wants. Looked up when it is asked for and never by a timer; a process that does little is not contended.
 * With one web process on two cores the share is 1.0, with two of them 0.7 to 0.8, however their work is divided.
 */
export class Contention {
  private last: Meters;
  private contended = false;

  constructor(private readonly meters: () => Meters = read) {
    this.last = meters();
  }

  isContended(): boolean {
    const now = this.meters();
    if (now.now - this.last.now >= LOOK_MS) {
      const active = now.active - this.last.active;
      const share = active < AT_WORK_MS ? 1 : (now.cpu - this.last.cpu) / active;
      this.contended = share < (this.contended ? ALONE : SHARES);
      this.last = now;
    }
    return this.contended;
  }
}
