import { spawnSync } from 'node:child_process';

it('names the packages of every platform, or npm ci refuses it (node scripts/complete-lock.mjs adds them)', () => {
  const script = `import { readFileSync } from 'node:fs'; import { completeLock } from './scripts/complete-lock.mjs';
    const lock = JSON.parse(readFileSync('package-lock.json', 'utf8'));
    if (process.argv[1]) delete lock.packages[process.argv[1]];
    process.stdout.write(completeLock(lock).join());`;
  const missing = (without = '') => spawnSync(process.execPath, ['--input-type=module', '-e', script, without], { encoding: 'utf8' }).stdout;
  expect(missing()).toBe('');
  expect(missing('node_modules/@swc/core-darwin-arm64')).toBe('node_modules/@swc/core-darwin-arm64');
});
