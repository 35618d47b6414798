import { Inject, Injectable } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { createHash, randomBytes } from 'node:crypto';
import { DataSource } from 'typeorm';
import { Clock } from '../platform/clock';
import { CONFIG, type Config } from '../platform/config/config';
import type { CustomerAccount, Launch, Principal } from './principal';
import { Session } from './session.entity';
import { StaffMember } from './staff-member.entity';

const HOUR = 3_600_000;
/** Absolute and idle limits (ASVS 7.3): a shift for staff, two days for customers, whose form must survive a night. */
const LIMITS = { staff: { absolute: 12 * HOUR, idle: 4 * HOUR }, customer: { absolute: 48 * HOUR, idle: 24 * HOUR } };
const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex');

/** Sessions live in the database, so that signing out or disabling somebody ends them at once. */
@Injectable()
export class SessionsService {
  constructor(
    @Inject(CONFIG) private readonly config: Config,
    private readonly source: DataSource,
    private readonly clock: Clock,
  ) {}

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
    const session = cookie ? await this.source.getRepository(Session).findOneBy({ idHash: sha256(cookie) }) : null;
    if (!session) {
      return null;
    }
    const now = this.clock.now().getTime();
    if (session.expiresAt.getTime() < now || session.seenAt.getTime() + LIMITS[session.kind].idle < now) {
      await this.source.getRepository(Session).delete({ idHash: session.idHash });
      return null;
    }
    if (session.seenAt.getTime() + 60_000 < now) {
      await this.source.getRepository(Session).update({ idHash: session.idHash }, { seenAt: new Date(now) });
    }
    return session.kind === 'staff' ? this.staff(session) : this.customer(session);
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

  private async staff(session: Session): Promise<Principal | null> {
    const staff = session.staffId ? await this.source.getRepository(StaffMember).findOneBy({ id: session.staffId }) : null;
    if (!staff || staff.disabledAt) {
      return null;
    }
    const { id, name, email, role, accountIds } = staff;
    return { kind: 'staff', staff: { id, name, email, role, accountIds }, csrf: session.csrf, actor: { kind: 'reviewer', id, name } };
  }

  private customer(session: Session): Principal | null {
    if (!session.accountId || !session.email) {
      return null;
    }
    const account = { id: session.accountId, email: session.email, name: session.name };
    return { kind: 'customer', account, launch: session.launch, csrf: session.csrf, actor: { kind: 'customer', id: account.id, name: account.name ?? account.email } };
  }

  private get secure(): boolean {
    return this.config.PUBLIC_URL.startsWith('https:');
  }
}
