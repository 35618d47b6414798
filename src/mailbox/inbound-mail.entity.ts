import { Column, Entity, PrimaryColumn } from 'typeorm';
import type { SessionFacts } from '../core/evidence/session-facts';
import type { BlockKind } from '../core/ticket/block';

export const INBOUND_STATES = ['stored', 'pending', 'ticket', 'reply', 'bounce', 'automatic', 'duplicate', 'quarantined'] as const;
export type InboundState = (typeof INBOUND_STATES)[number];
/** How a mail came in. */
export type Door = 'api' | 'smtp' | 'lmtp' | 'imap' | 'pipe';

/** One delivery, byte for byte, and the one state in which it ended. Written by the mailbox only. */
@Entity('inbound_mail')
export class InboundMail {
  @PrimaryColumn('uuid') id: string;
  @Column({ type: 'text' }) door: Door;
  /** of the raw bytes, hex: the identity of the content. A Message-ID is chosen by its sender */
  @Column({ type: 'text' }) sha256: string;
  @Column({ type: 'bytea', select: false }) raw: Buffer;
  @Column({ type: 'int' }) size: number;
  /** null when the door does not know it, '' for the null sender */
  @Column({ name: 'envelope_from', type: 'text', nullable: true }) envelopeFrom: string | null;
  /** envelope recipients, comma-separated */
  @Column({ type: 'text', nullable: true }) recipient: string | null;
  @Column({ name: 'peer_ip', type: 'inet', nullable: true }) peerIp: string | null;
  @Column({ type: 'text', nullable: true }) helo: string | null;
  /** null for doors without a live session of the sender's */
  @Column({ type: 'jsonb', nullable: true }) session: SessionFacts | null;
  @Column({ type: 'text' }) state: InboundState;
  /** why it ended there, as a code (reasons.ts has the words) */
  @Column({ type: 'text', nullable: true }) reason: string | null;
  @Column({ name: 'ticket_id', type: 'uuid', nullable: true }) ticketId: string | null;
  @Column({ name: 'message_id', type: 'text', nullable: true }) messageId: string | null;
  @Column({ name: 'from_address', type: 'text', nullable: true }) fromAddress: string | null;
  @Column({ type: 'text', nullable: true }) subject: string | null;
  /** what a claim was understood to mean */
  @Column({ type: 'jsonb', nullable: true }) understood: Understood | null;
  @Column({ name: 'received_at', type: 'timestamptz' }) receivedAt: Date;
  @Column({ name: 'settled_at', type: 'timestamptz', nullable: true }) settledAt: Date | null;
  /** who of the staff did something about it, and why */
  @Column({ name: 'handled_by', type: 'text', nullable: true }) handledBy: string | null;
  @Column({ name: 'handled_note', type: 'text', nullable: true }) handledNote: string | null;
  @Column({ name: 'handled_at', type: 'timestamptz', nullable: true }) handledAt: Date | null;
}

/** What we made of a claim, for staff and for playing it back. */
export interface Understood {
  ips: string[];
  kind: string | null;
  claim: string | null;
  blockTime: { text: string; from: string; to: string } | null;
  /** which kinds of evidence were found */
  evidence: string[];
  references: string[];
  sender: string;
  /** what a proven contact was asked, to be answered by mail */
  question?: Question | null;
  /** what a report about a mail of ours said */
  bounce?: BounceFacts | null;
}

/** `which_block` lists what may be meant, in the order of the mail that asks. */
export interface Question {
  about: 'which_block' | 'no_address';
  blocks: { ip: string; kind: BlockKind; blockedAt: string }[];
}

/** A report that came to the address of one mail of ours. */
export interface BounceFacts {
  deliveryId: string;
  hard: boolean;
  status: string | null;
  says: string;
}
