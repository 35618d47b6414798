import { freePort as anyFree } from '../../src/platform/processes';

/** No run has more workers (jest.config.mjs): each has the ports of one remainder, or two could be given the same one before either listens at it. */
const WORKERS = 4;
const mine = Number(process.env['JEST_WORKER_ID'] ?? 0) % WORKERS;
const given = new Set<number>();

/** A TCP port of 127.0.0.1 that nobody listened on a moment ago, and that is given once. Where the code under test can listen on 0, prefer that. */
export async function freePort(): Promise<number> {
  for (;;) {
    const port = await anyFree(0);
    if (port % WORKERS === mine && !given.has(port)) {
      given.add(port);
      return port;
    }
  }
}
