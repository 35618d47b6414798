import 'reflect-metadata';
import { RequestMethod } from '@nestjs/common';
import { ModulesContainer } from '@nestjs/core';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { ApiKeysService } from '../../src/auth/api-keys.service';
import type { StaffRole } from '../../src/auth/staff-member.entity';
import type { RoleDesk, Sent } from './role-desk';

/** Who calls, by one letter each. Small letters are people who signed in, capitals are keys. */
export const CALLERS = { n: 'nobody', c: 'customer', r: 'reviewer', s: 'senior', l: 'lead', a: 'auditor', d: 'admin', o: 'operator', N: 'key of the NOC', D: 'reading key', R: 'key of a reviewer', S: 'key of a senior', L: 'key of a lead', U: 'key of an auditor', A: 'key of an admin' } as const;
export type Caller = keyof typeof CALLERS;

export interface Route {
  method: string;
  path: string;
}

/** Every route that a controller has, as it was registered. */
export function routesOf(app: NestFastifyApplication): Route[] {
  const routes: Route[] = [];
  for (const module of app.get(ModulesContainer).values()) {
    for (const { metatype } of module.controllers.values()) {
      const type = metatype as { prototype: Record<string, object> } | null;
      if (!type) {
        continue;
      }
      const prefixes = [Reflect.getMetadata('path', type) as string | string[]].flat();
      for (const name of Object.getOwnPropertyNames(type.prototype).filter((one) => one !== 'constructor')) {
        const handler = Object.getOwnPropertyDescriptor(type.prototype, name)?.value as object | undefined;
        const method = handler && (Reflect.getMetadata('method', handler) as RequestMethod | undefined);
        if (handler && method !== undefined) {
          const paths = [Reflect.getMetadata('path', handler) as string | string[]].flat();
          routes.push(...prefixes.flatMap((prefix) => paths.map((path) => ({ method: RequestMethod[method] ?? '', path: `/${[prefix, path].join('/').split('/').filter(Boolean).join('/')}` }))));
        }
      }
    }
  }
  return routes.sort((a, b) => a.path.localeCompare(b.path) || a.method.localeCompare(b.method));
}

const STAFF: Partial<Record<Caller, StaffRole>> = { r: 'reviewer', s: 'senior', l: 'lead', a: 'auditor', d: 'admin', o: 'operator', R: 'reviewer', S: 'senior', L: 'lead', U: 'auditor', A: 'admin' };

/** Calls a route as each of them. `customer` is the cookie of somebody of another account. */
export async function callers(desk: RoleDesk, customer: string, csrf: string): Promise<(who: Caller, method: string, url: string, body: Record<string, unknown> | undefined) => Promise<Sent>> {
  const keys = { N: await desk.app.get(ApiKeysService).create('noc', 'noc', null), D: await desk.app.get(ApiKeysService).create('read', 'read', null) };
  const inject = desk.app.getHttpAdapter().getInstance();
  return async (who, method, url, body) => {
    const role = STAFF[who];
    const key = who === 'N' || who === 'D' ? keys[who] : role && who === who.toUpperCase() ? desk.keys[role] : null;
    const session = role && !key ? desk.sessions[role] : who === 'c' ? { cookie: customer, csrf } : { cookie: '', csrf: '' };
    const headers = key ? { authorization: `Bearer ${key}` } : { cookie: session.cookie, accept: 'text/html' };
    if (method === 'GET' || method === 'DELETE') {
      return inject.inject({ method, url, headers: { ...headers, 'x-csrf-token': session.csrf } });
    }
    return key ? inject.inject({ method: method as 'POST', url, headers, payload: body ?? {} })
      : inject.inject({ method: method as 'POST', url, headers: { ...headers, 'content-type': 'application/x-www-form-urlencoded' }, payload: new URLSearchParams({ _csrf: session.csrf, ...(body as Record<string, string>) }).toString() });
  };
}

/** Whether somebody was turned away: not signed in, not allowed, or, for who is not of the desk, told that there is no such thing. */
export function turnedAway(who: Caller, { statusCode, headers }: Sent): boolean {
  const toSignIn = statusCode === 303 && /^\/(desk\/)?sign-in(\?|$)/.test(String(headers.location));
  return statusCode === 401 || statusCode === 403 || toSignIn || (statusCode === 404 && (who === 'n' || who === 'c'));
}

