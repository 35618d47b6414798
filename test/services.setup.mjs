import { chmodSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fromSource } from '../scripts/lib/sources.mjs';

const TEMPLATE = 'desk_template';

/**
 * One PostgreSQL (or the one of TEST_DATABASE_URL) and one Redis for the whole run. Every spec file copies the migrated template.
 * DESK_TEST_SERVICES=none starts nothing, for specs that need nothing. DESK_TEST_REDIS=none tests the carrier without Redis only.
 */
export default async function setup() {
  if (process.env.DESK_TEST_SERVICES === 'none') {
    return;
  }
  sweepLeftOvers();
  const { startEmbeddedPostgres } = fromSource('src/platform/database/embedded.ts');
  const { startPrivateRedis } = fromSource('src/platform/redis-server.ts');
  const dir = mkdtempSync(join(tmpdir(), `desk-test-${process.pid}-`));
  chmodSync(dir, 0o711); // as root the database runs as somebody else, who has to get in
  const services = (globalThis.deskTestServices = { dir });
  const given = process.env.TEST_DATABASE_URL;
  if (!given) {
    services.postgres = await startEmbeddedPostgres({ dataDir: join(dir, 'postgres'), durable: false });
  }
  const server = given ?? services.postgres.url;
  process.env.TEST_DATABASE_URL = server;
  process.env.TEST_DATABASE_TEMPLATE = await makeTemplate(server, services);
  if (!process.env.TEST_REDIS_URL && process.env.DESK_TEST_REDIS !== 'none') {
    services.redis = await startPrivateRedis({ dir: join(dir, 'redis'), path: process.env.PATH ?? '', unpackInto: '.cache/redis', tied: true });
    process.env.TEST_REDIS_URL = services.redis?.url ?? '';
  }
  if (!process.env.TEST_REDIS_URL) {
    process.stderr.write('\nNO REDIS: everything that Bull carries is tested in-process only; the specs that need Bull are skipped.\n');
  }
}

async function makeTemplate(server, services) {
  const { DataSource } = await import('typeorm');
  const { migrate } = fromSource('src/platform/database/migrate.ts');
  const name = services.postgres ? TEMPLATE : `${TEMPLATE}_${process.pid}`;
  services.template = { server, name };
  const admin = await new DataSource({ type: 'postgres', url: server }).initialize();
  await admin.query(`drop database if exists ${name}`);
  await admin.query(`create database ${name}`);
  await admin.destroy();
  const url = new URL(server);
  url.pathname = `/${name}`;
  const source = await new DataSource({ type: 'postgres', url: url.href }).initialize();
  await migrate(source);
  await source.destroy();
  return name;
}

/** The servers of a run that was killed have ended with it; their folders are removed here. */
function sweepLeftOvers() {
  for (const name of readdirSync(tmpdir())) {
    const pid = /^desk-test-(\d+)-/.exec(name)?.[1];
    if (pid && !alive(Number(pid))) {
      rmSync(join(tmpdir(), name), { recursive: true, force: true });
    }
  }
}

function alive(pid) {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error.code === 'EPERM';
  }
}
