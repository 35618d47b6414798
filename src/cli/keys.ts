import { AuditService } from '../audit/audit.service';
import { ApiKeysService } from '../auth/api-keys.service';
import type { Scope } from '../auth/principal';
import { StaffService } from '../auth/staff.service';
import { withDatabase } from './database';
import { options } from './options';

const SCOPES: Scope[] = ['noc', 'reviewer', 'lead', 'admin', 'read'];

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
      process.stderr.write(`There is no member of staff with the address ${staff}.\n`);
      return 1;
    }
    process.stdout.write(`${await new ApiKeysService(source, new AuditService()).create(name ?? '', scope, member?.id ?? null)}\n`);
    return 0;
  });
}
