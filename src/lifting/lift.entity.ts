import { Column, Entity, PrimaryColumn } from 'typeorm';
import type { BlockKind } from '../core/ticket/block';
import type { LiftState } from '../core/ticket/lift-plan';

/** One lift of one block episode, ordered by one decision. `id` is the idempotency key of the order, for life (I3). */
@Entity('lift')
export class Lift {
  @PrimaryColumn('uuid') id: string;
  @Column({ name: 'ticket_id', type: 'uuid' }) ticketId: string;
  @Column({ name: 'decision_id', type: 'uuid' }) decisionId: string;
  @Column({ name: 'account_id', type: 'text' }) accountId: string;
  @Column({ type: 'inet' }) ip: string;
  @Column({ type: 'text' }) kind: BlockKind;
  @Column({ name: 'blocked_at', type: 'timestamptz' }) blockedAt: Date;
  @Column({ name: 'block_id', type: 'text', nullable: true }) blockId: string | null;
  @Column({ type: 'text' }) episode: string;
  @Column({ type: 'text' }) state: LiftState;
  @Column({ name: 'due_at', type: 'timestamptz' }) dueAt: Date;
  @Column({ name: 'requested_at', type: 'timestamptz', nullable: true }) requestedAt: Date | null;
  @Column({ name: 'accepted_at', type: 'timestamptz', nullable: true }) acceptedAt: Date | null;
  @Column({ name: 'confirmed_at', type: 'timestamptz', nullable: true }) confirmedAt: Date | null;
  /** orders sent */
  @Column({ type: 'int' }) attempts: number;
  /** orders in a row that failed */
  @Column({ type: 'int' }) strikes: number;
  /** readings since the NOC accepted */
  @Column({ type: 'int' }) reads: number;
  @Column({ name: 'trouble_since', type: 'timestamptz', nullable: true }) troubleSince: Date | null;
  @Column({ name: 'last_answer', type: 'text', nullable: true }) lastAnswer: string | null;
  @Column({ name: 'lease_until', type: 'timestamptz', nullable: true }) leaseUntil: Date | null;
  @Column({ name: 'lease_no', type: 'int' }) leaseNo: number;
  @Column({ name: 'created_at', type: 'timestamptz' }) createdAt: Date;
}
