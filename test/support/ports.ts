import { freePort as anyFree } from '../../src/platform/processes';

/** A TCP port of 127.0.0.1 that nobody listened on a moment ago. Where the code under test can listen on 0, prefer that. */
export const freePort = (): Promise<number> => anyFree(0);
