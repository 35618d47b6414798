import { Column, Entity, PrimaryColumn } from 'typeorm';

export const ADJUSTMENT_STATES = ['proposed', 'applied', 'accepted', 'rejected', 'expired'] as const;
export type AdjustmentState = (typeof ADJUSTMENT_STATES)[number];

/** What should change in the filter after it was wrong (rule 15), and what became of it. */
@Entity('filter_adjustment')
export class FilterAdjustment {
  @PrimaryColumn('uuid') id: string;
  @Column({ name: 'ticket_id', type: 'uuid' }) ticketId: string;
  @Column({ name: 'decision_id', type: 'uuid' }) decisionId: string;
  @Column({ type: 'text' }) rule: string;
  @Column({ type: 'text', nullable: true }) sender: string | null;
  @Column({ name: 'message_id', type: 'text', nullable: true }) messageId: string | null;
  @Column({ type: 'text' }) change: string;
  @Column({ type: 'text' }) scope: string;
  @Column({ name: 'expires_at', type: 'timestamptz', nullable: true }) expiresAt: Date | null;
  @Column({ type: 'text' }) state: AdjustmentState;
  /** what the filter team or the NOC said */
  @Column({ type: 'text', nullable: true }) answer: string | null;
  @Column({ type: 'text', nullable: true }) note: string | null;
  @Column({ name: 'created_at', type: 'timestamptz' }) createdAt: Date;
  @Column({ name: 'updated_at', type: 'timestamptz' }) updatedAt: Date;
}
