/** Whether a text from outside is a UUID as PostgreSQL reads it (RFC 9562 §4): anything else asked of a uuid column is an error there. */
export const isUuid = (text: string): boolean => /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i.test(text);
