import { Client, type ClientConfig } from 'pg';

/** The server ends every statement after STATEMENT_MS; one of which nothing is heard for longer was sent to nobody. */
export const STATEMENT_MS = 15_000;
const SILENCE_MS = STATEMENT_MS + 5_000;

/** What pg has and its types do not tell: the socket, and whether no answer is due. */
interface Inside {
  connection: { stream: { setTimeout(milliseconds: number, tell: () => void): void; destroy(error: Error): void } };
  readyForQuery: boolean;
}

/**
 * A connection that ends when the database falls silent without hanging up (a failover, a firewall that forgot us). TCP takes a
 * quarter of an hour to notice; until then each such connection would be missing from the pool, and its request would hang.
 */
export class WatchfulClient extends Client {
  private readonly unnamed: boolean;

  /** @param config `unnamed`: statements are not prepared by name, for a pooler that gives each transaction another connection */
  constructor(config?: string | (ClientConfig & { unnamed?: boolean })) {
    super(config);
    this.unnamed = typeof config === 'object' && config.unnamed === true;
    // Only now is the socket the one that is used to the end: before, it may have been wrapped in TLS.
    this.once('connect', () => {
      const inside = this as unknown as Inside;
      const { stream } = inside.connection;
      stream.setTimeout(SILENCE_MS, () => {
        if (!inside.readyForQuery) {
          stream.destroy(new Error('Connection terminated: the database has fallen silent'));
        }
      });
    });
  }

  override query: Client['query'] = (first: unknown, ...rest: unknown[]): never => {
    const named = this.unnamed && typeof first === 'object' && first !== null && 'name' in first;
    return (super.query as (...all: unknown[]) => never)(named ? { ...first, name: undefined } : first, ...rest);
  };
}
