import { spawn, type ChildProcess } from 'node:child_process';
import { chmodSync, chownSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ImapFlow } from 'imapflow';
import { isAlive, tethered, until } from '../../src/platform/processes';
import { freePort } from './ports';

const PROGRAM = ['/usr/sbin/dovecot', '/usr/local/sbin/dovecot'].find((file) => existsSync(file));
/** Whether there is a server to test with; .ci/run installs it where it may. */
export const hasDovecot = PROGRAM !== undefined && process.platform === 'linux';
if (!hasDovecot) {
  process.stderr.write('NO DOVECOT: nothing is fetched over IMAP in these tests. Debian: apt-get install dovecot-imapd\n');
}

export interface Dovecot {
  port: number;
  /** For IMAP_URL: user desk. */
  url: string;
  /** Another client of the same mailbox, open on INBOX; logged out by `stop`. */
  client(): Promise<ImapFlow>;
  /** Puts a mail into INBOX, as a mail server would. @returns its UID */
  deliver(raw: string | Buffer, flags?: string[]): Promise<number>;
  /** Ends the server; `start` brings it back on the same port and mails. */
  halt(): Promise<void>;
  start(): Promise<void>;
  /** Everything of the user is gone, as after a restore: a new UIDVALIDITY, and UIDs that begin anew. */
  wipe(): Promise<void>;
  stop(): Promise<void>;
}

const PASSWORD = 'of-the-mailbox';

/** A Dovecot of our own: its own settings, folders and port of 127.0.0.1, as whoever runs the tests. It ends with us. */
export async function startDovecot(): Promise<Dovecot> {
  const dir = mkdtempSync(join(tmpdir(), 'desk-dovecot-'));
  const port = await freePort();
  const owner = process.getuid?.() === 0 ? passwd('dovecot') : null;
  const mails = join(dir, 'mails');
  ['run', 'state', 'mails'].forEach((name) => mkdirSync(join(dir, name)));
  chmodSync(dir, 0o755);
  if (owner) {
    chownSync(mails, owner.uid, owner.gid);
  }
  writeFileSync(join(dir, 'users'), `desk:{PLAIN}${PASSWORD}\n`);
  writeFileSync(join(dir, 'dovecot.conf'), settings(dir, port, owner));
  const clients: ImapFlow[] = [];
  let server: ChildProcess | null = null;
  const start = async (): Promise<void> => {
    const [file, args] = tethered(PROGRAM as string, ['-F', '-c', join(dir, 'dovecot.conf')]);
    server = spawn(file, args, { stdio: ['pipe', 'ignore', 'pipe'] });
    let said = '';
    server.stderr?.setEncoding('utf8').on('data', (text: string) => (said += text));
    if (!(await until(() => server?.exitCode !== null || answers(port), 15_000)) || server.exitCode !== null) {
      throw new Error(`Dovecot does not start: ${said}${existsSync(join(dir, 'log')) ? readFileSync(join(dir, 'log'), 'utf8').slice(-2000) : ''}`);
    }
  };
  const halt = async (): Promise<void> => {
    clients.splice(0).forEach((client) => client.close());
    const pid = Number(existsSync(join(dir, 'run', 'master.pid')) ? readFileSync(join(dir, 'run', 'master.pid'), 'utf8') : 0);
    // A session that idles outlives its master: a server that is gone has none.
    const sessions = pid > 0 && existsSync(`/proc/${pid}`) ? readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').trim().split(' ').map(Number) : [];
    server?.stdin?.end(); // the tether asks it to end
    await until(() => pid === 0 || !isAlive(pid), 10_000);
    sessions.filter((each) => each > 0 && isAlive(each)).forEach((each) => process.kill(each, 'SIGKILL'));
    server = null;
  };
  const client = async (): Promise<ImapFlow> => {
    const made = new ImapFlow({ host: '127.0.0.1', port, secure: false, auth: { user: 'desk', pass: PASSWORD }, logger: false, disableAutoIdle: true });
    made.on('error', () => undefined);
    await made.connect();
    await made.mailboxOpen('INBOX');
    clients.push(made);
    return made;
  };
  await start();
  return {
    port, client, halt, start,
    url: `imap://desk:${PASSWORD}@127.0.0.1:${port}`,
    deliver: async (raw, flags) => {
      const postman = await client();
      const put = await postman.append('INBOX', raw, flags);
      await postman.logout();
      return put && put.uid ? put.uid : 0;
    },
    wipe: async () => {
      await halt();
      rmSync(join(mails, 'desk'), { recursive: true, force: true });
      await start();
    },
    stop: async () => {
      await halt();
      rmSync(dir, { recursive: true, force: true });
    },
  };
}

function settings(dir: string, port: number, owner: { uid: number; gid: number } | null): string {
  const me = owner ? null : (process.env['USER'] ?? passwdName(process.getuid?.() ?? 0));
  const { uid, gid } = owner ?? { uid: process.getuid?.() ?? 0, gid: process.getgid?.() ?? 0 };
  return `
protocols = imap
listen = 127.0.0.1
base_dir = ${dir}/run
state_dir = ${dir}/state
log_path = ${dir}/log
ssl = no
disable_plaintext_auth = no
mail_location = maildir:${dir}/mails/%u
first_valid_uid = 1
first_valid_gid = 1
mail_fsync = never
${me ? `default_internal_user = ${me}\ndefault_internal_group =\ndefault_login_user = ${me}` : ''}
service anvil {
  chroot =
}
service imap-login {
  chroot =
  inet_listener imap {
    port = ${port}
  }
  inet_listener imaps {
    port = 0
  }
}
service stats {
  chroot =
}
passdb {
  driver = passwd-file
  args = ${dir}/users
}
userdb {
  driver = static
  args = uid=${uid} gid=${gid} home=${dir}/mails/%u
}
namespace inbox {
  inbox = yes
  separator = /
}
`;
}

function passwd(name: string): { uid: number; gid: number } {
  const line = readFileSync('/etc/passwd', 'utf8').split('\n').find((each) => each.startsWith(`${name}:`))?.split(':') ?? [];
  return { uid: Number(line[2] ?? 0), gid: Number(line[3] ?? 0) };
}

const passwdName = (uid: number): string => readFileSync('/etc/passwd', 'utf8').split('\n').map((line) => line.split(':')).find((parts) => Number(parts[2]) === uid)?.[0] ?? 'nobody';

function answers(port: number): Promise<boolean> {
  return new Promise((done) => {
    const socket = connect(port, '127.0.0.1');
    socket.once('data', () => (socket.destroy(), done(true))).once('error', () => done(false)).once('close', () => done(false));
  });
}
