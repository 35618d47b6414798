import type { z } from 'zod';
import { REASONS_FOR } from '../core/decision/outcome';
import { FIX_CODES } from '../core/fixes/fix';
import type { bulkForm } from './desk-acts.schema';
import type { DraftForm } from './decide.view';
import type { Proposal } from './review.service';

/** What somebody has chosen for many tickets: kept when something is missing. */
export interface BulkDraft extends Pick<DraftForm, 'outcome' | 'reason' | 'fix' | 'when' | 'statement' | 'liftWhenVerified'> {
  perMinute: number;
  /** references that are ticked; null: all that can be decided */
  ticked: string[] | null;
}

export const UNTOUCHED: BulkDraft = { reason: [], fix: [], when: {}, statement: '', liftWhenVerified: false, perMinute: 30, ticked: null };

/** Everything that the page sent, whatever outcome it belongs to. */
export function bulkDraft(form: z.output<typeof bulkForm>, ticked: string[]): BulkDraft {
  const { outcome, reason, fix, statement, liftWhenVerified, perMinute } = form;
  const when = Object.fromEntries(FIX_CODES.flatMap((code) => (form[`when-${code}`] ? [[code, form[`when-${code}`]] as const] : []))) as BulkDraft['when'];
  return { outcome, reason, fix, when, statement, liftWhenVerified, perMinute, ticked };
}

/** What is proposed: boxes of another outcome stay ticked on the page, but are not sent with this one. A lift has no fixes before it. */
export function proposalOfMany({ outcome, reason, fix, when, statement, liftWhenVerified }: BulkDraft): Proposal {
  const codes = outcome === 'lift' || outcome === 'require_fixes' ? FIX_CODES.filter((code) => fix.includes(code)) : [];
  return {
    outcome, statement, reasons: outcome ? reason.filter((code) => REASONS_FOR[outcome].includes(code)) : reason, liftWhenVerified: outcome === 'require_fixes' && liftWhenVerified,
    requiredFixes: codes.map((code) => ({ code, when: outcome === 'lift' && when[code] === 'before_lift' ? 'after_lift' : when[code] })),
  };
}
