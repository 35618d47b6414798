import { parentPort } from 'node:worker_threads';
import type { Mail } from '../core/evidence/mail';
import { parseMail } from './parse-mail';
import { Unreadable } from './unreadable';

/** What the thread says of one mail. */
export type Reading = { mail: Mail } | { unreadable: Unreadable['reason'] } | { failed: string };

/** The thread in which large mails are taken apart: one at a time, with no access to anything but their bytes. */
function read(bytes: Uint8Array): Reading {
  try {
    return { mail: parseMail(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)) };
  } catch (error) {
    return error instanceof Unreadable ? { unreadable: error.reason } : { failed: (error as Error).stack ?? String(error) };
  }
}

parentPort?.on('message', (bytes: Uint8Array) => parentPort?.postMessage(read(bytes)));
parentPort?.postMessage('ready');
