import { Column, Entity, PrimaryGeneratedColumn } from 'typeorm';

/** Who did what to which ticket. Append-only: the database refuses an update or a delete. */
@Entity('audit_entry')
export class AuditEntry {
  @PrimaryGeneratedColumn({ type: 'bigint' }) id: string;
  @Column({ name: 'ticket_id', type: 'uuid', nullable: true }) ticketId: string | null;
  @Column({ type: 'text' }) event: string;
  @Column({ name: 'from_state', type: 'text', nullable: true }) fromState: string | null;
  @Column({ name: 'to_state', type: 'text', nullable: true }) toState: string | null;
  @Column({ name: 'by_kind', type: 'text' }) byKind: string;
  @Column({ name: 'by_id', type: 'text', nullable: true }) byId: string | null;
  @Column({ name: 'by_name', type: 'text', nullable: true }) byName: string | null;
  @Column({ type: 'jsonb', nullable: true }) detail: Record<string, unknown> | null;
  /** outside of the chain, which commits to it: erased with the person it tells of */
  @Column({ type: 'jsonb', nullable: true }) said: Record<string, unknown> | null;
  @Column({ type: 'timestamptz' }) at: Date;
}
