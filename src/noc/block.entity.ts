import { Column, Entity, PrimaryColumn } from 'typeorm';
import type { Block as BlockRecord, BlockKind, BlockState } from '../core/ticket/block';

/** Our mirror of one block episode of the NOC: kept after it ended, with how it was last seen. */
@Entity('block')
export class BlockEpisode {
  @PrimaryColumn('uuid') id: string;
  @Column({ type: 'text' }) episode: string;
  @Column({ type: 'inet' }) ip: string;
  @Column({ type: 'cidr', nullable: true }) prefix: string | null;
  @Column({ type: 'text' }) kind: BlockKind;
  @Column({ name: 'blocked_at', type: 'timestamptz' }) blockedAt: Date;
  @Column({ name: 'block_id', type: 'text', nullable: true }) blockId: string | null;
  @Column({ type: 'text' }) state: BlockState;
  @Column({ type: 'jsonb' }) body: BlockRecord;
  @Column({ name: 'first_seen_at', type: 'timestamptz' }) firstSeenAt: Date;
  @Column({ name: 'last_seen_at', type: 'timestamptz' }) lastSeenAt: Date;
  @Column({ name: 'ended_at', type: 'timestamptz', nullable: true }) endedAt: Date | null;
}
