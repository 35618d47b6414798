import { existsSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join, resolve } from 'node:path';

// `npm run cli -- …` without a DATABASE_URL works on the data of the demo: its settings are kept there, and its database is
// started for the time of the command when the demo does not run. `analyse` needs neither.
const require = createRequire(import.meta.url);
const main = resolve('dist/src/cli.js');
const dataDir = process.env.DATA_DIR || '.data';
const kept = join(dataDir, 'settings.json');

let database;
if (!process.env.DATABASE_URL && process.argv[2] !== 'analyse' && existsSync(kept)) {
  const { embedded, settings } = JSON.parse(readFileSync(kept, 'utf8'));
  process.env = { ...settings, ...process.env };
  if (embedded) {
    const { startEmbeddedPostgres } = require('../dist/src/platform/database/embedded.js');
    database = await startEmbeddedPostgres({ dataDir: join(dataDir, 'postgres'), durable: true });
    process.env.DATABASE_URL = database.url;
  }
}
if (database && !database.reused) {
  const { spawnSync } = await import('node:child_process');
  const done = spawnSync(process.execPath, [main, ...process.argv.slice(2)], { stdio: 'inherit' });
  await database.stop();
  process.exitCode = done.status ?? 1;
} else {
  process.argv[1] = main;
  require(main);
}
