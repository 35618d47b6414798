import { hash } from 'node:crypto';
import { Client, type ClientConfig } from 'pg';

/** The server ends every statement after STATEMENT_MS; one of which nothing is heard for longer was sent to nobody. */
export const STATEMENT_MS = 15_000;
const SILENCE_MS = STATEMENT_MS + 5_000;

/**
 * A statement that is prepared keeps its plan until PostgreSQL counts the table again, which it does once a minute: one that was made while a desk was
 * empty reads whole tables, and they grow by the second. So plans are made anew at these ages of a connection, in milliseconds.
 */
const REPLANNED_MS = [3_000, 10_000, 30_000, 90_000];

/** So many different statements are prepared; a process that makes up more of them sends those as they are. */
const PREPARED_AT_MOST = 500;
const names = new Map<string, string>();

/** The name under which each connection prepares a statement at its first use: to read and plan it again costs more than most of ours take to run. */
function nameOf(text: string): string | undefined {
  const known = names.get(text);
  if (known !== undefined || names.size >= PREPARED_AT_MOST) {
    return known;
  }
  const name = hash('sha1', text, 'base64url');
  names.set(text, name);
  return name;
}

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
  private readonly since = performance.now();
  private replanned = 0;

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

  /** Whoever gives values with a text gets a statement that is prepared; PostgreSQL itself keeps to plans of their own where values matter. */
  override query: Client['query'] = (first: unknown, ...rest: unknown[]): never => {
    const send = (...all: unknown[]): never => (super.query as (...every: unknown[]) => never)(...all);
    if (this.unnamed) {
      return send(typeof first === 'object' && first !== null && 'name' in first ? { ...first, name: undefined } : first, ...rest);
    }
    const [values] = rest;
    // Whoever gives values and nothing to call back gets a promise.
    if (Array.isArray(values) && rest.length === 1 && this.plansAreOld()) {
      const planless = send('discard plans') as Promise<unknown>;
      return planless.catch(() => undefined).then(() => this.query(first as string, values)) as never; // it fails only where what follows fails too
    }
    const name = typeof first === 'string' && Array.isArray(values) && values.length > 0 ? nameOf(first) : undefined;
    return send(name === undefined ? first : { name, text: first }, ...rest);
  };

  /** True once for each of the ages. */
  private plansAreOld(): boolean {
    const due = REPLANNED_MS[this.replanned];
    if (due === undefined || performance.now() - this.since < due) {
      return false;
    }
    this.replanned++;
    return true;
  }
}
