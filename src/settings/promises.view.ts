import { isRoundTheClock } from '../core/promise/calendar';
import { due, PROMISES, type Promises } from '../core/promise/promises';
import { may } from '../core/policy/may';
import type { StaffRole } from '../auth/staff-member.entity';
import type { Told } from './problems';
import type { TypedPromises } from './promises.schema';
import { versionsView } from './routing.view';
import type { VersionLine, VersionsService } from './versions.service';

const DAYS = ['Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday', 'Sunday'];

export interface PromisesPage {
  version: number;
  typed: TypedPromises;
  /** what would hold; null while something is wrong with it */
  promises: Promises | null;
  why: string;
  problems: Told[];
  conflict: string | null;
  said: string | null;
  history: VersionLine[];
  role: StaffRole;
  now: Date;
}

/** What templates/settings/promises.hbs shows. */
export function promisesView({ version, typed, promises, why, problems, conflict, said, history, role, now }: PromisesPage) {
  return {
    title: 'Promises', version, why, conflict, said, maySave: may(role, 'change_promises'), ...typed, count: typed.classes.length + 1,
    classes: [...typed.classes, { name: '', from: '', first: '', decision: '' }].slice(0, 6).map((one, i) => ({ ...one, i })),
    days: typed.days.map((day, i) => ({ ...day, i, name: DAYS[i] })),
    problems: problems.map(({ field, message }) => ({ text: `${fieldWords(field)}: ${message}`, href: `#${anchor(field)}` })),
    example: promises && {
      at: now, clock: isRoundTheClock(promises.calendar) ? 'round the clock' : `working hours in ${promises.calendar.zone}`,
      rows: [...promises.classes].sort((a, b) => b.fromPriority - a.fromPriority).map(({ fromPriority }) => due(promises, fromPriority, now, [])),
    },
    versions: versionsView(history, version),
  };
}

const anchor = (field: string): string => (field.startsWith('classes') ? 'classes' : field.startsWith('calendar') ? 'calendar' : field === 'why' ? 'why' : field.startsWith('shifts') ? 'shifts' : 'warnings');

const COLUMNS: Record<string, string> = { name: ', name', fromPriority: ', points', firstAnswerMinutes: ', first answer', decisionMinutes: ', decision' };

function fieldWords(field: string): string {
  const [first, second, third] = field.split('.');
  if (first === 'classes') { return second === undefined ? 'Promises' : `Promise ${Number(second) + 1}${COLUMNS[third ?? ''] ?? ''}`; }
  if (first === 'calendar') { return second === 'hours' ? (DAYS[Number(third)] ?? 'Working hours') : second === 'zone' ? 'Zone' : 'Holidays'; }
  return { why: 'Why', warnMinutes: 'Warning', noteMinutes: 'Note to the customer', shifts: 'Shifts' }[first ?? ''] ?? field;
}

/** The promises in force, or those of a version; version 0 is what the desk began with. @throws NotFound */
export async function promisesAt(versions: VersionsService, version?: number): Promise<{ version: number; promises: Promises }> {
  const found = version === 0 ? null : await versions.read<Promises>('promises', version);
  return found ? { version: found.version, promises: found.body } : { version: 0, promises: PROMISES };
}
