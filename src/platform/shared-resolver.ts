import { Resolver } from 'node:dns/promises';

/** So long one resolver is used, in milliseconds: its sockets serve many questions, and no source port is used long enough to be guessed. */
const RENEWED_MS = 1_000;

/** One resolver for the questions of a moment: making one for each conversation costs more than what is asked with it. */
export class SharedResolver {
  private current: { resolver: Resolver; until: number } | null = null;

  /**
   * @param servers `host:port`, or null for those of the system
   * @param timeout of the first try of each question, in milliseconds; there are two
   */
  constructor(
    private readonly servers: readonly string[] | null,
    private readonly timeout: number,
  ) {}

  /** Never cancel what it is asking: others ask with it. @throws Error for a server that is none */
  get(): Resolver {
    const now = performance.now();
    if (!this.current || this.current.until < now) {
      const resolver = new Resolver({ timeout: this.timeout, tries: 2 });
      if (this.servers) {
        resolver.setServers(this.servers.map((server) => server.replace(/^localhost(?=:|$)/, '127.0.0.1')));
      }
      this.current = { resolver, until: now + RENEWED_MS };
    }
    return this.current.resolver;
  }
}
