import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { alone } from './lock.mjs';

/** Builds `dist/` when it is missing, or when any source or setting of the compiler differs from what it was built from. */
export async function ensureBuilt(root) {
  if (!isFresh(root)) {
    await alone(join(root, '.cache', 'bootstrap.lock'), () => {
      if (!isFresh(root)) {
        build(root);
      }
    });
  }
}

const SETTINGS = ['package-lock.json', 'tsconfig.json', 'tsconfig.build.json', 'nest-cli.json'];
const marker = (root) => join(root, 'dist', '.desk-build');
const isFresh = (root) => existsSync(marker(root)) && readFileSync(marker(root), 'utf8') === hashOf(root) && missing(root).length === 0;

/** By content, not by time: a checkout or a copy changes times without changing anything. */
function hashOf(root) {
  const hash = createHash('sha256');
  for (const file of [...sources(root), ...SETTINGS]) {
    hash.update(`${file}\0`).update(readFileSync(join(root, file))).update('\0');
  }
  return hash.digest('hex');
}

function sources(root) {
  return ['src', 'migrations']
    .flatMap((top) => filesBelow(root, top))
    .filter((file) => file.endsWith('.ts') && !file.endsWith('.spec.ts') && !file.endsWith('.d.ts'))
    .sort();
}

function filesBelow(root, top) {
  const dir = join(root, top);
  return existsSync(dir) ? readdirSync(dir, { recursive: true }).map((name) => `${top}/${name.replaceAll('\\', '/')}`) : [];
}

const emitted = (source) => `dist/${source.slice(0, -3)}.js`;
const missing = (root) => sources(root).filter((source) => !existsSync(join(root, emitted(source))));

function build(root) {
  process.stderr.write('Building …\n');
  removeOrphans(root);
  // Before, not after: what is saved while the compiler runs is not in what it wrote.
  const built = hashOf(root);
  let done = compile(root);
  if (done.status === 0 && missing(root).length > 0) {
    // The compiler's notes say "nothing changed" although files of dist are gone: begin anew.
    rmSync(join(root, 'dist'), { recursive: true, force: true });
    done = compile(root);
  }
  if (done.status !== 0) {
    throw new Error(`The build did not succeed${done.error ? `: ${done.error.message}` : ' (its reasons are above)'}.`);
  }
  writeFileSync(marker(root), built);
}

function compile(root) {
  return spawnSync(process.execPath, [join(root, 'node_modules/@nestjs/cli/bin/nest.js'), 'build'], { cwd: root, stdio: ['ignore', 2, 2] });
}

/** What a deleted source left behind would still be loaded. */
function removeOrphans(root) {
  const known = new Set(sources(root).map(emitted));
  for (const file of [...filesBelow(root, 'dist/src'), ...filesBelow(root, 'dist/migrations')]) {
    const origin = file.replace(/\.(js\.map|js|d\.ts)$/, '.js');
    if (/\.(js|js\.map|d\.ts)$/.test(file) && !known.has(origin)) {
      rmSync(join(root, file), { force: true });
    }
  }
}
