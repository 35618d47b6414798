// The one door of `npm run demo`, `npm test`, `npm run bench` and `npm run cli`: a fresh clone needs nothing but Node and npm.
// Uses Node's own modules only, since it runs before anything is installed. What it says goes to standard error.
import { dirname, join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { ensureBuilt } from './lib/build.mjs';
import { ensureInstalled } from './lib/install.mjs';
import { complainAboutNode } from './lib/node-version.mjs';

const ROOT = join(dirname(fileURLToPath(import.meta.url)), '..');
const COMMANDS = { build: null, demo: 'scripts/demo.mjs', test: 'test/run.mjs', bench: 'bench/run.mjs', cli: 'scripts/cli.mjs' };

async function main([command, ...args]) {
  const complaint = complainAboutNode(process.versions.node);
  if (complaint) {
    throw new Error(complaint);
  }
  if (!(command in COMMANDS)) {
    throw new Error(`Say which: node scripts/bootstrap.mjs ${Object.keys(COMMANDS).join('|')}`);
  }
  process.chdir(ROOT);
  await ensureInstalled(ROOT);
  await ensureBuilt(ROOT);
  if (COMMANDS[command]) {
    const script = join(ROOT, COMMANDS[command]);
    process.argv = [process.execPath, script, ...args];
    await import(pathToFileURL(script).href);
  }
}

main(process.argv.slice(2)).catch((error) => {
  process.stderr.write(`${process.env.DESK_TRACE ? error.stack : error.message}\n`);
  // A mail server that pipes a mail in takes 75 (EX_TEMPFAIL) for "try again later", and 1 for "send it back".
  process.exit(process.argv.includes('mail-pipe') ? 75 : 1);
});
