import type { DataSource } from 'typeorm';
import { PatientPool } from './patient-pool';

/** What pg-pool has and its types do not tell: who waits for a connection, in the order in which they will have one. */
interface Inside {
  master?: { _pendingQueue?: object[] };
}

/** those who wait and stand before the others */
const ahead = new WeakSet<object>();

/**
 * One statement of what is urgent: it has the next connection of the pool that comes free, whoever else waits for one. A worker that reads mails keeps
 * all of its connections busy, and each statement of a lift waited behind a dozen of theirs, which was most of what a lift took.
 * @returns what `source.query` returns
 */
export async function queryAhead(source: DataSource, statement: string, values: unknown[]): Promise<unknown> {
  const runner = source.createQueryRunner();
  try {
    const pool = (source.driver as Inside).master;
    const waiting = pool?._pendingQueue ?? [];
    const before = waiting.length;
    const connected = pool instanceof PatientPool ? pool.ahead(() => runner.connect()) : runner.connect(); // who has to wait stands at the end now
    if (waiting.length > before) {
      stepForward(waiting);
    }
    await connected;
    return await runner.query(statement, values);
  } finally {
    await runner.release();
  }
}

/** The last one goes behind those that went before it in the same way. */
function stepForward(waiting: object[]): void {
  const last = waiting.pop();
  if (last) {
    ahead.add(last);
    const behind = waiting.findIndex((one) => !ahead.has(one));
    waiting.splice(behind < 0 ? waiting.length : behind, 0, last);
  }
}
