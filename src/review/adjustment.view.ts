import type { Block, BlockKind } from '../core/ticket/block';
import type { Adjustment } from './decision.entity';
import type { DecisionForm } from './decision.schema';
import type { DraftForm } from './decide.view';
import { senderOf } from './sender-of';
import { daysOptions, untilOf } from './later';

/** What the filter said about a block, and whose mail was read: what an adjustment of the filter can be about. */
export interface About {
  rules: string[];
  sender: string | null;
  messageIds: string[];
}

const FILTERS: Record<BlockKind, string> = { spam: 'the spam filter', hack: 'the attack filter' };
const CHANGES = [
  { value: 'exception', label: 'Exception', says: 'let it pass for a while' }, { value: 'correct', label: 'Correction', says: 'the rule has to change' },
  { value: 'report', label: 'Report only', says: 'the filter team has a look' }, { value: 'none', label: 'None', says: 'the filter was right' },
];
const MESSAGES = 50;
const DAYS = [7, 14, 30, 60, 90];
const USUAL_DAYS = 30;

export function aboutFilter(block: Block, message: { from: string | null; messageId: string | null } | null): About {
  const seen = block.detections ?? [];
  const distinct = (values: (string | null | undefined)[]): string[] => [...new Set(values.flatMap((value) => value ?? []))];
  return { rules: distinct(seen.map(({ rule }) => rule)), sender: senderOf(message?.from ?? null), messageIds: distinct([message?.messageId, ...seen.map(({ messageId }) => messageId)]).slice(0, MESSAGES) };
}

/** The part of the panel in which a false positive changes the filter; null where the filter named no rule. */
export function adjustmentView(kind: BlockKind, about: About, draft: DraftForm, now: Date) {
  const { rules, sender, messageIds } = about;
  const chosen = CHANGES.some(({ value }) => value === draft.adjust) ? draft.adjust : 'none';
  const scope = scopeOf(draft.adjustScope, sender);
  const options = (values: readonly string[], now: string | undefined) => values.map((value) => ({ value, selected: value === now }));
  return rules.length === 0 ? null : {
    filter: FILTERS[kind], changes: CHANGES.map((change) => ({ ...change, checked: change.value === chosen })), rules: options(rules, draft.adjustRule),
    scopes: [
      ...(sender ? [{ value: 'sender', label: `only ${sender}` }, { value: 'domain', label: `everybody at ${domainOf(sender)}` }] : []), { value: 'rule', label: 'all that the rule acts on' },
    ].map((one) => ({ ...one, selected: one.value === scope })),
    messages: options(messageIds, draft.adjustMessage), days: daysOptions(DAYS, draft.adjustDays ?? `+${USUAL_DAYS}d`, now), note: draft.adjustNote ?? '',
  };
}

/** What is proposed to the filter team; null where nothing is. */
export function adjustmentOfForm(form: DecisionForm, about: About, now: Date): Adjustment | null {
  const { adjust, adjustRule, adjustMessage, adjustNote } = form;
  const rule = about.rules.find((known) => known === adjustRule) ?? about.rules[0];
  if (form.outcome !== 'lift' || !adjust || adjust === 'none' || !rule) {
    return null;
  }
  const scope = scopeOf(form.adjustScope, about.sender);
  const messageId = adjustMessage === undefined ? about.messageIds[0] : about.messageIds.find((known) => known === adjustMessage);
  const sender = about.sender && scope !== 'rule' ? (scope === 'sender' ? about.sender : domainOf(about.sender)) : null;
  return {
    rule, change: adjust, scope, ...(sender ? { sender } : {}), ...(messageId ? { messageId } : {}), ...(adjustNote?.trim() ? { note: adjustNote.trim() } : {}),
    ...(adjust === 'exception' ? { until: (untilOf(form.adjustDays, now) ?? untilOf(`+${USUAL_DAYS}d`, now))?.toISOString() } : {}),
  };
}

const domainOf = (sender: string): string => sender.slice(sender.lastIndexOf('@') + 1);

function scopeOf(scope: string | undefined, sender: string | null): 'sender' | 'domain' | 'rule' {
  return scope === 'rule' || !sender ? 'rule' : scope === 'domain' ? 'domain' : 'sender';
}
