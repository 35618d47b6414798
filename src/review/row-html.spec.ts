import { View } from '../platform/http/view';
import type { Rulebook, RulebookService } from '../tickets/rulebook.service';
import type { QueueRow } from './queue.query';
import { RowHtml, type RowReader } from './row-html';

const now = new Date('2026-11-20T12:00:00Z');
const row: QueueRow = {
  id: '7b0a3f1e-0000-4000-8000-000000000001', ref: 'UB-7K3Q-92X4', ip: '203.0.113.47', prefix: null, kind: 'spam', claim: 'mistake', state: 'queued', accountId: 'A-1', accountName: 'Shop', tier: 'business', language: null, escalatedAt: null,
  assessment: 'mixed', confidence: 0.6, repeats: 0, secondPerson: [], liftFailed: null, blockedAgainAt: null, takenBy: null, takenByName: null, priority: 10, dueAt: new Date('2026-11-20T14:00:00Z'), deadlineAt: null, deadlineEvent: null,
  createdAt: new Date('2026-11-20T08:00:00Z'), version: 3, rowVersion: '700', there: null,
};
const reader: RowReader = { id: 'me', mayTake: true, now };

/** A desk with these rules, which counts the rows it made. */
function desk() {
  const view = new View();
  const made = jest.spyOn(view, 'html');
  const book = { routing: [{ name: 'Business customer', when: { tier: ['business'] }, points: 10, queue: null, secondPerson: false }] };
  // Read anew for each page, as it is every second.
  const rows = new RowHtml(view, { recent: () => ({ routing: [...book.routing] }) as unknown as Rulebook } as RulebookService);
  return { of: (row: QueueRow, reader: RowReader): string => rows.of([row], reader, true)[0] ?? '', rows, made, book };
}

it('makes a row once for everybody who is shown the same', () => {
  const { of, made } = desk();
  const first = of(row, reader);
  expect(first).toContain('UB-7K3Q-92X4');
  expect([of({ ...row }, { ...reader, id: 'another', now: new Date(now.getTime() + 9_000) }), made.mock.calls.length]).toEqual([first, 1]);
});

it.each<[string, Partial<QueueRow>, Partial<RowReader>, string]>([
  ['the ticket has changed', { rowVersion: '701', repeats: 2 }, {}, 'Block no. 3'],
  ['somebody came to it', { there: [{ id: 'x', name: 'Milan', doing: 'typing' }] }, {}, 'Milan is writing'],
  ['its reader may not take', {}, { mayTake: false }, '<td role="cell" class="by"><span class="muted">'],
  ['a minute went by', {}, { now: new Date(now.getTime() + 60_000) }, '1 h 59 m left'],
])('makes it anew when %s', (_, more, other, shown) => {
  const { of } = desk();
  expect(of(row, reader)).not.toContain(shown);
  expect(of({ ...row, ...more }, { ...reader, ...other })).toContain(shown);
});

it('shows each reader which is theirs, under the name that it has now', () => {
  const { of } = desk();
  const taken = { ...row, takenBy: 'me', takenByName: 'Anna Keller' };
  expect([of(taken, reader), of(taken, { ...reader, id: 'another' }), of({ ...taken, takenByName: 'Anna Winter' }, reader)].map((html) => [html.includes('(you)'), html.includes('Anna Keller')]))
    .toEqual([[true, true], [false, true], [true, false]]);
});

it('writes the times of the reader’s own zone', () => {
  const { of } = desk();
  const waits: QueueRow = { ...row, state: 'on_hold', dueAt: null, deadlineAt: new Date('2026-11-21T10:00:00Z'), deadlineEvent: 'woken' };
  expect(['UTC', 'Europe/Berlin'].map((zone) => /until <time[^>]*>([^<]+)/.exec(of(waits, { ...reader, zone }))?.[1])).toEqual(['21 Nov, 10:00', '21 Nov, 11:00']);
});

it('explains by the rules as they are now', () => {
  const { of, book } = desk();
  expect(of(row, reader)).toContain('Business customer (10)');
  book.routing[0]!.name = 'Any business';
  expect(of(row, reader)).toContain('Any business (10)');
});

it('puts what it has and what it makes into the order that was asked for, and keeps nothing of a search', () => {
  const { rows, made } = desk();
  const three = ['1', '2', '3'].map((n) => ({ ...row, id: n, ref: `UB-0000-000${n}` }));
  const refs = (html: string[]): (string | undefined)[] => html.map((one) => /data-ref="([^"]+)"/.exec(one)?.[1]);
  rows.of([three[1]!], reader, true);
  expect(refs(rows.of(three, reader, true))).toEqual(['UB-0000-0001', 'UB-0000-0002', 'UB-0000-0003']);
  expect([refs(rows.of(three.toReversed(), reader, true)), made.mock.calls.length]).toEqual([['UB-0000-0003', 'UB-0000-0002', 'UB-0000-0001'], 2]);
  rows.of(three, reader, false);
  rows.of(three, reader, false);
  expect(made.mock.calls.length).toBe(4);
  expect(rows.of([], reader, true)).toEqual([]);
});
