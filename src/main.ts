import { enableCompileCache } from './platform/compile-cache';
import { boundHeap } from './platform/heap';

boundHeap();
enableCompileCache();
import('./start.js').then(({ start }) => start()).catch((error: Error) => {
  // The last word of a process that cannot start: readable, on its own, without a stack for what a setting explains.
  process.stderr.write(`${error.name === 'BadSettings' || error.name === 'Error' ? error.message : (error.stack ?? error.message)}\n`);
  process.exit(1);
});
