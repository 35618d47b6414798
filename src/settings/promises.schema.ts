import { z } from 'zod';
import { minutesOf } from '../core/promise/calendar';
import { PROMISES, type Promises } from '../core/promise/promises';
import { isZone } from '../core/promise/zoned';

const time = (most: number) => z.string().regex(/^([01]\d|2[0-4]):[0-5]\d$/, 'a time such as 09:00').refine((text) => minutesOf(text) <= most, 'a time within the day');
const aDay = (text: string): boolean => {
  const at = new Date(`${text}T00:00:00Z`);
  return !Number.isNaN(at.getTime()) && at.toISOString().startsWith(text);
};
const count = z.number({ error: 'must be a number' });
const minutes = count.int('whole minutes').min(5, 'at least 5 minutes').max(60 * 24 * 30, 'at most 30 days');

export const promises = z.strictObject({
  classes: z.array(z.strictObject({
    name: z.string().trim().min(1, 'give it a name').max(30), fromPriority: count.int('points are whole numbers').min(-10_000).max(10_000), firstAnswerMinutes: minutes, decisionMinutes: minutes,
  }).refine((one) => one.firstAnswerMinutes <= one.decisionMinutes, { path: ['firstAnswerMinutes'], message: 'the first answer is not later than the decision' })).min(1, 'keep one').max(6),
  calendar: z.strictObject({
    zone: z.string().max(60).refine(isZone, 'a zone such as Europe/Berlin'),
    hours: z.array(z.strictObject({ from: time(1439), to: time(1440) }).refine(({ from, to }) => minutesOf(from) < minutesOf(to), 'it ends before it begins').nullable()).length(7)
      .refine((days) => days.some((day) => day !== null), 'somebody has to work on one day at least'),
    holidays: z.array(z.string().regex(/^\d{4}-\d{2}-\d{2}$/, 'a day such as 2026-12-25').refine(aDay, 'there is no such day')).max(200),
  }),
  warnMinutes: count.int('whole minutes').min(0).max(1440, 'at most a day'),
  noteMinutes: count.int('whole minutes').min(0).max(1440, 'at most a day'),
  shifts: z.array(z.strictObject({ name: z.string().trim().min(1).max(30), from: time(1439) })).min(1, 'name one shift').max(6).refine((shifts) => new Set(shifts.map(({ from }) => from)).size === shifts.length, 'two shifts begin at once'),
}) satisfies z.ZodType<Promises>;

export const promisesBody = z.strictObject({ version: z.number().int().min(0), promises, why: z.string().trim().min(3, 'say why, in a few words').max(400) });
export const promisesForm = z.object({ version: z.coerce.number().int().min(0), why: z.string().max(400).default(''), do: z.string().max(20).default('save') }).catchall(z.unknown());
export type PromisesForm = z.output<typeof promisesForm>;

/** The promises as they are typed. Lengths of promises are in hours, for people. */
export interface TypedPromises {
  classes: { name: string; from: string; first: string; decision: string }[];
  zone: string;
  days: { from: string; to: string }[];
  holidays: string;
  warn: string;
  note: string;
  shifts: string;
}

const hours = (length: number): string => String(Math.round((length / 60) * 100) / 100);

export function typedPromises(kept: Promises): TypedPromises {
  const { calendar } = kept;
  return {
    classes: [...kept.classes].sort((a, b) => b.fromPriority - a.fromPriority).map((one) => ({ name: one.name, from: one.fromPriority <= -10_000 ? '' : String(one.fromPriority), first: hours(one.firstAnswerMinutes), decision: hours(one.decisionMinutes) })),
    zone: calendar.zone, days: calendar.hours.map((day) => ({ from: day?.from ?? '', to: day?.to ?? '' })), holidays: calendar.holidays.join('\n'), warn: String(kept.warnMinutes), note: String(kept.noteMinutes),
    shifts: kept.shifts.map((shift) => `${shift.from} ${shift.name}`).join('\n'),
  };
}

export function typedOfForm(form: PromisesForm): TypedPromises {
  const text = (name: string, most = 100): string => (typeof form[name] === 'string' ? form[name].slice(0, most).trim() : '');
  const count = Math.min(Number(text('count')) || PROMISES.classes.length, 6);
  return {
    classes: Array.from({ length: count }, (_, i) => ({ name: text(`name-${i}`), from: text(`from-${i}`), first: text(`first-${i}`), decision: text(`decision-${i}`) })).filter((one) => one.name + one.first + one.decision !== ''),
    zone: text('zone'), days: Array.from({ length: 7 }, (_, i) => ({ from: text(`open-${i}`), to: text(`close-${i}`) })), holidays: text('holidays', 4_000), warn: text('warn'), note: text('note'), shifts: text('shifts', 1_000),
  };
}

const lines = (text: string): string[] => text.split(/[\n,]/).map((line) => line.trim()).filter(Boolean);
const number = (text: string): number => (text === '' ? NaN : Number(text.replace(',', '.')));

/** What was typed, ready to be judged by the schema. A class without points is for all the rest. */
export const promisesOf = (typed: TypedPromises): unknown => ({
  classes: typed.classes.map(({ name, from, first, decision }) => ({ name, fromPriority: from === '' ? -10_000 : number(from), firstAnswerMinutes: Math.round(number(first) * 60), decisionMinutes: Math.round(number(decision) * 60) })),
  calendar: { zone: typed.zone, hours: typed.days.map(({ from, to }) => (from === '' && to === '' ? null : { from, to })), holidays: [...new Set(lines(typed.holidays))].sort() },
  warnMinutes: number(typed.warn), noteMinutes: number(typed.note),
  shifts: lines(typed.shifts).map((line) => ({ from: line.split(/\s+/)[0] ?? '', name: line.split(/\s+/).slice(1).join(' ') })),
});
