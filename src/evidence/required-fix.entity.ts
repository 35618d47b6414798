import { Column, Entity, PrimaryColumn } from 'typeorm';

export type FixState = 'open' | 'reported' | 'verified' | 'failed' | 'accepted';
export type FixWhen = 'before_lift' | 'after_lift' | 'advice';

/** Something a customer must change, asked for by one decision. */
@Entity('required_fix')
export class RequiredFix {
  @PrimaryColumn('uuid') id: string;
  @Column({ name: 'ticket_id', type: 'uuid' }) ticketId: string;
  @Column({ name: 'decision_id', type: 'uuid' }) decisionId: string;
  @Column({ type: 'text' }) code: string;
  /** when it must be done; the column is `at`, since `when` is a word of SQL */
  @Column({ name: 'at', type: 'text' }) when: FixWhen;
  @Column({ type: 'text', nullable: true }) note: string | null;
  @Column({ type: 'text', default: 'open' }) state: FixState;
  /** what the last look-up found, in words */
  @Column({ type: 'text', nullable: true }) says: string | null;
  /** what the customer says they did */
  @Column({ type: 'text', nullable: true }) statement: string | null;
  @Column({ type: 'int' }) position: number;
  @Column({ name: 'checked_at', type: 'timestamptz', nullable: true }) checkedAt: Date | null;
}
