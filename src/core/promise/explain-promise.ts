import { isRoundTheClock } from './calendar';
import { classFor, type Promises } from './promises';
import { workingBetween, type Pause } from './working-time';
import { wall, weekday } from './zoned';

const DAYS = ['Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat', 'Sun'];
const two = (n: number): string => String(n).padStart(2, '0');

/** "due Tue 14:00: high, 4 working hours, paused 2 h". The time is that of the calendar's zone. */
export function explainPromise(promises: Promises, priority: number, dueAt: Date, pauses: readonly Pause[], now: Date): string {
  const { name, decisionMinutes } = classFor(promises, priority);
  const { zone } = promises.calendar;
  const at = wall(dueAt, zone);
  const far = Math.abs(dueAt.getTime() - now.getTime()) > 6 * 86_400_000;
  const day = far ? `${at.year}-${two(at.month)}-${two(at.day)}` : (DAYS[weekday(at)] ?? '');
  const hours = isRoundTheClock(promises.calendar) ? 'hour' : 'working hour';
  const paused = pauses.reduce((sum, pause) => sum + workingBetween(promises.calendar, pause.from, pause.to ?? now), 0);
  const running = pauses.some((pause) => pause.to === null);
  return [
    `due ${day} ${two(Math.floor(at.minutes / 60))}:${two(at.minutes % 60)}${zone === 'UTC' ? ' UTC' : ''}: ${name}`,
    length(decisionMinutes, hours),
    ...(paused >= 1 ? [`paused ${short(paused)}${running ? ' so far' : ''}`] : running ? ['paused now'] : []),
  ].join(', ');
}

function length(minutes: number, word: string): string {
  const hours = minutes / 60;
  return Number.isInteger(hours) ? `${hours} ${word}${hours === 1 ? '' : 's'}` : `${minutes} minutes${word.startsWith('working') ? ' of working time' : ''}`;
}

function short(minutes: number): string {
  const whole = Math.round(minutes);
  return whole < 60 ? `${whole} m` : whole % 60 === 0 ? `${whole / 60} h` : `${Math.floor(whole / 60)} h ${whole % 60} m`;
}
