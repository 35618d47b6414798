import { REASONS_FOR } from '../core/decision/outcome';
import { fixOf } from '../core/fixes/catalogue';
import type { FixWhen } from '../core/fixes/fix';
import { adjustmentOfForm, type About } from './adjustment.view';
import type { CannedPart } from './canned-parts';
import type { DecisionForm } from './decision.schema';
import type { DraftForm } from './decide.view';
import { untilOf } from './later';
import type { Proposal } from './review.service';

const WHENS: FixWhen[] = ['before_lift', 'after_lift', 'advice'];

/** What the page must keep: everything, whatever outcome is chosen. */
export function draftOf(form: DecisionForm, version = form.version): DraftForm {
  const when: Record<string, FixWhen> = {};
  for (const [name, value] of Object.entries(form)) {
    const chosen = name.startsWith('when-') ? WHENS.find((option) => option === value) : undefined;
    if (chosen) {
      when[name.slice('when-'.length)] = chosen;
    }
  }
  return {
    version, outcome: form.outcome, reason: form.reason, fix: form.fix, when, statement: form.statement, liftWhenVerified: form.liftWhenVerified, wakeAt: form.wakeAt, adjust: form.adjust,
    adjustRule: form.adjustRule, adjustScope: form.adjustScope, adjustMessage: form.adjustMessage, adjustDays: form.adjustDays, adjustNote: form.adjustNote,
  };
}

/** What is proposed: boxes that belong to another outcome stay ticked on the page, but are not sent with this one. */
export function proposalOf(form: DecisionForm, about: About, now: Date): Proposal {
  const { outcome } = form;
  const draft = draftOf(form);
  const withFixes = outcome === 'lift' || outcome === 'require_fixes';
  return {
    version: form.version, outcome, statement: form.statement, reasons: outcome ? form.reason.filter((code) => REASONS_FOR[outcome].includes(code)) : form.reason,
    requiredFixes: withFixes ? form.fix.filter((code) => fixOf(code)).map((code) => ({ code, when: whenOf(draft, code) })) : [],
    liftWhenVerified: outcome === 'require_fixes' && form.liftWhenVerified,
    wakeAt: outcome === 'hold' ? untilOf(form.wakeAt, now) : null,
    filterAdjustment: adjustmentOfForm(form, about, now),
  };
}

/** A lift has no fixes before it: the page offers "before" for the outcome "fixes", and a lift reads it as "after". */
function whenOf(draft: DraftForm, code: string): FixWhen | undefined {
  const when = draft.when[code];
  return draft.outcome === 'lift' && when === 'before_lift' ? 'after_lift' : when;
}

/** The draft with a canned part behind what is written already. */
export function withPart(draft: DraftForm, parts: CannedPart[], key: string | undefined): DraftForm {
  const part = parts.find((candidate) => candidate.key === key);
  return part ? { ...draft, statement: draft.statement.trim() ? `${draft.statement.trimEnd()}\n\n${part.text}` : part.text } : draft;
}
