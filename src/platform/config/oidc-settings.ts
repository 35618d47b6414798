import { z } from 'zod';

const LOOPBACK = ['127.0.0.1', '[::1]', 'localhost'];
const empty = (value: unknown): unknown => (value === '' ? undefined : value);
const list = z.string().transform((text) => text.split(',').map((part) => part.trim()).filter(Boolean));

function isSafe(text: string): boolean {
  const url = URL.canParse(text) ? new URL(text) : null;
  return url !== null && (url.protocol === 'https:' || (url.protocol === 'http:' && LOOPBACK.includes(url.hostname)));
}

/** Single sign-on of staff by OpenID Connect (docs/security.md). */
export const OIDC_SETTINGS = {
  OIDC_ISSUER: z.preprocess(empty, z.string().refine(isSafe, 'must be the URL of the issuer, with https, such as https://login.example.org/realms/staff').optional()),
  OIDC_CLIENT_ID: z.preprocess(empty, z.string().max(500).optional()),
  OIDC_CLIENT_SECRET: z.preprocess(empty, z.string().max(2_000).optional()),
  OIDC_NAME: z.preprocess(empty, z.string().max(40, 'must have at most 40 characters: it stands on a button').default('single sign-on')),
  OIDC_MFA: list.pipe(z.array(z.string().regex(/^[\x21-\x7e]{1,200}$/, 'must be values of acr or amr, such as mfa'))).default([]),
  STAFF_PASSWORDS: z.enum(['on', 'off'], { error: 'must be on or off' }).default('on'),
};

/** What is missing beside what is set, a sentence each. */
export function oidcMissing(read: { OIDC_ISSUER?: string | undefined; OIDC_CLIENT_ID?: string | undefined; STAFF_PASSWORDS: string }): string[] {
  return [
    ...(read.OIDC_ISSUER && !read.OIDC_CLIENT_ID ? ['OIDC_CLIENT_ID: is missing; the issuer of OIDC_ISSUER knows the desk by it'] : []),
    ...(read.OIDC_CLIENT_ID && !read.OIDC_ISSUER ? ['OIDC_ISSUER: is missing; OIDC_CLIENT_ID needs the issuer that knows it'] : []),
    ...(read.STAFF_PASSWORDS === 'off' && !read.OIDC_ISSUER ? ['STAFF_PASSWORDS: is off, and nobody could sign in: name OIDC_ISSUER and OIDC_CLIENT_ID'] : []),
  ];
}
