import { Column, Entity, PrimaryColumn } from 'typeorm';
import type { Scope } from './principal';

/** A bearer key. Only its hash is stored. A key that belongs to a person acts as that person. */
@Entity('api_key')
export class ApiKey {
  @PrimaryColumn('uuid') id: string;
  @Column({ type: 'text' }) name: string;
  @Column({ type: 'text' }) scope: Scope;
  @Column({ name: 'staff_id', type: 'uuid', nullable: true }) staffId: string | null;
  @Column({ type: 'text' }) hash: string;
  @Column({ name: 'disabled_at', type: 'timestamptz', nullable: true }) disabledAt: Date | null;
}
