import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { alone } from './lock.mjs';

/** Runs `npm ci` when node_modules is missing or is not what package-lock.json says. */
export async function ensureInstalled(root) {
  if (!isFresh(root)) {
    await alone(join(root, '.cache', 'bootstrap.lock'), () => {
      if (!isFresh(root)) {
        install(root);
      }
    });
  }
}

const marker = (root) => join(root, 'node_modules', '.desk-install');
const lockHash = (root) => createHash('sha256').update(readFileSync(join(root, 'package-lock.json'))).digest('hex');

function isFresh(root) {
  const hash = lockHash(root);
  if (existsSync(marker(root)) && readFileSync(marker(root), 'utf8') === hash) {
    return true;
  }
  if (!sameAsInstalled(root)) {
    return false;
  }
  writeFileSync(marker(root), hash);
  return true;
}

/** npm writes what it installed when it is done; someone who ran `npm install` has no need of ours. */
function sameAsInstalled(root) {
  const hidden = join(root, 'node_modules', '.package-lock.json');
  if (!existsSync(hidden)) {
    return false;
  }
  const installed = JSON.parse(readFileSync(hidden, 'utf8')).packages;
  const wanted = JSON.parse(readFileSync(join(root, 'package-lock.json'), 'utf8')).packages;
  return Object.entries(wanted).every(
    ([path, entry]) => path === '' || entry.link || (installed[path] ? installed[path].version === entry.version : Boolean(entry.optional || entry.devOptional)),
  );
}

function install(root) {
  process.stderr.write('Installing packages (npm ci) …\n');
  let done = npm(root, 'ci');
  if (done.status !== 0 && !process.env.CI) {
    // A lock file that is out of step with package.json is for its author to mend; whoever has cloned it should still get on.
    process.stderr.write('npm ci did not succeed: trying npm install, without changing the lock file …\n');
    done = npm(root, 'install', '--no-save');
  }
  if (done.status !== 0) {
    throw new Error(`The packages could not be installed${done.error ? `: ${done.error.message}` : ' (npm says why above)'}.`);
  }
  writeFileSync(marker(root), lockHash(root));
}

function npm(root, ...command) {
  const args = [...command, '--no-audit', '--no-fund', '--prefer-offline', '--include=dev', '--include=optional', '--loglevel=error'];
  const ours = process.env.npm_execpath ?? '';
  const [file, all] = basename(ours) === 'npm-cli.js' ? [process.execPath, [ours, ...args]] : ['npm', args];
  // what npm writes must not mix with a command's answer on standard output
  return spawnSync(file, all, { cwd: root, stdio: ['ignore', 2, 2], shell: process.platform === 'win32' && file === 'npm' });
}
