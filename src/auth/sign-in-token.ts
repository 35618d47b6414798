import { createHash, createHmac } from 'node:crypto';

/**
 * The secret of a sign-in link, made from the server's secret and a random id, so that the id alone can travel through the outbox and the
 * table holds nothing but the hash. 256 bits; whoever knows the id cannot make the token.
 */
export function signInToken(secret: string, id: string): { token: string; hash: string } {
  const token = createHmac('sha256', secret).update(`sign-in link ${id}`).digest('base64url');
  return { token, hash: createHash('sha256').update(token).digest('hex') };
}

/** The secret of a link with which an account confirms a mail, made and kept in the same way. It signs nobody in. */
export function confirmationToken(secret: string, id: string): { token: string; hash: string } {
  const token = createHmac('sha256', secret).update(`confirm mail ${id}`).digest('base64url');
  return { token, hash: createHash('sha256').update(token).digest('hex') };
}
