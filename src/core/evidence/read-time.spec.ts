import { readTime } from './read-time';

/** A Tuesday. */
const now = new Date('2026-11-24T10:00:00Z');
const show = (text: string, hint?: string | number): string => {
  const read = readTime(text, now, hint);
  const short = (date: Date): string => date.toISOString().replace('.000Z', 'Z').replace(/:59\.999Z|:00Z/, '').replace('2026-', '');
  return read ? `${short(read.from)}${read.from.getTime() === read.to.getTime() ? '' : ` ${short(read.to)}`}${read.exact ? ' !' : ''}` : 'none';
};

describe('readTime', () => {
  it.each([
    // with its zone, to the minute or second: exact
    ['2026-11-20T08:41:07Z', '11-20T08:41:07Z 11-20T08:41:07.999Z !'],
    ['2026-11-20T08:41:07.250+01:00', '11-20T07:41:07Z 11-20T07:41:07.999Z !'],
    ['2026-11-20 08:41 UTC', '11-20T08:41 11-20T08:41 !'],
    ['Fri, 20 Nov 2026 09:41:07 +0100', '11-20T08:41:07Z 11-20T08:41:07.999Z !'],
    ['20 Nov 2026 09:41:07 +0100 (CET)', '11-20T08:41:07Z 11-20T08:41:07.999Z !'],
    ['20/Nov/2026:09:41:07 +0100', '11-20T08:41:07Z 11-20T08:41:07.999Z !'],
    ['Fri Nov 20 09:41:07 CET 2026', '11-20T08:41:07Z 11-20T08:41:07.999Z !'],
    ['20.11.2026 um 9:41 Uhr MEZ', '11-20T08:41 11-20T08:41 !'],
    ['20. November 2026, 09.41 Uhr (MEZ)', '11-20T08:41 11-20T08:41 !'],
    ['le 20 novembre 2026 à 9h41 (heure de Paris)', '11-20T08:41 11-20T08:41 !'],
    ['el 20 de noviembre de 2026 a las 9:41 hora de Madrid', '11-20T08:41 11-20T08:41 !'],
    ['November 20th, 2026 at 3:41 am EST', '11-20T08:41 11-20T08:41 !'],
    ['20 July 2026 09:41 Europe/Berlin', '07-20T07:41 07-20T07:41 !'],
    ['2026-11-20 09:41 GMT+1', '11-20T08:41 11-20T08:41 !'],
    ['11/20/2026 9:41 PM UTC', '11-20T21:41 11-20T21:41 !'],
    ['1795250467', '11-21T08:41:07Z 11-21T08:41:07.999Z !'],
    // the winter name in summer: both readings
    ['20 July 2026 09:41 CET', '07-20T07:41 07-20T08:41'],
    // "about", or an hour only
    ['yesterday around 3pm CET', '11-23T12:30 11-23T15:30'],
    ['gestern gegen 15 Uhr MEZ', '11-23T12:30 11-23T15:30'],
    ['hier vers 15h30 heure de Paris', '11-23T13:30 11-23T15:30'],
    ['ayer sobre las 3 de la tarde CET', '11-23T12:30 11-23T15:30'],
    ['vorgestern um 9 MEZ', '11-22T07:30 11-22T08:30'],
    ['avant-hier à 10h UTC', '11-22T09:30 11-22T10:30'],
    ['anteayer a las 10 UTC', '11-22T09:30 11-22T10:30'],
    // "est" and "ist" are verbs before they are zones: nothing is known of the zone then
    ['bloquée depuis le 18 novembre à 22h10, elle est encore bloquée', '11-18T08:10 11-19T12:10'],
    ['le 18 novembre à 22:10 est bloquée', '11-18T08:10 11-19T12:10'],
    ['gestern um 15:00 ist sie gesperrt worden', '11-23T01:00 11-24T05:00'],
    ['18 Nov 3:41 am est', '11-18T08:41 11-18T08:41 !'],
    ['18 Nov 15:41 IST', '11-18T10:11 11-18T14:41'],
    ['Monday 8am UTC', '11-23T07:30 11-23T08:30'],
    ['am Montag um 8 Uhr UTC', '11-23T07:30 11-23T08:30'],
    ['lundi à 8h UTC', '11-23T07:30 11-23T08:30'],
    ['el lunes a las 8 UTC', '11-23T07:30 11-23T08:30'],
    ['Tuesday 8:15 UTC', '11-24T08:15 11-24T08:15 !'],
    ['Friday, 11 pm UTC', '11-20T22:30 11-20T23:30'],
    ['gestern Mittag UTC', '11-23T11:30 11-23T12:30'],
    ['between 14:00 and 16:00 UTC yesterday', '11-23T14:00 11-23T16:00'],
    // part of a day, or a day
    ['this morning UTC', '11-24T00:00 11-24T12:00'],
    ['heute früh UTC', '11-24T00:00 11-24T12:00'],
    ['Freitagabend UTC', '11-20T17:00 11-21T01:00'],
    ['last night UTC', '11-23T18:00 11-24T08:00'],
    ['esta mañana a las 9 UTC', '11-24T08:30 11-24T09:30'],
    ['20.11. UTC', '11-20T00:00 11-20T23:59'],
    ['20 nov. UTC', '11-20T00:00 11-20T23:59'],
    // without a day: the last one that is not to come
    ['09:15 UTC', '11-24T09:15 11-24T09:15 !'],
    ['23:15 UTC', '11-23T23:15 11-23T23:15 !'],
    // without a year: the past
    ['24 December 9:00 UTC', '2025-12-24T09:00 2025-12-24T09:00 !'],
    // spans need no zone
    ['2 hours ago', '11-24T07:00 11-24T09:00'],
    ['vor zwei Stunden', '11-24T07:00 11-24T09:00'],
    ['il y a 2 heures', '11-24T07:00 11-24T09:00'],
    ['hace 2 horas', '11-24T07:00 11-24T09:00'],
    ['about 20 minutes ago', '11-24T09:30 11-24T09:50'],
    ['seit drei Tagen', '11-20T10:00 11-22T10:00'],
    // no zone: 14 hours either way
    ['20.11.2026 09:41', '11-19T19:41 11-20T23:41'],
    ['2026-11-20T08:41:07', '11-19T18:41:07Z 11-20T22:41:07.999Z'],
    ['hier', '11-22T10:00 11-24T13:59'],
    // what could be two days is not exact, and the past is taken
    ['03/04/2026 09:41 UTC', '04-03T09:41 04-03T09:41'],
    ['12/11/2026 09:41 UTC', '11-12T09:41 11-12T09:41'],
    // a time to come is read as it stands: the caller refuses it
    ['2027-01-01T00:00:00Z', '2027-01-01T00:00 2027-01-01T00:00:00.999Z !'],
  ])('%s', (text, expected) => {
    expect(show(text)).toBe(expected);
  });

  it('takes the zone of the writer where the text names none', () => {
    expect(show('20.11.2026 09:41', 'Europe/Berlin')).toBe('11-20T08:41 11-20T08:41 !');
    expect(show('20.11.2026 09:41', 60)).toBe('11-20T08:41 11-20T08:41 !');
    expect(show('20.11.2026 09:41 UTC', 'Europe/Berlin')).toBe('11-20T09:41 11-20T09:41 !');
    expect(show('20.11.2026 09:41', 'Mars/Olympus')).toBe('11-19T19:41 11-20T23:41');
  });

  it.each(['', '   ', 'Please unblock us', 'may I ask', 'ticket 4711', '31.11.2026', '99:99', 'version 1.2.3.4', 'it was marked as spam', '203.0.113.5', '2026-13-45'])('%j is no time', (text) => {
    expect(show(text)).toBe('none');
  });

  it.each(['1:'.repeat(100_000), ' '.repeat(1_000_000), '2026-'.repeat(100_000), 'gestern '.repeat(100_000), '\u0000\uD800 ́'.repeat(1000)])('survives garbage', (text) => {
    expect(() => readTime(text, now)).not.toThrow();
  });
});
