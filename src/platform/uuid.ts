import { randomUUID } from 'node:crypto';

let at = -1;
let begin = '';

/**
 * An id for a new row that others refer to: a UUID of version 7 (RFC 9562 §5.7), the time in milliseconds and 74 random bits. What is written together stands
 * together in every index on it, at its end: with random ids each row goes to another page of each index, which cost an eighth of an intake, and more
 * the larger the table. It tells when the row was made, so it is for no secret, and for nothing that is told to who may not know that.
 */
export function newId(): string {
  const now = Date.now();
  if (now !== at) {
    const hex = now.toString(16).padStart(12, '0');
    at = now;
    begin = `${hex.slice(0, 8)}-${hex.slice(8)}-7`;
  }
  return begin + randomUUID().slice(15); // Node keeps a store of random bytes for these, while each randomBytes() asks the system again
}

/** Whether a text from outside is a UUID as PostgreSQL reads it (RFC 9562 §4): anything else asked of a uuid column is an error there. */
export const isUuid = (text: string): boolean => /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i.test(text);
