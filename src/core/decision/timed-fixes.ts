import { fixOf } from '../fixes/catalogue';
import type { FixWhen } from '../fixes/fix';
import type { Outcome } from './outcome';

export interface AskedFix {
  code: string;
  when?: FixWhen;
  note?: string;
}

/**
 * When each fix must be done, where nobody said: as the catalogue has it, but never before a lift that is decided, and not only
 * after it when the fixes are the decision.
 */
export function timedFixes(outcome: Outcome, fixes: readonly AskedFix[]): (AskedFix & { when: FixWhen })[] {
  const usual = fixes.map((fix) => ({ ...fix, when: fix.when ?? fixOf(fix.code)?.when ?? ('before_lift' as const) }));
  if (outcome === 'lift') {
    return usual.map((fix, i) => (fixes[i]?.when === undefined && fix.when === 'before_lift' ? { ...fix, when: 'after_lift' } : fix));
  }
  const nobodySaid = fixes.every((fix) => fix.when === undefined) && usual.every((fix) => fix.when !== 'before_lift');
  return outcome === 'require_fixes' && nobodySaid ? usual.map((fix) => ({ ...fix, when: 'before_lift' })) : usual;
}
