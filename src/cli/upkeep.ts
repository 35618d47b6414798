import { verifyAudit } from '../audit/chain';
import { migrate } from '../platform/database/migrate';
import { withDatabase } from './database';

interface Io { stdout: NodeJS.WritableStream; stderr: NodeJS.WritableStream }

/** `migrate`: brings the database up to date and names what ran. */
export function migrateCommand({ stdout }: Io): Promise<number> {
  return withDatabase(async (source) => {
    const ran = await migrate(source);
    stdout.write(ran.length > 0 ? `Migrated: ${ran.join(', ')}\n` : 'The database is up to date.\n');
    return 0;
  });
}

/** `audit verify`. @returns 1 when a seal does not hold, 2 for a wrong call */
export async function auditCommand(args: string[], { stdout, stderr }: Io): Promise<number> {
  if (args[0] !== 'verify') {
    stderr.write('Usage: audit verify\n');
    return 2;
  }
  return withDatabase(async (source) => {
    const found = await verifyAudit(source);
    stdout.write(found.broken ? `${found.broken}\n` : `${found.seals} seals over ${found.lines} lines hold; ${found.open} lines are not sealed yet.\n`);
    return found.broken ? 1 : 0;
  });
}
