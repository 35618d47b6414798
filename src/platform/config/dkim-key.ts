import { createPrivateKey } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { z } from 'zod';

/** Shorter keys are refused by receivers (RFC 8301 §3.2). */
const LEAST_BITS = 1024;

/** A private RSA key as PEM, or the path of a file that holds it. In an environment line ends may be written as \n. */
export const dkimKey = z.string().transform((text, context) => {
  try {
    const pem = text.trim().startsWith('-----BEGIN') ? text.replaceAll('\\n', '\n').trim() : readFileSync(text.trim(), 'utf8').trim();
    const key = createPrivateKey(pem);
    if (key.asymmetricKeyType === 'rsa' && (key.asymmetricKeyDetails?.modulusLength ?? 0) >= LEAST_BITS) {
      return pem;
    }
  } catch {
    // Said below, without the key.
  }
  context.addIssue({ code: 'custom', message: `must be a private RSA key of at least ${LEAST_BITS} bits as PEM, or the path of a readable file that holds one` });
  return z.NEVER;
});
