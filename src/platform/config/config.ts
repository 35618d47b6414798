import { z } from 'zod';
import { CRASH_POINTS, readCrashPoint } from '../crash-points';
import { readRedisUrl, REDIS_FORMS } from '../redis-place';
import { alertForm } from './alert-form';
import { dkimKey } from './dkim-key';
import { OIDC_SETTINGS, oidcMissing } from './oidc-settings';

/** Injection token of the settings. */
export const CONFIG = Symbol('config');

const list = z.string().transform((text) => text.split(',').map((part) => part.trim()).filter(Boolean));
const optional = <T extends z.ZodType>(type: T) => z.preprocess((value) => (value === '' ? undefined : value), type.optional());
const url = (...schemes: string[]) =>
  z.string().refine((text) => URL.canParse(text) && schemes.includes(new URL(text).protocol.slice(0, -1)), {
    error: `must be a URL that begins with ${schemes.map((s) => `${s}://`).join(' or ')}`,
  });
const positive = z.coerce.number({ error: 'must be a number' }).positive('must be above 0');
const port = z.coerce.number({ error: 'must be a port number' }).int().min(0, 'must be 0 to 65535').max(65535, 'must be 0 to 65535');

const span = (unit: string) => z.coerce.number({ error: `must be a whole number of ${unit}` }).int(`must be a whole number of ${unit}`).min(1, 'must be 1 or more').max(1200, 'must be 1200 or less');

const OVH_ENDPOINTS: Record<string, string> = { 'ovh-eu': 'https://api.eu.ovhcloud.com/1.0', 'ovh-ca': 'https://api.ca.ovhcloud.com/1.0', 'ovh-us': 'https://api.us.ovhcloud.com/1.0' };

export const ROLES = ['web', 'worker', 'mail'] as const;
export type Role = (typeof ROLES)[number];
export const WORKER_TAKES = ['all', 'lifts', 'rest'] as const;
export type WorkerTakes = (typeof WORKER_TAKES)[number];

/** The reasons for which two people are due (core/policy/needs-second-person.ts; a test holds the two lists to one another). */
const TWO_PEOPLE = ['hack', 'repeats', 'against_assessment', 'wide_exception', 'wide_block', 'routed'] as const;

