import { Inject, Injectable } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { hash, randomBytes } from 'node:crypto';
import { DataSource, type EntityManager } from 'typeorm';
import { Clock } from '../platform/clock';
import { CONFIG, type Config } from '../platform/config/config';
import { askedTogether } from '../platform/database/asked-together';
import type { Gathered } from '../platform/gathered';
import type { CustomerAccount, Launch, Principal } from './principal';
import { Session } from './session.entity';
import type { StaffMember } from './staff-member.entity';

const HOUR = 3_600_000;
/** Absolute and idle limits (ASVS 7.3): a shift for staff, two days for customers, whose form must survive a night. */
const LIMITS = { staff: { absolute: 12 * HOUR, idle: 4 * HOUR }, customer: { absolute: 48 * HOUR, idle: 24 * HOUR } };
/**
 * The session with its person, who may have been disabled since: asked for by every request, so one statement for all who ask at once, and no entities.
 * The limit keeps each of them at the index.
 */
const WHOSE = `select q.i, s.* from json_to_recordset($1) q(i int, id_hash text) cross join lateral (
    select s.kind, s.account_id as "accountId", s.email, s.name, s.launch, s.csrf, s.seen_at as "seenAt", s.expires_at as "expiresAt",
      case when m.id is not null then json_build_object('id', m.id, 'name', m.name, 'email', m.email, 'role', m.role, 'accountIds', m.account_ids) end as staff
    from session s left join staff_member m on m.id = s.staff_id and m.disabled_at is null where s.id_hash = q.id_hash limit 1) s`;

type Kept = Pick<Session, 'kind' | 'accountId' | 'email' | 'name' | 'launch' | 'csrf' | 'seenAt' | 'expiresAt'> & {
  /** null for a customer, and for somebody who was disabled */
  staff: Pick<StaffMember, 'id' | 'name' | 'email' | 'role' | 'accountIds'> | null;
};

const sha256 = (text: string): string => hash('sha256', text, 'hex');

/** Ends all sessions of a member of staff, for good: a session that somebody else holds must not come back when the account does. */
export async function endSessionsOf(tx: EntityManager, staffId: string): Promise<void> {
  await tx.delete(Session, { staffId });
}

/** Sessions live in the database, so that signing out or disabling somebody ends them at once. */
@Injectable()
export class SessionsService {
  private readonly kept: Gathered<{ id_hash: string }, Kept[]>;

  constructor(
    @Inject(CONFIG) private readonly config: Config,
    private readonly source: DataSource,
    private readonly clock: Clock,
  ) {
    this.kept = askedTogether(source, WHOSE);
  }

  get cookieName(): string {
    return this.secure ? '__Host-desk' : 'desk';
  }

  /** Starts a staff session with a new id; whatever the browser had before is ended (no fixation). */
  async startForStaff(request: FastifyRequest, reply: FastifyReply, staffId: string): Promise<void> {
    await this.start(request, reply, { kind: 'staff', staffId, accountId: null, email: null, name: null, launch: null });
  }

  async startForCustomer(request: FastifyRequest, reply: FastifyReply, account: CustomerAccount, launch: Launch | null): Promise<void> {
    await this.start(request, reply, { kind: 'customer', staffId: null, accountId: account.id, email: account.email, name: account.name, launch });
  }

  /** Who the cookie is; null when it is nobody's, expired, or its person was disabled. */
  async whose(request: FastifyRequest): Promise<Principal | null> {
    const cookie = request.cookies[this.cookieName];
    const idHash = cookie ? sha256(cookie) : null;
    const [session] = idHash ? await this.kept.ask({ id_hash: idHash }) : [];
    if (!session || idHash === null) {
      return null;
    }
    const now = this.clock.now().getTime();
    if (session.expiresAt.getTime() < now || session.seenAt.getTime() + LIMITS[session.kind].idle < now) {
      await this.source.getRepository(Session).delete({ idHash });
      return null;
    }
    if (session.seenAt.getTime() + 60_000 < now) {
      await this.source.getRepository(Session).update({ idHash }, { seenAt: new Date(now) });
    }
    return session.kind === 'staff' ? staffOf(session) : customerOf(session);
  }

  /** Ends the session of this browser. */
  async end(request: FastifyRequest, reply: FastifyReply): Promise<void> {
    const cookie = request.cookies[this.cookieName];
    if (cookie) {
      await this.source.getRepository(Session).delete({ idHash: sha256(cookie) });
    }
    reply.clearCookie(this.cookieName, { path: '/' });
  }

  private async start(request: FastifyRequest, reply: FastifyReply, who: Pick<Session, 'kind' | 'staffId' | 'accountId' | 'email' | 'name' | 'launch'>): Promise<void> {
    await this.end(request, reply);
    const id = randomBytes(32).toString('base64url');
    const now = this.clock.now();
    const expiresAt = new Date(now.getTime() + LIMITS[who.kind].absolute);
    // insert() asks for a deep partial of the jsonb column's type, which an interface with optional fields is not.
    await this.source.getRepository(Session).save({ ...who, idHash: sha256(id), csrf: randomBytes(24).toString('base64url'), seenAt: now, expiresAt });
    reply.setCookie(this.cookieName, id, { path: '/', httpOnly: true, secure: this.secure, sameSite: 'lax', expires: expiresAt });
  }

  private get secure(): boolean {
    return this.config.PUBLIC_URL.startsWith('https:');
  }
}

function staffOf({ staff, csrf }: Kept): Principal | null {
  return staff && { kind: 'staff', staff, csrf, actor: { kind: 'reviewer', id: staff.id, name: staff.name } };
}

function customerOf({ accountId, email, name, launch, csrf }: Kept): Principal | null {
  if (!accountId || !email) {
    return null;
  }
  const account = { id: accountId, email, name };
  return { kind: 'customer', account, launch, csrf, actor: { kind: 'customer', id: account.id, name: account.name ?? account.email } };
}
