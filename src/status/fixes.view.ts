import type { FixPart } from '../tickets/ticket.query';
import type { PageInput } from './ticket-page.view';

type Tone = 'good' | 'bad' | 'warn' | 'unknown';
const TO_DO: { tone: Tone; icon: string; label: string } = { tone: 'warn', icon: 'tool', label: 'To do' };
const FIX_CHIP: Record<string, typeof TO_DO> = {
  open: TO_DO, failed: { tone: 'warn', icon: 'clock', label: 'Not there yet' }, reported: { tone: 'unknown', icon: 'hourglass', label: 'Being checked' },
  verified: { tone: 'good', icon: 'check', label: 'Done' }, accepted: { tone: 'good', icon: 'check', label: 'Done' },
};

/** The fixes that a decision asks for, each with how to do it, how it stands and what can be done about it now. */
export function fixList({ data: { ticket, parts }, fixTexts }: PageInput) {
  const done = (fix: FixPart): boolean => fix.state === 'verified' || fix.state === 'accepted';
  const before = parts.fixes.filter((fix) => fix.when === 'before_lift');
  const lifted = ticket.state === 'lifted';
  const items = parts.fixes.map((fix) => {
    const words = fixTexts(fix);
    const chip = fix.state === 'open' && fix.when === 'after_lift' && !lifted ? { tone: 'unknown', icon: 'clock', label: 'After the lift' }
      : fix.when === 'advice' && !done(fix) ? { tone: 'unknown', icon: 'info-circle', label: 'Advice' } : (FIX_CHIP[fix.state] ?? TO_DO);
    const active = !done(fix) && fix.when !== 'advice' && (ticket.state === 'awaiting_fixes' || (lifted && fix.when === 'after_lift'));
    return {
      ...words, code: fix.code, when: fix.when, state: fix.state, note: fix.note, chip, done: done(fix), urgent: active && fix.when === 'before_lift',
      result: fix.checkedAt ? { at: fix.checkedAt, says: fix.says, tone: done(fix) ? 'good' : 'warn', icon: done(fix) ? 'circle-check' : 'clock' } : null,
      reported: fix.state === 'reported' ? fix.statement : null,
      canCheck: active && words.checkable, canReport: active && words.byWords && fix.state !== 'reported', ref: ticket.ref, asks: (words.questions.length > 0 ? words.questions : ['What did you do, and when?']).map((question, i) => ({ question, number: i, typed: '', error: null as string | null })),
    };
  });
  return { items, summary: before.length > 0 ? `${before.filter(done).length} of ${before.length} done before the lift.` : null };
}
