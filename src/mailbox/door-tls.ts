import { readFileSync, statSync } from 'node:fs';
import { createSecureContext } from 'node:tls';

/** The certificate of the mail doors, as PEM. */
export interface Certificate {
  cert: string;
  key: string;
}

/**
 * Reads the files of MAIL_TLS_CERT and MAIL_TLS_KEY.
 * @returns null when none is given
 * @throws Error with a sentence when a file cannot be read or the two do not fit
 */
export function readCertificate(certFile: string | undefined, keyFile: string | undefined): Certificate | null {
  if (!certFile || !keyFile) {
    return null;
  }
  const read = (name: string, file: string): string => {
    try {
      return readFileSync(file, 'utf8');
    } catch (error) {
      throw new Error(`${name}: ${file} cannot be read (${(error as NodeJS.ErrnoException).code ?? 'unknown'})`, { cause: error });
    }
  };
  const pair = { cert: read('MAIL_TLS_CERT', certFile), key: read('MAIL_TLS_KEY', keyFile) };
  try {
    createSecureContext(pair);
  } catch (error) {
    throw new Error(`MAIL_TLS_CERT, MAIL_TLS_KEY: ${certFile} and ${keyFile} are no certificate and key that fit each other, as PEM`, { cause: error });
  }
  return pair;
}

/** When the files were last written: a renewed certificate is taken without a restart. */
export function writtenAt(...files: (string | undefined)[]): number {
  return Math.max(0, ...files.map((file) => (file ? (statSync(file, { throwIfNoEntry: false })?.mtimeMs ?? 0) : 0)));
}
