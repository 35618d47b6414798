import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { DataSource } from 'typeorm';
import { ApiKeysService } from '../../src/auth/api-keys.service';
import type { Scope } from '../../src/auth/principal';
import type { StaffRole } from '../../src/auth/staff-member.entity';
import { StaffService } from '../../src/auth/staff.service';
import { loadConfig } from '../../src/platform/config/config';
import { build } from '../../src/start';
import { NO_DATA_DIR, testDatabase, type TestDatabase } from './database';

export const STAFF_ROLES: StaffRole[] = ['reviewer', 'senior', 'lead', 'auditor', 'admin', 'operator'];
const PASSWORD = 'a-long-enough-password';
const SCOPES: Partial<Record<StaffRole, Scope>> = { lead: 'lead', admin: 'admin' };

/** The application in this process without a worker, with one person of every role: what each may see and do, from the outside. */
export interface RoleDesk {
  app: NestFastifyApplication;
  source: DataSource;
  database: TestDatabase;
  ids: Record<StaffRole, string>;
  keys: Record<StaffRole, string>;
  sessions: Record<StaffRole, { cookie: string; csrf: string }>;
  /** A page, or a form of it. */
  page(role: StaffRole, url: string, form?: Record<string, string> | [string, string][]): Promise<Sent>;
  /** A call with the key of this person. */
  api(role: StaffRole, method: 'GET' | 'POST' | 'DELETE', url: string, body?: unknown): Promise<Sent>;
  stop(): Promise<void>;
}
export type Sent = Awaited<ReturnType<ReturnType<ReturnType<NestFastifyApplication['getHttpAdapter']>['getInstance']>['inject']>>;

export async function roleDesk(settings: Record<string, string> = {}): Promise<RoleDesk> {
  const database = await testDatabase();
  const app = await build(loadConfig({ NODE_ENV: 'test', DATABASE_URL: database.url, DATA_DIR: NO_DATA_DIR, SECRET: 's'.repeat(40), NOC_URL: 'http://127.0.0.1:1', NOC_TOKEN: 'token', ROLES: 'web', LOG_LEVEL: 'silent', MAIL_LISTEN: '', ...settings }));
  await app.init();
  await app.getHttpAdapter().getInstance().ready();
  const inject = app.getHttpAdapter().getInstance();
  const made = await Promise.all(STAFF_ROLES.map(async (role) => {
    const member = await app.get(StaffService).create({ email: `${role}@desk.example`, name: `The ${role}`, role, password: PASSWORD });
    const signIn = await inject.inject({ method: 'GET', url: '/desk/sign-in' });
    const anonymous = cookieOf(signIn.headers['set-cookie']);
    const entered = await inject.inject({
      method: 'POST', url: '/desk/sign-in', headers: { 'content-type': 'application/x-www-form-urlencoded', ...(anonymous ? { cookie: anonymous } : {}) },
      payload: new URLSearchParams({ _csrf: csrfOf(signIn.body), email: member.email, password: PASSWORD }).toString(),
    });
    const cookie = cookieOf(entered.headers['set-cookie']) || anonymous;
    const page = await inject.inject({ method: 'GET', url: '/desk/keys', headers: { cookie, accept: 'text/html' } });
    return { role, id: member.id, key: await app.get(ApiKeysService).create(`The ${role}`, SCOPES[role] ?? 'reviewer', member.id), session: { cookie, csrf: csrfOf(page.body) } };
  }));
  const by = <T>(pick: (one: (typeof made)[number]) => T) => Object.fromEntries(made.map((one) => [one.role, pick(one)])) as Record<StaffRole, T>;
  const [sessions, keys] = [by(({ session }) => session), by(({ key }) => key)];
  return {
    app, source: app.get(DataSource), database, ids: by(({ id }) => id), keys, sessions,
    page: (role, url, form) => inject.inject(form
      ? { method: 'POST', url, headers: { cookie: sessions[role].cookie, accept: 'text/html', 'content-type': 'application/x-www-form-urlencoded' }, payload: new URLSearchParams([['_csrf', sessions[role].csrf], ...(Array.isArray(form) ? form : Object.entries(form))]).toString() }
      : { method: 'GET', url, headers: { cookie: sessions[role].cookie, accept: 'text/html' } }),
    api: (role, method, url, body) => inject.inject({
      method, url, headers: { authorization: `Bearer ${keys[role]}`, ...(body === undefined ? {} : { 'content-type': 'application/json' }) }, ...(body === undefined ? {} : { payload: typeof body === 'string' ? body : JSON.stringify(body) }),
    }),
    stop: async () => {
      await app.close();
      await database.drop();
    },
  };
}

const cookieOf = (set: string | string[] | undefined): string => [set ?? []].flat().map((cookie) => cookie.split(';')[0] ?? '').filter((cookie) => !cookie.endsWith('=')).join('; ');
export const csrfOf = (body: string): string => /x-csrf-token":"([^"]+)"|name="_csrf" value="([^"]+)"/.exec(body.replaceAll('&quot;', '"'))?.slice(1).find(Boolean) ?? '';
