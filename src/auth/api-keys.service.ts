import { Injectable } from '@nestjs/common';
import { hash, randomBytes, randomUUID } from 'node:crypto';
import { DataSource, type EntityManager } from 'typeorm';
import { COMMAND_LINE } from '../audit/actor';
import { AuditService } from '../audit/audit.service';
import { NotFound } from '../platform/http/errors';
import { ApiKey } from './api-key.entity';
import type { Principal, Scope } from './principal';
import { StaffMember } from './staff-member.entity';

/** How long a key that was withdrawn may still be believed, in milliseconds. */
const BELIEVED_MS = 10_000;
const sha256 = (text: string): string => hash('sha256', text, 'hex');

/** Keys of the API: 32 random bytes, so a fast hash is enough (nothing can be guessed). */
@Injectable()
export class ApiKeysService {
  private readonly known = new Map<string, { principal: Principal; until: number }>();

  constructor(private readonly source: DataSource, private readonly audit: AuditService) {}

  /** Makes a key and returns its text, which is shown once and stored nowhere. */
  async create(name: string, scope: Scope, staffId: string | null, text = `ubd_${randomBytes(32).toString('base64url')}`): Promise<string> {
    const id = randomUUID();
    await this.source.transaction(async (tx) => {
      await tx.insert(ApiKey, { id, name, scope, staffId, hash: sha256(text) });
      await this.audit.record(tx, { ticketId: null, event: 'api_key_created', by: COMMAND_LINE, detail: { key: id, name, scope, ...(staffId ? { staff: staffId } : {}) } });
    });
    return text;
  }

  /**
   * Withdraws a key; this process stops believing it at once, others within ten seconds. Null when it was withdrawn before.
   * @throws NotFound
   */
  async disable(tx: EntityManager, id: string): Promise<{ name: string; scope: Scope } | null> {
    const key = await tx.findOne(ApiKey, { where: { id }, lock: { mode: 'pessimistic_write' } });
    if (!key) {
      throw new NotFound('There is no such key.');
    }
    this.known.delete(key.hash);
    if (key.disabledAt) {
      return null;
    }
    await tx.query('update api_key set disabled_at = clock_timestamp() where id = $1', [id]);
    return { name: key.name, scope: key.scope };
  }

  /** Who a bearer token is; null when it is nobody's. The text itself is never kept, only its hash. */
  async whose(token: string): Promise<Principal | null> {
    const hashed = sha256(token);
    const known = this.known.get(hashed);
    if (known && known.until > Date.now()) {
      return known.principal;
    }
    const key = await this.source.getRepository(ApiKey).findOneBy({ hash: hashed });
    const staff = key?.staffId ? await this.source.getRepository(StaffMember).findOneBy({ id: key.staffId }) : null;
    if (!key || key.disabledAt || staff?.disabledAt) {
      this.known.delete(hashed);
      return null;
    }
    const principal: Principal = {
      kind: 'key', keyId: key.id, scope: key.scope,
      staff: staff && { id: staff.id, name: staff.name, email: staff.email, role: staff.role, accountIds: staff.accountIds },
      actor: staff ? { kind: 'reviewer', id: staff.id, name: staff.name } : { kind: key.scope === 'noc' ? 'noc' : 'system', id: key.id, name: key.name },
    };
    this.known.set(hashed, { principal, until: Date.now() + BELIEVED_MS });
    return principal;
  }
}
