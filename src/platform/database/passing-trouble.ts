/**
 * Trouble of the database that passes: connection lost, shutting down, too many, waiting too long for a connection or for the end of a statement
 * (57014), two that waited for each other (class 40). https://www.postgresql.org/docs/current/errcodes-appendix.html
 */
const PASSING = /^(08|40|53|57P|57014)|ECONNREFUSED|ECONNRESET|EPIPE|ETIMEDOUT/;
const PASSING_TEXT = /timeout exceeded when trying to connect|Connection terminated|connection timeout|the database system is|is not queryable/i;

/** Whether an error tells of a database that is away, restarts, has no connection left or is too busy: what failed is in order and may be tried again. */
export function isPassingTrouble(error: unknown): boolean {
  const { code = '', message = '' } = (error ?? {}) as { code?: string; message?: string };
  return PASSING.test(String(code)) || PASSING_TEXT.test(message);
}
