import { randomBytes } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { writeWhole } from './write-whole.mjs';

const random = (bytes) => randomBytes(bytes).toString('base64url');
const KEYS = ['noc', 'reviewer1', 'reviewer2', 'lead', 'admin'];

/** Made at the first start and kept, so that a second start knows the same sign-ins and links stay valid. */
export function demoSecrets(dataDir) {
  const file = join(dataDir, 'secrets.json');
  const kept = existsSync(file) ? JSON.parse(readFileSync(file, 'utf8')) : {};
  const secrets = {
    secret: random(48),
    nocToken: random(24),
    nocLaunchKey: random(36),
    nocWebhookSecret: `whsec_${randomBytes(24).toString('base64')}`,
    password: `desk-${randomBytes(5).toString('hex')}`,
    apiKeys: Object.fromEntries(KEYS.map((name) => [name, `ubd_${random(32)}`])),
    ...kept,
  };
  writeWhole(file, secrets);
  return secrets;
}

/** Who may sign in, as the seed made them, is kept with the rest. */
export function keepSeeded(dataDir, secrets, seeded) {
  const all = { ...secrets, apiKeys: { ...secrets.apiKeys, ...seeded.apiKeys }, staff: seeded.staff };
  writeWhole(join(dataDir, 'secrets.json'), all);
  return all;
}

/** Settings of the application in the demo. Whatever the environment sets wins, except what the demo has to know itself. */
export function appSettings({ environment, dataDir, secrets, databaseUrl, redisUrl, simulator, webPort, mailPort }) {
  const host = environment.HOST || '127.0.0.1';
  const defaults = {
    NODE_ENV: 'demo',
    HOST: host,
    ROLES: 'web,worker,mail',
    PUBLIC_URL: `http://localhost:${webPort}`,
    MAIL_DOMAIN: 'desk.example',
    MAIL_FROM: 'Unblock desk <unblock@desk.example>',
    LOG_LEVEL: 'info',
    DATABASE_URL: databaseUrl,
    SECRET: secrets.secret,
    ...(redisUrl ? { REDIS_URL: redisUrl } : {}),
  };
  const fixed = {
    DATA_DIR: dataDir,
    PORT: String(webPort),
    MAIL_LISTEN: `smtp://127.0.0.1:${mailPort}`,
    NOC_DRIVER: 'http',
    NOC_URL: simulator.url,
    NOC_TOKEN: secrets.nocToken,
    NOC_WEBHOOK_SECRET: secrets.nocWebhookSecret,
    NOC_LAUNCH_KEY: secrets.nocLaunchKey,
    DNS_SERVERS: simulator.dns,
  };
  const given = Object.fromEntries(Object.entries(environment).filter(([name, value]) => value !== '' && name in OVERRIDABLE));
  return { ...defaults, ...given, ...fixed };
}

/** Settings a user of the demo may try out; the rest of the environment does not reach the application. */
const OVERRIDABLE = Object.fromEntries(
  [
    'HOST', 'ROLES', 'PUBLIC_URL', 'DATABASE_URL', 'DATABASE_POOL', 'REDIS_URL', 'SMTP_URL', 'MAIL_FROM', 'MAIL_DOMAIN', 'IMAP_URL', 'TRUSTED_AUTHSERV_IDS', 'OWN_HOSTS',
    'OWN_NETWORKS', 'UNDO_SECONDS', 'LEASE_MINUTES', 'WATCH_HOURS', 'REMIND_HOURS', 'EXPIRE_DAYS', 'FIX_DAYS', 'SECRET', 'LOG_LEVEL',
  ].map((name) => [name, true]),
);

/** What every process needs of the environment, whatever it does. */
export function surroundings(environment) {
  const names = ['PATH', 'HOME', 'TMPDIR', 'LANG', 'TZ', 'NODE_OPTIONS', 'SystemRoot'];
  return Object.fromEntries(names.filter((name) => environment[name]).map((name) => [name, environment[name]]));
}
