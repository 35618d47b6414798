import { createRequire } from 'node:module';

// `npm test` after the bootstrap: Jest with the arguments given, in this process, so that its exit code and signals are its own.
// Settings of a deployment that happen to be in the environment must not leak into the tests.
for (const name of ['DATABASE_URL', 'REDIS_URL', 'SMTP_URL', 'IMAP_URL', 'NOC_URL', 'NOC_TOKEN', 'PORT', 'PUBLIC_URL', 'DATA_DIR', 'ROLES', 'SECRET']) {
  delete process.env[name];
}
process.env.NODE_ENV = 'test';
process.env.TZ = 'UTC';
createRequire(import.meta.url)('jest/bin/jest');
