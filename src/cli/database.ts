import { DataSource } from 'typeorm';
import { ApiKey } from '../auth/api-key.entity';
import { Session } from '../auth/session.entity';
import { StaffMember } from '../auth/staff-member.entity';
import { AuditEntry } from '../audit/audit-entry.entity';
import { loadConfig } from '../platform/config/config';

/** Opens the database for one command and closes it again. */
export async function withDatabase<T>(work: (source: DataSource) => Promise<T>): Promise<T> {
  const source = new DataSource({ type: 'postgres', url: loadConfig().DATABASE_URL, entities: [ApiKey, Session, StaffMember, AuditEntry], extra: { max: 2, connectionTimeoutMillis: 5000 } });
  await source.initialize();
  try {
    return await work(source);
  } finally {
    await source.destroy();
  }
}
