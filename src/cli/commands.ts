export interface Command {
  usage: string;
  /** @returns the exit code */
  run: (args: string[]) => Promise<number>;
}

const io = { stdin: process.stdin, stdout: process.stdout, stderr: process.stderr };

/** Each command loads what it needs when it is called: `analyse` opens no database, so it does not wait for one to be loaded either. */
export const COMMANDS: Record<string, Command> = {
  analyse: { usage: 'FILE|- [--ip A] [--blocked-at T] [--kind K] [--facts FILE] [--json]', run: async (args) => (await import('../analysis/analyse.command.js')).analyseCommand(args, io) },
  replay: {
    usage: '[--since T] [--json]: what today\'s rules would have said, beside what people decided',
    run: async (args) => {
      const [{ withDatabase }, { replayCommand }] = await Promise.all([import('./database.js'), import('../analysis/replay.command.js')]);
      return withDatabase((source) => replayCommand(args, io, source));
    },
  },
  'mail-pipe': { usage: 'stores one raw mail from stdin; 75 when it could not be stored', run: async (args) => (await import('./mail-pipe.js')).mailPipeCommand(args) },
  'api-key': { usage: 'create --name N --scope noc|reviewer|lead|admin|read [--staff EMAIL]', run: async (args) => (await import('./keys.js')).apiKeyCommand(args) },
  staff: { usage: 'create --email E --name N --role reviewer|senior|lead|auditor|admin|operator; role, password, disable, enable, connect, disconnect --email E', run: async (args) => (await import('./staff.js')).staffCommand(args) },
  'noc-check': { usage: '--ip A [--url U] [--token T] [--lift A] [--exception] [--json]: whether a NOC keeps the contract; lifts nothing without --lift', run: async (args) => (await import('./noc-check/command.js')).nocCheckCommand(args, io) },
  'import-blocks': { usage: 'FILE|- [--skip-bad]: blocks of the past, one JSON object a line', run: async (args) => (await import('./import-blocks.js')).importBlocksCommand(args, io) },
  migrate: { usage: 'brings the database up to date', run: async () => (await import('./upkeep.js')).migrateCommand(io) },
  audit: { usage: 'verify [--checkpoints FILE]: works out every seal of the audit again; 1 when one does not hold', run: async (args) => (await import('./upkeep.js')).auditCommand(args, io) },
  erase: {
    usage: '--account ID --why TEXT [--email A,…]: takes a person out of everything that is kept; 1 while tickets of theirs are open',
    run: async (args) => {
      const [{ withDatabase }, { eraseCommand }, { options }] = await Promise.all([import('./database.js'), import('../retention/erase.command.js'), import('./options.js')]);
      return withDatabase((source) => eraseCommand(options(args).values, io, source));
    },
  },
  seed: { usage: '--tickets N: fills an empty desk with N tickets and their history', run: async (args) => (await import('./seed.js')).seedCommand(args, io) },
  invariants: {
    usage: 'what must always hold, and the rows that break it; 1 when there are any',
    run: async () => {
      const [{ withDatabase }, { invariantsCommand }] = await Promise.all([import('./database.js'), import('../insights/invariants.command.js')]);
      return withDatabase((source) => invariantsCommand(source, io));
    },
  },
  pause: { usage: '--why TEXT: no lift, mail or webhook leaves until `resume`', run: async (args) => (await import('./upkeep.js')).pauseCommand(args, io) },
  resume: { usage: 'ends safe mode: lifts, mails and webhooks leave again', run: async () => (await import('./upkeep.js')).resumeCommand(io) },
  'seed-demo': { usage: 'staff and keys of the demo (secrets as JSON on stdin)', run: async () => (await import('./seed-demo.js')).seedDemoCommand() },
};