/** Every setting of the desk (docs/deploy.md). `process.env` is read in this folder and nowhere else. */
const schema = z.object({
  NODE_ENV: z.string().default('development'),
  PORT: port.default(3000),
  HOST: z.string().default('127.0.0.1'),
  PUBLIC_URL: optional(url('http', 'https')),
  TRUSTED_PROXIES: list.pipe(z.array(z.string().refine((cidr) => /^[0-9a-f.:]+(?:\/\d{1,3})?$/i.test(cidr), 'must be addresses or networks, such as 10.20.0.0/16'))).default([]),
  DATA_DIR: z.string().default('.data'),
  DATABASE_URL: optional(url('postgres', 'postgresql')),
  DATABASE_POOL: z.coerce.number().int().min(2, 'must be at least 2').max(100).default(6),
  DATABASE_POOLER: z.enum(['none', 'transaction'], { error: 'must be none, or transaction where a PgBouncer in transaction mode stands between' }).default('none'),
  REDIS_URL: optional(z.string().refine((text) => readRedisUrl(text) !== null, `must be ${REDIS_FORMS}`)),
  ROLES: list.pipe(z.array(z.enum(ROLES, { error: `may name ${ROLES.join(', ')}` })).min(1, 'must name at least one role')).default([...ROLES]),
  WORKER_TAKES: z.enum(WORKER_TAKES, { error: 'must be all, lifts, or rest' }).default('all'),
  SMTP_URL: optional(url('smtp', 'smtps')),
  MAIL_FROM: z.string().default('Unblock desk <unblock@localhost>'),
  MAIL_LISTEN: list.default(['smtp://127.0.0.1:2525']),
  TEST_LISTEN: list.default([]),
  MAIL_TLS_CERT: optional(z.string()),
  MAIL_TLS_KEY: optional(z.string()),
  MAIL_DOMAIN: z.string().default('localhost'),
  IMAP_URL: optional(
    url('imap', 'imaps').refine((text) => !URL.canParse(text) || (new URL(text).username !== '' && new URL(text).password !== '' && new URL(text).hostname !== ''), {
      error: 'must name user and password, as in imaps://user:password@mail.example.org/INBOX (write what is special in them as %40 and the like)',
    }),
  ),
  IMAP_PROCESSED: z.string().max(200).default('Processed'),
  IMAP_POLL_SECONDS: z.coerce.number({ error: 'must be a number of seconds' }).min(5, 'must be 5 or more').max(600, 'must be 600 or less').default(60),
  DKIM_KEY: optional(dkimKey),
  DKIM_SELECTOR: optional(z.string().regex(/^[a-z0-9](?:[a-z0-9._-]{0,61}[a-z0-9])?$/i, 'must be the name of a selector, such as desk2026')),
  DKIM_DOMAIN: optional(z.string().regex(/^[a-z0-9-]+(?:\.[a-z0-9-]+)*$/i, 'must be a domain, such as example.org')),
  ALERT_FORM: optional(alertForm),
  MAIL_PER_SENDER: z.coerce.number({ error: 'must be a number of mails an hour' }).int().positive('must be above 0').default(60),
  NOC_DRIVER: z.enum(['http', 'manual', 'ovh'], { error: 'must be http, manual or ovh' }).default('http'),
  NOC_URL: optional(url('http', 'https')),
  NOC_TOKEN: optional(z.string()),
  NOC_WEBHOOK_SECRET: optional(z.string().min(16, 'must have at least 16 characters')),
  NOC_EVENTS_SECRET: optional(list.pipe(z.array(z.string().regex(/^(whsec_[A-Za-z0-9+/=_-]{32,}|whpk_[A-Za-z0-9+/=_-]{43,44})$/, 'must be whsec_ or whpk_ and the key in base64')).max(2, 'may name two keys at most: the new one and the old one'))),
  WEBHOOK_NETWORKS: list.pipe(z.array(z.string().refine((cidr) => /^[0-9a-f.:]+\/\d{1,3}$/i.test(cidr), 'must be networks, such as 10.20.0.0/16'))).default([]),
  OVH_ENDPOINT: z.preprocess((text) => (text === '' ? undefined : OVH_ENDPOINTS[String(text)] ?? text), url('http', 'https').default('https://api.eu.ovhcloud.com/1.0')),
  OVH_APP_KEY: optional(z.string()),
  OVH_APP_SECRET: optional(z.string()),
  OVH_CONSUMER_KEY: optional(z.string()),
  OVH_CLIENT_ID: optional(z.string()),
  OVH_CLIENT_SECRET: optional(z.string()),
  OVH_TOKEN_URL: optional(url('http', 'https')),
  NOC_LAUNCH_KEY: optional(z.string().min(32, 'must have at least 32 characters, or be a PEM public key')),
  DNS_SERVERS: optional(list),
  TRUSTED_AUTHSERV_IDS: list.default([]),
  OWN_HOSTS: list.default([]),
  OWN_NETWORKS: list.default([]),
  BLOCKLISTS: list.pipe(z.array(z.string().regex(/^(?=.{1,180}$)[a-z0-9_-]+(?:\.[a-z0-9_-]+)+$/i, 'must be names of zones, such as bl.example.org')).max(5, 'may name 5 at most')).default([]),
  UNDO_SECONDS: z.coerce.number({ error: 'must be a number of seconds' }).min(0, 'must not be below 0').default(20),
  LEASE_MINUTES: positive.default(15),
  WATCH_HOURS: positive.default(72),
  REPEAT_WAIT_HOURS: list.transform((parts) => parts.map(Number)).refine((hours) => hours.every((h) => h >= 0), 'must be hours from 0 on, such as 0,4,24').default([0, 4, 24]),
  TWO_PEOPLE_FOR: list.pipe(z.array(z.enum(TWO_PEOPLE, { error: `may name ${TWO_PEOPLE.join(', ')}` })).min(1, `must name at least one of ${TWO_PEOPLE.join(', ')}`)).default([...TWO_PEOPLE]),
  TWO_PEOPLE_REPEATS: z.coerce.number({ error: 'must be a number of blocks' }).int('must be a whole number of blocks').min(2, 'must be 2 or more: the first block is no repeat').default(2),
  REMIND_HOURS: list.transform((parts) => parts.map(Number)).refine((hours) => hours.every((h) => h > 0), 'must be hours above 0, such as 4,24,72').default([4, 24, 72]),
  EXPIRE_DAYS: positive.default(7),
  FIX_DAYS: positive.default(30),
  KEEP_FILES_DAYS: span('days').default(30),
  KEEP_RAW_MAIL_DAYS: span('days').default(90),
  KEEP_TICKET_MONTHS: span('months').default(24),
  KEEP_AUDIT_MONTHS: span('months').default(36),
  KEEP_LOG_DAYS: span('days').min(7, 'must be 7 or more: webhooks are tried for three days, and a repeated request must find its answer').default(30),
  ...OIDC_SETTINGS,
  SECRET: optional(z.string().min(32, 'must have at least 32 characters')),
  CRASH_AT: optional(z.string().refine((text) => readCrashPoint(text) !== null, `must be one of ${CRASH_POINTS.join(', ')}`)),
  DRAIN_SECONDS: z.coerce.number({ error: 'must be a number of seconds' }).min(0).max(10, 'must be 0 to 10: all of a shutdown has 25 seconds').default(0),
  SAFE_MODE: z.enum(['on', 'off'], { error: 'must be on or off' }).default('off'),
  LOG_LEVEL: z.enum(['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent']).default('info'),
});

