import { spawnSync } from 'node:child_process';
import { boundHeap } from './heap';

const set = (given: string[]): string[] => {
  const flags: string[] = [];
  boundHeap(given, (flag) => flags.push(flag));
  return flags;
};

it('bounds the heap, unless whoever starts the process says otherwise', () => {
  expect(set(['--enable-source-maps'])).toEqual(['--heap-growing-percent=100']);
  expect(set(['--heap-growing-percent=30'])).toEqual([]);
  expect(set(['--heap_growing_percent=30'])).toEqual([]);
});

it('by a flag that this Node has', () => {
  expect(spawnSync(process.execPath, ['--v8-options'], { encoding: 'utf8' }).stdout).toContain('  --heap-growing-percent (');
});
