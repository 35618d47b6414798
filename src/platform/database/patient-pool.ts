import { Pool, type PoolClient, type PoolConfig } from 'pg';

/** An ordinary statement waits no longer than this for its turn, in milliseconds: a few that take long must not hold up all others. */
const PATIENCE_MS = 500;
/** So long after something urgent asked, more of it is expected, in milliseconds. */
const URGENT_MS = 1_000;

type Told = (error: Error | undefined, client: PoolClient | undefined, done: (release?: Error | boolean) => void) => void;

/**
 * While something urgent is under way, everything else has a third of the connections, and it has them all. A lift asks one thing after the other, and at
 * each step waited for every statement that the database had been given before: on two cores two of them run at once, and all more only wait
 * there instead of here, where what is urgent goes before them. No fewer get done.
 */
export class PatientPool extends Pool {
  private readonly few: number;
  /** so long anybody waits for a connection, in milliseconds; 0: for ever */
  private readonly most: number;
  private readonly turns = new Set<() => void>();
  /** connections that ordinary statements have or are about to have */
  private ordinary = 0;
  private isUrgent = false;
  private urgentAt = -Infinity;

  constructor(config: PoolConfig = {}) {
    super(config);
    this.most = config.connectionTimeoutMillis ?? 0;
    this.few = Math.max(2, Math.ceil((config.max ?? 10) / 3));
  }

  /** Whoever asks for a connection within `ask`, at once, is urgent. */
  ahead<T>(ask: () => T): T {
    this.isUrgent = true;
    this.urgentAt = performance.now();
    try {
      return ask();
    } finally {
      this.isUrgent = false;
    }
  }

  // As pg has it: with a promise, or with somebody to tell. TypeORM tells.
  override connect(): Promise<PoolClient>;
  override connect(told: Told): void;
  override connect(told?: Told): Promise<PoolClient> | void {
    if (!told) {
      return super.connect();
    }
    if (this.isUrgent) {
      return super.connect(told);
    }
    if (this.ordinary < this.few || performance.now() > this.urgentAt + URGENT_MS) {
      return this.begin(told);
    }
    const since = performance.now();
    const turn = (): void => {
      clearTimeout(late);
      this.turns.delete(turn);
      this.begin(told, performance.now() - since);
    };
    const late = setTimeout(turn, PATIENCE_MS);
    this.turns.add(turn);
  }

  /** @param waited for its turn, in milliseconds: who may wait five seconds for a connection has waited so much of them */
  private begin(told: Told, waited = 0): void {
    this.ordinary++;
    const ended = (): void => {
      this.ordinary--;
      const [next] = this.turns;
      next?.();
    };
    let isOver = false;
    const left = waited > 0 && this.most > 0 ? this.most - waited : null;
    const late = left === null ? undefined : setTimeout(() => {
      isOver = true;
      ended();
      told(new Error('timeout exceeded when trying to connect'), undefined, () => undefined);
    }, left);
    super.connect((error, client, done) => {
      clearTimeout(late);
      if (isOver) {
        return client ? done() : undefined;
      }
      if (error) {
        ended();
      }
      told(error, client, (release) => {
        done(release);
        ended();
      });
    });
  }
}
