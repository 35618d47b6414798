import { Column, Entity, PrimaryColumn } from 'typeorm';
import type { MailTemplate } from './mail-templates';

/** `kept`: no mail server is set, staff read it in the desk. `suppressed`: it must not go out, `lastAnswer` says why. */
export type DeliveryState = 'pending' | 'sending' | 'sent' | 'failed' | 'kept' | 'suppressed';

/** One mail to one recipient. Rendered once; what is sent again is the same to the byte. Written by the mail room only. */
@Entity('mail_delivery')
export class MailDelivery {
  /** also the left part of its Message-ID */
  @PrimaryColumn('uuid') id: string;
  @Column({ name: 'ticket_id', type: 'uuid', nullable: true }) ticketId: string | null;
  @Column({ name: 'outbox_id', type: 'uuid', nullable: true }) outboxId: string | null;
  @Column({ type: 'text' }) template: MailTemplate;
  @Column({ type: 'text' }) recipient: string;
  @Column({ type: 'text' }) subject: string;
  /** without angle brackets */
  @Column({ name: 'message_id', type: 'text' }) messageId: string;
  @Column({ type: 'bytea', select: false }) raw: Buffer;
  @Column({ type: 'text' }) state: DeliveryState;
  @Column({ type: 'int' }) attempts: number;
  /** the last word of the mail server, or ours */
  @Column({ name: 'last_answer', type: 'text', nullable: true }) lastAnswer: string | null;
  @Column({ name: 'lease_until', type: 'timestamptz', nullable: true }) leaseUntil: Date | null;
  @Column({ name: 'created_at', type: 'timestamptz' }) createdAt: Date;
  @Column({ name: 'sent_at', type: 'timestamptz', nullable: true }) sentAt: Date | null;
}
