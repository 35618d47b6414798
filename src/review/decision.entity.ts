import { Column, Entity, PrimaryColumn } from 'typeorm';
import type { Outcome } from '../core/decision/outcome';
import type { FixWhen } from '../core/fixes/fix';

/** What should change in the filter after a false positive (rule 15), as the reviewer proposes it. */
export interface Adjustment {
  rule: string;
  change: string;
  scope: string;
  sender?: string;
  messageId?: string;
  /** RFC 3339 */
  until?: string;
  note?: string;
}

/** What was decided, by whom, why. `undoable` past `undoUntil` is final; no job is needed to say so. */
@Entity('decision')
export class Decision {
  @PrimaryColumn('uuid') id: string;
  @Column({ name: 'ticket_id', type: 'uuid' }) ticketId: string;
  @Column({ type: 'text' }) outcome: Outcome;
  @Column({ type: 'text', array: true }) reasons: string[];
  @Column({ type: 'text' }) statement: string;
  @Column({ type: 'jsonb' }) fixes: { code: string; when: FixWhen; note?: string }[];
  @Column({ name: 'lift_when_verified', type: 'boolean' }) liftWhenVerified: boolean;
  @Column({ name: 'wake_at', type: 'timestamptz', nullable: true }) wakeAt: Date | null;
  @Column({ name: 'filter_adjustment', type: 'jsonb', nullable: true }) filterAdjustment: Adjustment | null;
  @Column({ type: 'text' }) state: 'awaiting_approval' | 'undoable' | 'final' | 'undone' | 'refused';
  @Column({ name: 'by_id', type: 'uuid' }) byId: string;
  @Column({ name: 'by_name', type: 'text' }) byName: string;
  @Column({ name: 'decided_at', type: 'timestamptz' }) decidedAt: Date;
  @Column({ name: 'undo_until', type: 'timestamptz' }) undoUntil: Date;
  /** the version of the ticket that was judged */
  @Column({ name: 'ticket_version', type: 'int' }) ticketVersion: number;
  @Column({ name: 'analysis_id', type: 'uuid', nullable: true }) analysisId: string | null;
  @Column({ name: 'second_person', type: 'text', array: true }) secondPerson: string[];
  @Column({ name: 'second_by', type: 'uuid', nullable: true }) secondBy: string | null;
  @Column({ name: 'second_name', type: 'text', nullable: true }) secondName: string | null;
  @Column({ name: 'second_at', type: 'timestamptz', nullable: true }) secondAt: Date | null;
  @Column({ name: 'second_statement', type: 'text', nullable: true }) secondStatement: string | null;
  @Column({ type: 'boolean', nullable: true }) agreed: boolean | null;
}
