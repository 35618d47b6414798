import { buffer } from 'node:stream/consumers';
import { MailboxService } from '../mailbox/mailbox.service';
import type { Sweep } from '../outbox/sweep';
import { Clock } from '../platform/clock';
import { Transactions } from '../platform/database/transactions';
import { InvalidInput, TooLarge } from '../platform/http/errors';
import { withDatabase } from './database';
import { options } from './options';

/** sysexits.h: the mail itself is wrong (the mail server returns it); trouble that passes (the mail server keeps it and tries again). */
const EX_DATAERR = 65;
const EX_TEMPFAIL = 75;

/** This process adds work and does none: the workers' own sweep finds it. */
const NO_BELL = { ring: () => undefined } as unknown as Sweep;

/** `mail-pipe [--from ADDRESS] [--to ADDRESS]`: one raw mail on stdin, as a mail server pipes it, with its envelope where it is known. 0 only after it is stored. */
export async function mailPipeCommand(args: string[] = []): Promise<number> {
  const { values } = options(args);
  try {
    const raw = await buffer(process.stdin);
    const { id } = await withDatabase((source) =>
      new MailboxService(source, new Clock(), new Transactions(source), NO_BELL).store({
        door: 'pipe', raw, envelopeFrom: values['from'] ?? null, recipient: values['to'] ?? null,
      }),
    );
    process.stdout.write(`stored as ${id}\n`);
    return 0;
  } catch (error) {
    process.stderr.write(`${(error as Error).message}\n`);
    return error instanceof TooLarge || error instanceof InvalidInput ? EX_DATAERR : EX_TEMPFAIL;
  }
}