type Read = z.output<typeof schema>;
export type Config = Omit<Read, 'PUBLIC_URL' | 'DATABASE_URL' | 'SECRET'> & { PUBLIC_URL: string; DATABASE_URL: string; SECRET: string };

/** Names the settings that stop the start, each with what would be right. */
export class BadSettings extends Error {
  constructor(readonly problems: string[]) {
    super(`The desk cannot start with these settings:\n${problems.map((p) => `  ${p}`).join('\n')}`);
  }
}

/**
 * Reads and checks all settings.
 * @throws BadSettings with one sentence per setting that is wrong or missing
 */
export function loadConfig(env: NodeJS.ProcessEnv = process.env): Config {
  const read = schema.safeParse(env);
  if (!read.success) {
    throw new BadSettings(read.error.issues.map(({ path: [name], message }) => `${String(name)}: ${message}${shown(String(name), env)}`));
  }
  const { PUBLIC_URL, DATABASE_URL, SECRET, ...rest } = read.data;
  const missing = [
    ...(DATABASE_URL ? [] : ['DATABASE_URL: is missing; name a PostgreSQL 15 or later, or use `npm run demo`, which brings one']),
    ...(SECRET ? [] : ['SECRET: is missing; it signs cookies, links and address tokens: give 32 random characters or more']),
    ...(Boolean(rest.MAIL_TLS_CERT) !== Boolean(rest.MAIL_TLS_KEY) ? ['MAIL_TLS_CERT, MAIL_TLS_KEY: name both files, the certificate with its chain and its key, or neither'] : []),
    ...oidcMissing(rest),
    ...(rest.DKIM_KEY && !rest.DKIM_SELECTOR ? ['DKIM_SELECTOR: is missing; DKIM_KEY needs the name under which its public half stands in DNS'] : []),
    ...(rest.NOC_DRIVER === 'http' && !rest.NOC_URL ? ['NOC_URL: is missing; NOC_DRIVER=http needs the address of the control panel'] : []),
    ...(rest.CRASH_AT && rest.NODE_ENV === 'production' ? ['CRASH_AT: ends the process on purpose, for tests; it is refused in production'] : []),
    ...(rest.NOC_DRIVER === 'http' && !rest.NOC_TOKEN ? ['NOC_TOKEN: is missing; NOC_DRIVER=http needs its bearer token'] : []),
    ...(rest.NOC_DRIVER === 'ovh' && !(rest.OVH_APP_KEY && rest.OVH_APP_SECRET && rest.OVH_CONSUMER_KEY) && !(rest.OVH_CLIENT_ID && rest.OVH_CLIENT_SECRET)
      ? ['OVH_CLIENT_ID: is missing; NOC_DRIVER=ovh needs OVH_CLIENT_ID and OVH_CLIENT_SECRET, or OVH_APP_KEY, OVH_APP_SECRET and OVH_CONSUMER_KEY'] : []),
  ];
  if (missing.length > 0 || !DATABASE_URL || !SECRET) {
    throw new BadSettings(missing);
  }
  return { ...rest, DATABASE_URL, SECRET, PUBLIC_URL: (PUBLIC_URL ?? `http://localhost:${rest.PORT}`).replace(/\/$/, '') };
}

/** What was set, for who reads the error; not what is secret or may hold a password, since the error ends in logs. */
const shown = (name: string, env: NodeJS.ProcessEnv): string => (/SECRET|TOKEN|KEY|URL/.test(name) ? '' : ` (it is ${JSON.stringify(env[name] ?? '')})`);

const reading = schema.pick({ DNS_SERVERS: true, TRUSTED_AUTHSERV_IDS: true, OWN_HOSTS: true, OWN_NETWORKS: true, BLOCKLISTS: true });

/** The settings that reading a mail needs, for the command line: it works without a database. @throws BadSettings */
export function loadReadingConfig(env: NodeJS.ProcessEnv = process.env): z.output<typeof reading> {
  const read = reading.safeParse(env);
  if (!read.success) {
    throw new BadSettings(read.error.issues.map((issue) => `${String(issue.path[0])}: ${issue.message}`));
  }
  return read.data;
}

const noc = schema.pick({ NOC_URL: true, NOC_TOKEN: true });

/** Where the NOC is, for the command that tries it out: the rest of the settings may be missing. @throws BadSettings */
export function loadNocConfig(env: NodeJS.ProcessEnv = process.env): z.output<typeof noc> {
  const read = noc.safeParse(env);
  if (!read.success) {
    throw new BadSettings(read.error.issues.map((issue) => `${String(issue.path[0])}: ${issue.message}`));
  }
  return read.data;
}
