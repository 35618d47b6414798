import { COMMAND_LINE } from '../audit/actor';
import { AuditService } from '../audit/audit.service';
import { ApiKeysService } from '../auth/api-keys.service';
import type { Scope } from '../auth/principal';
import { StaffIdentities } from '../auth/staff-identities.service';
import type { StaffRole } from '../auth/staff-member.entity';
import { StaffService } from '../auth/staff.service';
import { withDatabase } from './database';
import { options } from './options';

const SCOPES: Scope[] = ['noc', 'reviewer', 'lead', 'admin', 'read'];
const ROLES: StaffRole[] = ['reviewer', 'senior', 'lead', 'auditor', 'admin', 'operator'];

/** `api-key create --name N --scope S [--staff EMAIL]`: prints the key once; only its hash is kept. */
export async function apiKeyCommand(args: string[]): Promise<number> {
  const { values, rest } = options(args);
  const scope = SCOPES.find((s) => s === values['scope']);
  if (rest[0] !== 'create' || !values['name'] || !scope) {
    process.stderr.write(`Usage: api-key create --name NAME --scope ${SCOPES.join('|')} [--staff EMAIL]\n`);
    return 2;
  }
  const { name, staff } = values;
  return withDatabase(async (source) => {
    const member = staff ? await new StaffService(source, new AuditService()).byEmail(staff) : null;
    if (staff && !member) {
      process.stderr.write(nobody(staff));
      return 1;
    }
    process.stdout.write(`${await new ApiKeysService(source, new AuditService()).create(name ?? '', scope, member?.id ?? null)}\n`);
    return 0;
  });
}

/**
 * `staff create --email E --name N --role R`: reads the password from stdin, or from --password.
 * `staff connect --email E --issuer ISS --subject SUB`: who comes from that issuer as that subject is this person. `staff disconnect --email E` takes all of theirs away.
 * `staff disable --email E`: their sessions end at once and their keys within ten seconds; `staff enable --email E` lets them in again.
 */
export async function staffCommand(args: string[]): Promise<number> {
  const { values, rest } = options(args);
  if (rest[0] === 'disable' || rest[0] === 'enable') {
    return able(rest[0] === 'enable', values['email']);
  }
  if (rest[0] === 'connect' || rest[0] === 'disconnect') {
    return connection(rest[0], values);
  }
  const role = ROLES.find((r) => r === values['role']);
  const password = values['password'] ?? (process.stdin.isTTY ? '' : (await readAll()).trim());
  if (rest[0] !== 'create' || !values['email'] || !values['name'] || !role || password.length < 12) {
    process.stderr.write(`Usage: staff create --email EMAIL --name NAME --role ${ROLES.join('|')}, with a password of 12 characters or more on stdin; staff disable, enable, connect or disconnect --email EMAIL\n`);
    return 2;
  }
  const { email, name } = values;
  return withDatabase(async (source) => {
    const member = await new StaffService(source, new AuditService()).create({ email: email ?? '', name: name ?? '', role, password });
    process.stdout.write(`${member.id}\n`);
    return 0;
  });
}

async function able(isAble: boolean, email: string | undefined): Promise<number> {
  if (!email) {
    process.stderr.write(`Usage: staff ${isAble ? 'enable' : 'disable'} --email EMAIL\n`);
    return 2;
  }
  return withDatabase(async (source) => {
    const isKnown = await new StaffService(source, new AuditService()).able({ email }, isAble, COMMAND_LINE);
    process.stderr.write(isKnown ? '' : nobody(email));
    return isKnown ? 0 : 1;
  });
}

async function connection(what: 'connect' | 'disconnect', { email, issuer, subject }: Record<string, string>): Promise<number> {
  if (!email || (what === 'connect' && (!issuer || !subject))) {
    process.stderr.write('Usage: staff connect --email EMAIL --issuer ISSUER --subject SUBJECT, or staff disconnect --email EMAIL\n');
    return 2;
  }
  return withDatabase(async (source) => {
    const member = await new StaffService(source, new AuditService()).byEmail(email);
    if (!member) {
      process.stderr.write(nobody(email));
      return 1;
    }
    const identities = new StaffIdentities(source, new AuditService());
    if (what === 'disconnect') {
      process.stdout.write(`${await identities.disconnect(member.id, COMMAND_LINE)} taken away\n`);
      return 0;
    }
    const isTheirs = await identities.connect(member.id, { iss: issuer ?? '', sub: subject ?? '' }, COMMAND_LINE);
    process.stderr.write(isTheirs ? '' : 'This subject is another member of staff already: take it away there first (staff disconnect).\n');
    return isTheirs ? 0 : 1;
  });
}

const nobody = (email: string): string => `There is no member of staff with the address ${email}.\n`;

async function readAll(): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of process.stdin) {
    chunks.push(chunk as Buffer);
  }
  return Buffer.concat(chunks).toString('utf8');
}
