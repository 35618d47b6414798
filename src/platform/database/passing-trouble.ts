/** Trouble of the database that passes: connection lost, shutting down, too many, waiting too long for a connection. */
const PASSING = /^(08|57P|53)|ECONNREFUSED|ECONNRESET|EPIPE|ETIMEDOUT/;
const PASSING_TEXT = /timeout exceeded when trying to connect|Connection terminated|connection timeout|the database system is|is not queryable/i;

/** Whether an error tells of a database that is away, restarts or has no connection left: what failed is in order and may be tried again. */
export function isPassingTrouble(error: unknown): boolean {
  const { code = '', message = '' } = (error ?? {}) as { code?: string; message?: string };
  return PASSING.test(String(code)) || PASSING_TEXT.test(message);
}
