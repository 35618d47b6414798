import { Logger } from '@nestjs/common';
import type { ImapFlow, MailboxObject } from 'imapflow';
import type { ImapAddress } from './imap-address';
import type { ImapLedger } from './imap-ledger';
import { MAIL_LIMIT, type MailboxService } from './mailbox.service';

const AT_ONCE = 100;
const UNIQUE = '23505';
/** Marks what was stored where mails stay in the mailbox. For people: we never read it. */
const KEYWORD = '$UnblockDesk';
/** What is kept of a mail that is too large: enough to see whose it is. */
const HEAD = 256 * 1024;

/** What one visit of the mailbox needs. */
export interface Visit {
  client: ImapFlow;
  address: ImapAddress;
  /** folder for what was stored; '' leaves it where it is */
  folder: string;
  mailbox: MailboxService;
  ledger: ImapLedger;
  stopped: () => boolean;
}

const log = new Logger('Mailbox');

/**
 * Accounts for every mail of the mailbox that is open: fetched, committed, and only then put away. No flag of the server decides anything,
 * so another client may read, mark or move what it likes, and a crash at any point is made good by the next visit.
 */
export async function visit(the: Visit): Promise<void> {
  const { client, address, ledger } = the;
  const { validity, next } = await standing(client, address);
  const there = await client.search({ all: true }, { uid: true });
  if (!Array.isArray(there)) {
    throw new Error('the server does not list its mails');
  }
  const present = new Set(there);
  // What another client moved after we stored it, and what we moved ourselves before we could say so.
  await ledger.settle(address.name, validity, (await ledger.unfiled(address.name, validity)).filter((uid) => !present.has(uid)), 'taken');
  const unknown = await ledger.unknown(address.name, validity, there);
  for (let at = 0; at < unknown.length && !the.stopped(); at += AT_ONCE) {
    await take(the, validity, unknown.slice(at, at + AT_ONCE));
    await file(the, validity, present);
  }
  if (the.stopped()) {
    return;
  }
  await file(the, validity, present);
  const vanished = await ledger.visited(address.name, validity, Math.max(next, ...there.slice(-1).map((uid) => uid + 1)));
  if (vanished > 0) {
    log.warn(`${vanished} mails were taken out of ${address.name} by somebody else before the desk could read them.`);
  }
}

/** The numbering of the mailbox as it is now. UIDs below `next` exist already: what the list does not name is gone. */
async function standing(client: ImapFlow, address: ImapAddress): Promise<{ validity: string; next: number }> {
  const opened = client.mailbox as MailboxObject;
  const now = await client.status(address.mailbox, { uidNext: true, uidValidity: true });
  if (now && now.uidValidity !== undefined && now.uidValidity !== opened.uidValidity) {
    throw new Error('the mailbox was made anew (UIDVALIDITY)');
  }
  return { validity: String(opened.uidValidity), next: Number((now && now.uidNext) || opened.uidNext) };
}

async function take(the: Visit, validity: string, uids: number[]): Promise<void> {
  const { client, address, ledger, mailbox } = the;
  const sizes = new Map((await client.fetchAll(uids, { uid: true, size: true }, { uid: true })).map((found) => [found.uid, found.size ?? 0]));
  for (const uid of uids) {
    if (the.stopped()) {
      return;
    }
    const size = sizes.get(uid);
    const large = (size ?? 0) > MAIL_LIMIT;
    const found = size === undefined ? false : await client.fetchOne(String(uid), large ? { uid: true, headers: true } : { uid: true, source: { maxLength: MAIL_LIMIT + 1 } }, { uid: true });
    const raw = found ? (large ? found.headers?.subarray(0, HEAD) : found.source) : undefined;
    if (!raw?.length) {
      await ledger.noteEmpty(address.name, validity, uid, found ? 'empty' : 'vanished');
      continue;
    }
    const tooLarge = large || raw.length > MAIL_LIMIT;
    try {
      await mailbox.store({ door: 'imap', raw: tooLarge ? raw.subarray(0, HEAD) : raw, ...(tooLarge ? { tooLarge: size ?? raw.length } : {}) }, (tx, id) => ledger.note(tx, address.name, validity, uid, 'stored', id));
    } catch (error) {
      // Another process was here before us: its row is as good as ours.
      if ((error as { code?: string; constraint?: string }).constraint !== 'imap_delivery_pkey' || (error as { code?: string }).code !== UNIQUE) {
        throw error;
      }
    }
  }
}

/** Puts away what is stored: into the folder, or with a keyword where it stays and the server keeps keywords. */
async function file(the: Visit, validity: string, present: Set<number>): Promise<void> {
  const { client, address, folder, ledger } = the;
  const uids = (await ledger.unfiled(address.name, validity)).filter((uid) => present.has(uid));
  if (uids.length === 0) {
    return;
  }
  const keywords = (client.mailbox as MailboxObject).permanentFlags?.has('\\*') ?? false;
  const done = folder ? await client.messageMove(uids, folder, { uid: true }) : !keywords || (await client.messageFlagsAdd(uids, [KEYWORD], { uid: true }));
  if (done) {
    await ledger.settle(address.name, validity, uids, 'filed');
  } else {
    log.warn(`${uids.length} stored mails could not be moved to ${folder || 'their keyword'} in ${address.name}; they are safe here, and it is tried again.`);
  }
}
