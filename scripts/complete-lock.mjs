// Names the packages of other platforms in package-lock.json that `npm install` left out.
// A registry that lacks some of them (a mirror) makes npm write a lock file that `npm ci` then refuses, everywhere. Their
// versions are fixed by the package that asks for them, so they can be written down without asking any registry.
import { readFileSync, writeFileSync } from 'node:fs';
import { pathToFileURL } from 'node:url';

const OS = ['android', 'darwin', 'freebsd', 'linux', 'openharmony', 'win32'];
const CPU = ['arm64', 'arm', 'ia32', 'loong64', 'ppc64', 'riscv64', 's390x', 'x64'];

/** Adds the missing entries to the parsed lock file. Returns their paths. */
export function completeLock(lock) {
  const { packages } = lock;
  const added = [];
  for (const [parent, entry] of Object.entries(packages)) {
    for (const [name, version] of Object.entries(entry.optionalDependencies ?? {})) {
      if (/^\d/.test(version) && !isThere(packages, parent, name)) {
        packages[`node_modules/${name}`] = { version, cpu: pick(CPU, name), ...(entry.dev ? { dev: true } : {}), ...libc(name), optional: true, os: pick(OS, name) };
        added.push(`node_modules/${name}`);
      }
    }
  }
  lock.packages = Object.fromEntries(Object.entries(packages).sort(([a], [b]) => a.localeCompare(b, 'en')));
  return added;
}

function isThere(packages, parent, name) {
  for (let base = parent; ; base = base.slice(0, Math.max(0, base.lastIndexOf('node_modules/') - 1))) {
    if (packages[`${base ? `${base}/` : ''}node_modules/${name}`]) {
      return true;
    }
    if (!base) {
      return false;
    }
  }
}

/** The name says for which machine a package is: …-linux-arm64-musl. */
const pick = (known, name) => known.filter((word) => name.split(/[/-]/).includes(word));

function libc(name) {
  const kind = /-linux-.*musl/.test(name) ? 'musl' : /-linux-.*gnu/.test(name) ? 'glibc' : null;
  return kind ? { libc: [kind] } : {};
}

if (import.meta.url === pathToFileURL(process.argv[1]).href) {
  const lock = JSON.parse(readFileSync('package-lock.json', 'utf8'));
  const added = completeLock(lock);
  if (added.length > 0) {
    writeFileSync('package-lock.json', `${JSON.stringify(lock, null, 2)}\n`);
  }
  process.stdout.write(added.length > 0 ? `Added ${added.length}:\n${added.join('\n')}\n` : 'Complete.\n');
}
