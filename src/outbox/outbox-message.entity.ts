import { Column, Entity, PrimaryColumn } from 'typeorm';
import type { JobName } from '../core/ticket/effects';

/** One thing that must happen next. It carries ids only: nothing of a customer ever stands in Redis or in here. */
@Entity('outbox_message')
export class OutboxMessage {
  @PrimaryColumn('uuid') id: string;
  @Column({ name: 'ticket_id', type: 'uuid', nullable: true }) ticketId: string | null;
  @Column({ type: 'text' }) job: JobName;
  /** the row it is about: a decision, a lift, a mail */
  @Column({ name: 'ref_id', type: 'uuid', nullable: true }) refId: string | null;
  /** template of a mail or name of a webhook event */
  @Column({ type: 'text', nullable: true }) what: string | null;
  @Column({ type: 'text', default: 'pending' }) state: 'pending' | 'running' | 'done' | 'parked';
  @Column({ name: 'due_at', type: 'timestamptz' }) dueAt: Date;
  @Column({ type: 'int', default: 0 }) attempts: number;
  @Column({ type: 'int', default: 0 }) crashes: number;
  @Column({ name: 'lease_until', type: 'timestamptz', nullable: true }) leaseUntil: Date | null;
  @Column({ name: 'lease_no', type: 'int', default: 0 }) leaseNo: number;
  @Column({ name: 'last_error', type: 'text', nullable: true }) lastError: string | null;
  @Column({ name: 'created_at', type: 'timestamptz' }) createdAt: Date;
  @Column({ name: 'settled_at', type: 'timestamptz', nullable: true }) settledAt: Date | null;
}
