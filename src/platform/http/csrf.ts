import { timingSafeEqual } from 'node:crypto';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { Forbidden } from './errors';

const SAFE = new Set(['GET', 'HEAD', 'OPTIONS']);
/** The NOC posts its signed launch token from its own pages: the token, used once, is the proof. */
const FROM_ELSEWHERE = new Set(['/launch']);
/** Carries a signed ticket of ours, used once. The page that holds it was made without the session's cookie (SameSite), so it has no token. */
const BRINGS_ITS_PROOF = new Set(['/launch/continue']);

const refusal = () => new Forbidden('This form came from another site, or your session has changed. Open the page again and send it once more.');

/**
 * Whether the browser says that this request comes from our own pages. Null: it says nothing (no browser, or a very old one).
 * Fetch metadata first, which no page can forge; else the Origin.
 */
export function sameOrigin(request: FastifyRequest, publicUrl: string): boolean | null {
  const site = request.headers['sec-fetch-site'];
  const origin = request.headers.origin;
  if (typeof site === 'string') {
    return site === 'same-origin' || site === 'none';
  }
  return origin === undefined ? null : origin === new URL(publicUrl).origin || origin === `${request.protocol}://${request.host}`;
}

function tokenOf(request: FastifyRequest): string | null {
  const header = request.headers['x-csrf-token'];
  if (typeof header === 'string') {
    return header;
  }
  const body = request.body;
  if (typeof body !== 'object' || body === null || !('_csrf' in body)) {
    return null;
  }
  const { _csrf: given } = body;
  // The schemas refuse fields they do not know; this one has done its work here.
  Reflect.deleteProperty(body, '_csrf');
  // @fastify/multipart with attachFieldsToBody gives objects
  return typeof given === 'string' ? given : typeof given === 'object' && given !== null && 'value' in given ? String(given.value) : null;
}

const equal = (a: string, b: string) => a.length === b.length && timingSafeEqual(Buffer.from(a), Buffer.from(b));

/**
 * Whether this is a change that another site makes in the name of who is signed in: the browser must not say that the request comes
 * from elsewhere, and within a session the form carries the session's token. Multipart forms whose fields are read later
 * are accepted on the browser's own word.
 * @param csrf the session's token; null when nobody is signed in
 */
export function isForged(request: FastifyRequest, csrf: string | null, publicUrl: string): boolean {
  const token = tokenOf(request);
  const ours = sameOrigin(request, publicUrl);
  const unread = request.body === undefined && (request.headers['content-type'] ?? '').startsWith('multipart/');
  return ours === false || (csrf !== null && !(token ? equal(token, csrf) : unread && ours === true));
}

/** Refuses such requests (403). Asked is every request that changes something, except those that no cookie speaks for: bearer keys, and programs without a session. */
export function guardAgainstForgery(fastify: FastifyInstance, publicUrl: string): void {
  fastify.addHook('preHandler', (request, _reply, done) => {
    const path = request.url.split('?', 1)[0] ?? '';
    const program = request.headers.authorization !== undefined || (!request.viewer && path.startsWith('/api/'));
    const asked = !SAFE.has(request.method) && !FROM_ELSEWHERE.has(path) && !program;
    const forged = asked && isForged(request, BRINGS_ITS_PROOF.has(path) ? null : (request.viewer?.csrf ?? null), publicUrl);
    done(forged ? refusal() : undefined);
  });
}
