import { Column, Entity, PrimaryColumn } from 'typeorm';

export type EvidenceType =
  | 'block_time' | 'headers' | 'message_id' | 'message' | 'sample' | 'remediation' | 'explanation' | 'logs' | 'queue_inspected' | 'cannot_supply' | 'file';

/** One thing that a customer sent, exactly as it came. Never changed, never cut. */
@Entity('evidence_item')
export class EvidenceItemRow {
  @PrimaryColumn('uuid') id: string;
  @Column({ name: 'ticket_id', type: 'uuid' }) ticketId: string;
  @Column({ type: 'text' }) type: EvidenceType;
  @Column({ type: 'text', nullable: true }) text: string | null;
  @Column({ type: 'bytea', nullable: true }) bytes: Buffer | null;
  @Column({ type: 'text', nullable: true }) name: string | null;
  @Column({ name: 'media_type', type: 'text', nullable: true }) mediaType: string | null;
  /** bytes as received */
  @Column({ type: 'int' }) size: number;
  @Column({ name: 'by_kind', type: 'text' }) byKind: string;
  @Column({ name: 'by_id', type: 'text', nullable: true }) byId: string | null;
  @Column({ type: 'text' }) channel: string;
  @Column({ name: 'received_at', type: 'timestamptz' }) receivedAt: Date;
}
