/** Which methods a path takes, so that a wrong one is told from a wrong path (RFC 9110, section 15.5.6). */
export class KnownRoutes {
  private readonly routes: { methods: string[]; shape: RegExp }[] = [];

  /** A route as Fastify tells of it: `/tickets/:ref`, `/assets/*`. */
  add({ method, url }: { method: string | string[]; url: string }): void {
    if (url !== '*' && url !== '/*') {
      const shape = url.replace(/\/+$/, '').split('/').map((part) => (part === '*' ? '.*' : part.startsWith(':') ? '[^/]+' : part.replace(/[.*+?^${}()|[\]\\]/g, '\\$&'))).join('/');
      this.routes.push({ methods: [method].flat(), shape: new RegExp(`^${shape}/?$`) });
    }
  }

  /** The methods that are known of this path, in alphabetical order; none when there is no such path. */
  allowed(url: string): string[] {
    const [path = ''] = url.split('?', 1);
    return [...new Set(this.routes.filter(({ shape }) => shape.test(path)).flatMap(({ methods }) => methods))].sort();
  }
}
