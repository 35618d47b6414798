import { existsSync } from 'node:fs';
import { SYSTEM } from '../audit/actor';
import { AuditService } from '../audit/audit.service';
import { verifyAudit } from '../audit/chain';
import { Checkpoints } from '../audit/checkpoints';
import { loadConfig } from '../platform/config/config';
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

/**
 * `audit verify [--checkpoints FILE]`: works out every seal again, and looks for those that were written down outside of the database.
 * @returns 1 when something does not hold, 2 for a wrong call
 */
export async function auditCommand(args: string[], { stdout, stderr }: Io): Promise<number> {
  const { rest, values } = options(args);
  if (rest[0] !== 'verify') {
    stderr.write('Usage: audit verify [--checkpoints FILE]\n');
    return 2;
  }
  const { DATA_DIR, SECRET } = loadConfig();
  return withDatabase(async (source) => {
    const [mark] = (await source.query('select epoch from desk_watermark')) as { epoch: string }[];
    const checkpoints = new Checkpoints(DATA_DIR, mark?.epoch ?? 'none', SECRET);
    const file = values.checkpoints ?? checkpoints.file;
    const { known, strange } = values.checkpoints || existsSync(file) ? await checkpoints.read(file) : { known: [], strange: 0 };
    const found = await verifyAudit(source, known);
    if (strange > 0) {
      stdout.write(`${strange} lines of ${file} are not signed by this desk.\n`);
    }
    stdout.write(found.broken ? `${found.broken}\n` : `${found.seals} seals over ${found.lines} lines hold, ${known.length} checkpoints agree; ${found.open} lines are not sealed yet.\n`);
    return found.broken || strange > 0 ? 1 : 0;
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
