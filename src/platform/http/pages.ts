import cookie from '@fastify/cookie';
import type { FastifyInstance } from 'fastify';
import { serveAssets } from './assets';
import { compressPages } from './compress';
import { guardAgainstForgery } from './csrf';
import { takeFormKey } from './form-key';
import { keepTheme } from './theme';

/** Nothing but our own files; no inline script, no inline style. `data:` pictures are the small marks in Tabler's own stylesheet. */
export const CONTENT_SECURITY_POLICY = [
  "default-src 'none'", "script-src 'self'", "style-src 'self'", "font-src 'self'", "img-src 'self' data:", "connect-src 'self'",
  "form-action 'self'", "frame-ancestors 'none'", "base-uri 'none'", "manifest-src 'self'",
].join('; ');

/** The page of the API brings its own inline styles. */
const LOOSER = CONTENT_SECURITY_POLICY.replace("style-src 'self'", "style-src 'self' 'unsafe-inline'");
const THIRD_PARTY_PAGES = /^\/api\/docs(\/|\?|$)/;

/**
 * What all pages need, before any route is registered: cookies, security headers, the choice of theme, assets,
 * forgery guard. Sessions set `request.viewer` in an onRequest hook that is added after this.
 */
export async function installPages(fastify: FastifyInstance, options: { publicUrl: string }): Promise<void> {
  const secure = options.publicUrl.startsWith('https:');
  if (!fastify.hasRequestDecorator('cookies')) {
    await fastify.register(cookie);
  }
  fastify.decorateRequest('viewer', null);
  fastify.addHook('onRequest', async (request, reply) => {
    void reply.headers({
      'content-security-policy': THIRD_PARTY_PAGES.test(request.url) ? LOOSER : CONTENT_SECURITY_POLICY,
      'x-content-type-options': 'nosniff',
      'referrer-policy': 'no-referrer',
      'x-frame-options': 'DENY',
      'cross-origin-opener-policy': 'same-origin',
      'cross-origin-resource-policy': 'same-origin',
      'permissions-policy': 'camera=(), geolocation=(), microphone=()',
      'accept-ch': 'Sec-CH-Prefers-Color-Scheme',
      // Personal by default: what may be kept says so itself (assets).
      'cache-control': 'no-store',
      ...(secure ? { 'strict-transport-security': 'max-age=31536000; includeSubDomains' } : {}),
    });
  });
  keepTheme(fastify, secure);
  guardAgainstForgery(fastify, options.publicUrl);
  takeFormKey(fastify);
  serveAssets(fastify);
  compressPages(fastify);
}
