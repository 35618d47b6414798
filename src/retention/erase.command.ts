import type { DataSource } from 'typeorm';
import { AuditService } from '../audit/audit.service';
import { eraseAccount, openTickets } from './erase';

interface Io { stdout: NodeJS.WritableStream; stderr: NodeJS.WritableStream }

/**
 * `erase --account ID --why TEXT [--email A[,A…]]`: takes a person out of the desk, in one transaction.
 * @returns 1 while tickets of that account are open, 2 for a wrong call
 */
export async function eraseCommand({ account, why, email = '' }: Record<string, string>, { stdout, stderr }: Io, source: DataSource): Promise<number> {
  if (!account || !why) {
    stderr.write('Usage: erase --account ID --why TEXT [--email ADDRESS,…]\n');
    return 2;
  }
  return source.transaction(async (tx) => {
    // It walks over tables that nobody else needs to walk over.
    await tx.query(`set local statement_timeout = 0`);
    const open = await openTickets(tx, account);
    if (open.length > 0) {
      stderr.write(`Nothing was erased: ${open.length} tickets of ${account} are open (${open.slice(0, 5).join(', ')}${open.length > 5 ? ', …' : ''}). Let them end, or be withdrawn, first.\n`);
      return 1;
    }
    const erased = await eraseAccount(tx, new AuditService(), account, email.split(',').map((one) => one.trim()).filter(Boolean), why);
    stdout.write(`Erased: ${erased.tickets} tickets are nobody's any more, ${erased.mails} mails, and what was kept under ${erased.emails.join(', ') || 'no address'}.\n`);
    stdout.write('Not reached from here: backups, logs that were shipped, filter rules at the NOC, and what staff wrote about this person on other tickets.\n');
    return 0;
  });
}
