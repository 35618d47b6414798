import { SYSTEM } from '../audit/actor';
import { AuditService } from '../audit/audit.service';
import { verifyAudit } from '../audit/chain';
import { migrate } from '../platform/database/migrate';
import { pauseOutbound, resumeOutbound } from '../platform/database/watermark';
import { withDatabase } from './database';
import { options } from './options';

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

/** `pause --why TEXT`: safe mode by hand, for a restore that nobody but you knows of. Ends only by `resume`. */
export async function pauseCommand(args: string[], { stdout, stderr }: Io): Promise<number> {
  const { why } = options(args).values;
  if (!why) {
    stderr.write('Usage: pause --why TEXT (staff read it on every page)\n');
    return 2;
  }
  return withDatabase(async (source) => {
    await source.transaction(async (tx) => {
      await pauseOutbound(tx, why, false);
      await new AuditService().record(tx, { ticketId: null, event: 'outbound_paused', by: SYSTEM, detail: { why } });
    });
    stdout.write('Lifts, mails and webhooks wait until `resume`.\n');
    return 0;
  });
}

/** `resume`: ends safe mode. @returns 1 when nothing was paused */
export function resumeCommand({ stdout }: Io): Promise<number> {
  return withDatabase(async (source) => {
    const ended = await source.transaction(async (tx) => {
      const was = await resumeOutbound(tx);
      if (was) {
        await new AuditService().record(tx, { ticketId: null, event: 'outbound_resumed', by: SYSTEM });
      }
      return was;
    });
    stdout.write(ended ? 'Outbound work goes on within seconds.\n' : 'Nothing was paused.\n');
    return ended ? 0 : 1;
  });
}
