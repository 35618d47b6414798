import { findTime } from './find-time';
import { ownWords } from './own-words';

const now = new Date('2026-11-24T10:00:00Z');

describe('findTime', () => {
  it.each([
    ['in a wrapped sentence', 'Dear team,\n\nour server was blocked yesterday around\n3pm CET. Please help, invoice of 2 May 2024.', '2026-11-23T12:30:00.000Z'],
    ['the sentence about the block wins', 'We moved here on 3 March 2026. Seit 20.11.2026 um 9:41 Uhr MEZ ist die IP gesperrt. Gruß', '2026-11-20T08:41:00.000Z'],
    ['a label', 'Name: Ada\nTime: 2026-11-20 08:41 UTC\nIP: 203.0.113.5', '2026-11-20T08:41:00.000Z'],
    ['French', 'Bonjour,\nnotre adresse est bloquée depuis hier vers 15h (heure de Paris).', '2026-11-23T12:30:00.000Z'],
  ])('%s', (_, text, from) => {
    expect(findTime(text, now)?.from.toISOString()).toBe(from);
  });

  it.each([['no time', 'Please unblock 203.0.113.5, order 4711.'], ['a time to come', 'We will move on 2026-12-24 at 10:00 UTC.'], ['nothing', '']])('%s', (_, text) => {
    expect(findTime(text, now)).toBeNull();
  });

  it('survives garbage', () => {
    expect(() => findTime('1:'.repeat(200_000) + '\n'.repeat(100_000) + 'a. A'.repeat(50_000), now)).not.toThrow();
  });
});

describe('ownWords', () => {
  it.each([
    ['quotes', 'New.\n> old\n>> older\nMore.', 'New.\nMore.'],
    ['a reply', 'Here it is.\n\nOn Fri, 20 Nov 2026 at 09:41, Desk <d@x.example> wrote:\nold', 'Here it is.'],
    ['a German reply', 'Bitte.\nAm 20.11.2026 um 09:41 schrieb Desk:\n> alt', 'Bitte.'],
    ['a signature', 'Thanks\n-- \nAda', 'Thanks'],
    ['nothing to take away', 'Hello\nworld', 'Hello\nworld'],
  ])('without %s', (_, text, expected) => {
    expect(ownWords(text)).toBe(expected);
  });
});
