import { Column, Entity, PrimaryColumn } from 'typeorm';

/** Something somebody wrote on a ticket: a message between customer and desk, or an internal note. Never changes state (rule 11). */
@Entity('message')
export class Message {
  @PrimaryColumn('uuid') id: string;
  @Column({ name: 'ticket_id', type: 'uuid' }) ticketId: string;
  /** a note of the desk: never shown to a customer */
  @Column({ type: 'boolean' }) internal: boolean;
  @Column({ name: 'by_kind', type: 'text' }) byKind: string;
  @Column({ name: 'by_id', type: 'text', nullable: true }) byId: string | null;
  @Column({ name: 'by_name', type: 'text' }) byName: string;
  @Column({ type: 'text' }) text: string;
  @Column({ type: 'text' }) channel: string;
  /** false: came by mail and its sender could not be proven */
  @Column({ type: 'boolean' }) verified: boolean;
  @Column({ type: 'timestamptz' }) at: Date;
}
