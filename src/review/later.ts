const DAY = 86_400_000;

/** "+3d" from a list, or a time as browsers send it (UTC). Null when it is neither. */
export function untilOf(text: string | undefined, now: Date): Date | null {
  const days = /^\+(\d{1,3})d$/.exec(text ?? '')?.[1];
  if (days) {
    return new Date(now.getTime() + Number(days) * DAY);
  }
  const at = text ? new Date(/[Zz]|[+-]\d\d:\d\d$/.test(text) ? text : `${text}Z`) : null;
  return at && !Number.isNaN(at.getTime()) ? at : null;
}

/** A list of days to choose from. What was chosen before and is not one of them (a time, from the API or a decision that was taken back) stays a choice. */
export function daysOptions(days: readonly number[], chosen: string | undefined, now: Date): { value: string; label: string | null; at: Date | null; selected: boolean }[] {
  const listed = days.map((n) => ({ value: `+${n}d`, label: `in ${n} day${n === 1 ? '' : 's'}`, at: null, selected: chosen === `+${n}d` }));
  const at = listed.some(({ selected }) => selected) ? null : untilOf(chosen, now);
  return at && chosen ? [...listed, { value: chosen, label: null, at, selected: true }] : listed;
}
