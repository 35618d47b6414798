import type { FastifyInstance, FastifyRequest } from 'fastify';

export type Theme = 'light' | 'dark';

/** The theme that was chosen, or that the browser told us its user prefers; null: the browser decides by itself (theme.js). */
export function themeOf(request: FastifyRequest): Theme | null {
  const chosen = request.cookies?.['theme'] ?? request.headers['sec-ch-prefers-color-scheme'];
  return chosen === 'dark' || chosen === 'light' ? chosen : null;
}

/** The link that changes to the other theme and keeps the rest of the address. */
export function themeToggle(url: string, theme: Theme | null): { theme: Theme; href: string } {
  const other = theme === 'dark' ? 'light' : 'dark';
  return { theme: other, href: withTheme(url, other) };
}

function withTheme(url: string, theme: Theme | null): string {
  const [path = '/', query = ''] = url.split('?', 2);
  const params = new URLSearchParams(query);
  params.delete('theme');
  if (theme) {
    params.set('theme', theme);
  }
  const rest = params.toString();
  return rest ? `${path}?${rest}` : path;
}

/** `?theme=dark` on any page keeps the choice in a cookie and comes back without it, so that it works without scripts. */
export function keepTheme(fastify: FastifyInstance, secure: boolean): void {
  fastify.addHook('onRequest', async (request, reply) => {
    const chosen = request.method === 'GET' && /[?&]theme=(light|dark)(&|$)/.exec(request.url)?.[1];
    if (chosen) {
      const cookie = `theme=${chosen}; Path=/; Max-Age=31536000; SameSite=Lax${secure ? '; Secure' : ''}`;
      // One leading slash only: "//evil.example" would lead away.
      return reply.header('set-cookie', cookie).redirect(withTheme(request.url.replace(/^\/+/, '/'), null), 303);
    }
    return undefined;
  });
}
