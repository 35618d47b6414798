import { Column, Entity, PrimaryColumn } from 'typeorm';
import type { Launch } from './principal';

/** A signed-in browser. The cookie holds 32 random bytes, the table only their hash. */
@Entity('session')
export class Session {
  @PrimaryColumn({ name: 'id_hash', type: 'text' }) idHash: string;
  @Column({ type: 'text' }) kind: 'staff' | 'customer';
  @Column({ name: 'staff_id', type: 'uuid', nullable: true }) staffId: string | null;
  @Column({ name: 'account_id', type: 'text', nullable: true }) accountId: string | null;
  @Column({ type: 'text', nullable: true }) email: string | null;
  @Column({ type: 'text', nullable: true }) name: string | null;
  @Column({ type: 'jsonb', nullable: true }) launch: Launch | null;
  @Column({ type: 'text' }) csrf: string;
  @Column({ name: 'seen_at', type: 'timestamptz' }) seenAt: Date;
  @Column({ name: 'expires_at', type: 'timestamptz' }) expiresAt: Date;
}
