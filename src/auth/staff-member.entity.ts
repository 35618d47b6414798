import { Column, Entity, PrimaryColumn } from 'typeorm';

export type StaffRole = 'reviewer' | 'senior' | 'lead' | 'auditor' | 'admin' | 'operator';

/** Somebody who works at the desk. */
@Entity('staff_member')
export class StaffMember {
  @PrimaryColumn('uuid') id: string;
  /** lower case */
  @Column({ type: 'text' }) email: string;
  @Column({ type: 'text' }) name: string;
  @Column({ type: 'text' }) role: StaffRole;
  @Column({ name: 'password_hash', type: 'text' }) passwordHash: string;
  /** accounts of the provider that are this person's own: never theirs to judge */
  @Column({ name: 'account_ids', type: 'text', array: true }) accountIds: string[];
  /** single-key shortcuts switched off (WCAG 2.1.4) */
  @Column({ name: 'keys_off', type: 'boolean' }) keysOff: boolean;
  @Column({ name: 'disabled_at', type: 'timestamptz', nullable: true }) disabledAt: Date | null;
}
