import { setFlagsFromString } from 'node:v8';

const FLAG = '--heap-growing-percent';
/** So much more than what it kept the heap may hold before V8 looks through it again, in percent. */
const GROWS_BY = 100;

/**
 * Lets the heap grow to twice what is in use, where V8 allows four times: most of that is what a request or a mail left behind. It costs nothing
 * that can be measured (docs/performance.md, F11); half as much again would be smaller, and the slowest pages half as slow again.
 * @param given options that Node was started with; who has named the flag is left alone
 */
export function boundHeap(given: readonly string[] = process.execArgv, set = setFlagsFromString): void {
  if (!given.some((option) => option.replaceAll('_', '-').startsWith(FLAG))) {
    set(`${FLAG}=${GROWS_BY}`);
  }
}
