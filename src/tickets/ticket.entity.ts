import { Column, Entity, PrimaryColumn } from 'typeorm';
import type { EvidenceItem } from '../core/evidence/evidence';
import type { Assessment } from '../core/rules/analysis';
import type { Block, BlockKind, Claim, Rejection } from '../core/ticket/block';
import type { EventType } from '../core/ticket/events';
import type { ClosedReason, State } from '../core/ticket/states';

export type Channel = 'noc' | 'form' | 'mail' | 'api';

/** One claim about one block episode. `state` and the columns below it are written by tickets.service.ts and nobody else. */
@Entity('ticket')
export class Ticket {
  @PrimaryColumn('uuid') id: string;
  @Column({ type: 'text' }) ref: string;
  @Column({ name: 'external_ref', type: 'text', nullable: true }) externalRef: string | null;
  @Column({ type: 'text' }) claim: Claim;
  @Column({ type: 'text' }) channel: Channel;
  @Column({ type: 'inet' }) ip: string;
  @Column({ type: 'text' }) kind: BlockKind;
  @Column({ name: 'blocked_at', type: 'timestamptz' }) blockedAt: Date;
  @Column({ name: 'block_id', type: 'text', nullable: true }) blockId: string | null;
  @Column({ type: 'text' }) episode: string;
  @Column({ type: 'jsonb' }) block: Block;
  @Column({ name: 'account_id', type: 'text' }) accountId: string;
  @Column({ name: 'account_email', type: 'text' }) accountEmail: string;
  @Column({ name: 'account_name', type: 'text', nullable: true }) accountName: string | null;
  @Column({ type: 'text', nullable: true }) tier: string | null;
  @Column({ type: 'text', nullable: true }) language: string | null;
  @Column({ type: 'jsonb', nullable: true }) rejection: Rejection | null;
  @Column({ type: 'text', nullable: true }) statement: string | null;
  @Column({ name: 'created_at', type: 'timestamptz' }) createdAt: Date;

  @Column({ type: 'text' }) state: State;
  @Column({ name: 'closed_reason', type: 'text', nullable: true }) closedReason: ClosedReason | null;
  @Column({ type: 'text', array: true }) missing: EvidenceItem[];
  @Column({ type: 'text' }) queue: string;
  @Column({ type: 'int' }) priority: number;
  /** why a second person is due (product, rule 8); empty when one is enough */
  @Column({ name: 'second_person', type: 'text', array: true }) secondPerson: string[];
  /** earlier blocks of the address within 30 days */
  @Column({ type: 'int' }) repeats: number;
  @Column({ name: 'due_at', type: 'timestamptz', nullable: true }) dueAt: Date | null;
  /** the promise of a first answer; null once somebody answered */
  @Column({ name: 'first_due_at', type: 'timestamptz', nullable: true }) firstDueAt: Date | null;
  @Column({ name: 'wake_at', type: 'timestamptz', nullable: true }) wakeAt: Date | null;
  @Column({ name: 'taken_by', type: 'uuid', nullable: true }) takenBy: string | null;
  @Column({ name: 'taken_at', type: 'timestamptz', nullable: true }) takenAt: Date | null;
  @Column({ name: 'lease_until', type: 'timestamptz', nullable: true }) leaseUntil: Date | null;
  @Column({ name: 'lease_no', type: 'int' }) leaseNo: number;
  /** changed by state, evidence, analysis and decision only */
  @Column({ type: 'int' }) version: number;
  @Column({ name: 'analysis_id', type: 'uuid', nullable: true }) analysisId: string | null;
  @Column({ type: 'text', nullable: true }) assessment: Assessment | null;
  @Column({ type: 'real', nullable: true }) confidence: number | null;
  @Column({ type: 'text', nullable: true }) summary: string | null;
  @Column({ name: 'decision_id', type: 'uuid', nullable: true }) decisionId: string | null;
  /** why the last lift came back, in words for staff */
  @Column({ name: 'lift_failed', type: 'text', nullable: true }) liftFailed: string | null;
  @Column({ name: 'blocked_again_at', type: 'timestamptz', nullable: true }) blockedAgainAt: Date | null;
  @Column({ name: 'deadline_at', type: 'timestamptz', nullable: true }) deadlineAt: Date | null;
  @Column({ name: 'deadline_event', type: 'text', nullable: true }) deadlineEvent: EventType | 'remind' | null;
  @Column({ type: 'int' }) reminded: number;
  @Column({ name: 'appealed_at', type: 'timestamptz', nullable: true }) appealedAt: Date | null;
  /** somebody asked a lead, and why; null again once a lead has given it back */
  @Column({ name: 'escalated_at', type: 'timestamptz', nullable: true }) escalatedAt: Date | null;
  @Column({ name: 'escalated_why', type: 'text', nullable: true }) escalatedWhy: string | null;
  /** the ticket in which this one goes on */
  @Column({ name: 'duplicate_of', type: 'uuid', nullable: true }) duplicateOf: string | null;
  @Column({ name: 'updated_at', type: 'timestamptz' }) updatedAt: Date;
  @Column({ name: 'state_since', type: 'timestamptz' }) stateSince: Date;
}

/** What an event may bring along, besides the state. */
export type TicketChanges = Partial<
  Pick<
    Ticket,
    | 'claim' | 'closedReason' | 'missing' | 'queue' | 'priority' | 'secondPerson' | 'repeats' | 'dueAt' | 'wakeAt' | 'takenBy' | 'takenAt' | 'leaseUntil' | 'analysisId'
    | 'assessment' | 'confidence' | 'summary' | 'decisionId' | 'liftFailed' | 'blockedAgainAt' | 'appealedAt' | 'accountName' | 'tier' | 'language'
    | 'escalatedAt' | 'escalatedWhy' | 'duplicateOf'
  >
>;
