import { ApiKeysService } from '../auth/api-keys.service';
import type { Scope } from '../auth/principal';
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
    const member = staff ? await new StaffService(source).byEmail(staff) : null;
    if (staff && !member) {
      process.stderr.write(`There is no member of staff with the address ${staff}.\n`);
      return 1;
    }
    process.stdout.write(`${await new ApiKeysService(source).create(name ?? '', scope, member?.id ?? null)}\n`);
    return 0;
  });
}

/** `staff create --email E --name N --role R`: reads the password from stdin, or from --password. */
export async function staffCommand(args: string[]): Promise<number> {
  const { values, rest } = options(args);
  const role = ROLES.find((r) => r === values['role']);
  const password = values['password'] ?? (process.stdin.isTTY ? '' : (await readAll()).trim());
  if (rest[0] !== 'create' || !values['email'] || !values['name'] || !role || password.length < 12) {
    process.stderr.write(`Usage: staff create --email EMAIL --name NAME --role ${ROLES.join('|')}, with a password of 12 characters or more on stdin\n`);
    return 2;
  }
  const { email, name } = values;
  return withDatabase(async (source) => {
    const member = await new StaffService(source).create({ email: email ?? '', name: name ?? '', role, password });
    process.stdout.write(`${member.id}\n`);
    return 0;
  });
}

async function readAll(): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of process.stdin) {
    chunks.push(chunk as Buffer);
  }
  return Buffer.concat(chunks).toString('utf8');
}
