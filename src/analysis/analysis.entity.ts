import { Column, Entity, PrimaryColumn } from 'typeorm';
import type { Analysis, Assessment } from '../core/rules/analysis';

/** One reading of a ticket's evidence, kept with its facts and the version of the catalogue: it can be run again. Never changed. */
@Entity('analysis')
export class AnalysisRow {
  @PrimaryColumn('uuid') id: string;
  @Column({ name: 'ticket_id', type: 'uuid' }) ticketId: string;
  @Column({ type: 'text' }) catalogue: string;
  @Column({ type: 'text' }) assessment: Assessment;
  @Column({ type: 'real' }) confidence: number;
  @Column({ type: 'real' }) sum: number;
  @Column({ type: 'text' }) summary: string;
  @Column({ type: 'json' }) body: Analysis;
  @Column({ name: 'created_at', type: 'timestamptz' }) createdAt: Date;
}
