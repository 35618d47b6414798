import type { DataSource } from 'typeorm';
import { AuditService } from '../audit/audit.service';
import { ApiKeysService } from '../auth/api-keys.service';
import { ApiKey } from '../auth/api-key.entity';
import type { Scope } from '../auth/principal';
import type { StaffRole } from '../auth/staff-member.entity';
import { StaffService } from '../auth/staff.service';
import { withDatabase } from './database';

const STAFF: { key: string; name: string; email: string; role: StaffRole; scope: Scope }[] = [
  { key: 'reviewer1', name: 'Anna Keller', email: 'anna@desk.example', role: 'reviewer', scope: 'reviewer' },
  { key: 'reviewer2', name: 'Milan Tesar', email: 'milan@desk.example', role: 'senior', scope: 'reviewer' },
  { key: 'lead', name: 'Ruth Sommer', email: 'ruth@desk.example', role: 'lead', scope: 'lead' },
  { key: 'admin', name: 'Ada Brandt', email: 'ada@desk.example', role: 'admin', scope: 'admin' },
];

/**
 * `seed-demo`: staff and keys for the demo, from passwords and key texts given in DEMO_SECRETS on stdin as JSON
 * `{ "password", "keys": { "noc", "reviewer1", "reviewer2", "lead", "admin" } }`. Running it again changes nothing.
 */
export async function seedDemoCommand(): Promise<number> {
  const chunks: Buffer[] = [];
  for await (const chunk of process.stdin) {
    chunks.push(chunk as Buffer);
  }
  const given = JSON.parse(Buffer.concat(chunks).toString('utf8')) as { password: string; keys: Record<string, string> };
  const staff = await withDatabase((source) => seed(source, given));
  process.stdout.write(`${JSON.stringify({ staff, apiKeys: given.keys })}\n`);
  return 0;
}

async function seed(source: DataSource, given: { password: string; keys: Record<string, string> }): Promise<object[]> {
  const audit = new AuditService();
  const members = new StaffService(source, audit);
  const keys = new ApiKeysService(source, audit);
  const has = (name: string) => source.getRepository(ApiKey).existsBy({ name });
  if (given.keys['noc'] && !(await has('Demo noc'))) {
    await keys.create('Demo noc', 'noc', null, given.keys['noc']);
  }
  for (const { key, name, email, role, scope } of STAFF) {
    const member = (await members.byEmail(email)) ?? (await members.create({ email, name, role, password: given.password }));
    const text = given.keys[key];
    if (text && !(await has(`Demo ${key}`))) {
      await keys.create(`Demo ${key}`, scope, scope === 'admin' ? null : member.id, text);
    }
  }
  return STAFF.map(({ name, email, role }) => ({ name, email, role, password: given.password }));
}
