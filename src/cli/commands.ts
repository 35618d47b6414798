import { analyseCommand } from '../analysis/analyse.command';
import { replayCommand } from '../analysis/replay.command';
import { verifyAudit } from '../audit/chain';
import { migrate } from '../platform/database/migrate';
import { withDatabase } from './database';
import { apiKeyCommand, staffCommand } from './keys';
import { mailPipeCommand } from './mail-pipe';
import { seedDemoCommand } from './seed-demo';

export interface Command {
  usage: string;
  /** @returns the exit code */
  run: (args: string[]) => Promise<number>;
}

const io = { stdin: process.stdin, stdout: process.stdout, stderr: process.stderr };

export const COMMANDS: Record<string, Command> = {
  analyse: { usage: 'FILE|- [--ip A] [--blocked-at T] [--kind K] [--facts FILE] [--json]', run: (args) => analyseCommand(args, io) },
  replay: { usage: '[--since T] [--json]: what today\'s rules would have said, beside what people decided', run: (args) => withDatabase((source) => replayCommand(args, io, source)) },
  'mail-pipe': { usage: 'stores one raw mail from stdin; 75 when it could not be stored', run: mailPipeCommand },
  'api-key': { usage: 'create --name N --scope noc|reviewer|lead|admin|read [--staff EMAIL]', run: apiKeyCommand },
  staff: { usage: 'create --email E --name N --role reviewer|senior|lead|auditor|admin', run: staffCommand },
  migrate: {
    usage: 'brings the database up to date',
    run: () =>
      withDatabase(async (source) => {
        const ran = await migrate(source);
        process.stdout.write(ran.length > 0 ? `Migrated: ${ran.join(', ')}\n` : 'The database is up to date.\n');
        return 0;
      }),
  },
  audit: {
    usage: 'verify: works out every seal of the audit again; 1 when one does not hold',
    run: (args) =>
      withDatabase(async (source) => {
        if (args[0] !== 'verify') {
          process.stderr.write('Usage: audit verify\n');
          return 2;
        }
        const found = await verifyAudit(source);
        process.stdout.write(found.broken ? `${found.broken}\n` : `${found.seals} seals over ${found.lines} lines hold; ${found.open} lines are not sealed yet.\n`);
        return found.broken ? 1 : 0;
      }),
  },
  'seed-demo': { usage: 'staff and keys of the demo (secrets as JSON on stdin)', run: seedDemoCommand },
};
