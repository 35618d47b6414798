import { buffer } from 'node:stream/consumers';
import { MailboxService } from '../mailbox/mailbox.service';
import type { Handlers } from '../outbox/handlers';
import { OutboxService } from '../outbox/outbox.service';
import { Clock } from '../platform/clock';
import { Transactions } from '../platform/database/transactions';
import { InvalidInput, TooLarge } from '../platform/http/errors';
import { withDatabase } from './database';
import { options } from './options';

/** sysexits.h: the mail itself is wrong (the mail server returns it); trouble that passes (the mail server keeps it and tries again). */
const EX_DATAERR = 65;
const EX_TEMPFAIL = 75;

/** This process adds work and does none. */
const NO_HANDLERS = { for: () => undefined } as unknown as Handlers;

/** `mail-pipe [--from ADDRESS] [--to ADDRESS]`: one raw mail on stdin, as a mail server pipes it, with its envelope where it is known. 0 only after it is stored. */
export async function mailPipeCommand(args: string[] = []): Promise<number> {
  const { values } = options(args);
  try {
    const raw = await buffer(process.stdin);
    const { id } = await withDatabase((source) =>
      new MailboxService(source, new Clock(), new Transactions(source), new OutboxService(source, NO_HANDLERS)).store({
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
