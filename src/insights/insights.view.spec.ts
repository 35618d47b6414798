import { cell, csv } from './csv';
import type { Insights } from './insights.query';
import { behindQuery, insightsQuery } from './insights.schema';
import { behindView, blockCsv, insightsView } from './insights.view';

const now = new Date('2026-11-20T12:00:00Z');
const nothing: Insights = {
  lines: { rules: [], mistakes: [], outcomes: [], 'blocked-again': [], open: [], fixes: [], 'second-reviews': [] },
  time: { days: [], median: null, p90: null, promise: null }, customersShare: null, oldest: null, adjustments: [], watchHours: 72,
};
const some = (more: Partial<Insights['lines']> = {}, rest: Partial<Insights> = {}): Insights => ({ ...nothing, ...rest, lines: { ...nothing.lines, ...more } });
const view = (found: Insights, address: Record<string, string> = {}, zone = 'UTC') => insightsView(insightsQuery.parse(address), found, zone, now);
const overturned = (row: string, hits: number, all: number) => ({ row, all, marks: { overturned: hits } });

describe('a cell of CSV', () => {
  it.each([
    ['=1+1', `"'=1+1"`], ['+49 30', `"'+49 30"`], ['-2', `"'-2"`], ['@SUM(A1)', `"'@SUM(A1)"`], ['\t=1', `"'\t=1"`], ['\r=1', `"'\r=1"`], ['\n=1', `"'\n=1"`], ['\u0000=1', `"'\u0000=1"`],
    ['＝1', `"'＝1"`], ['=HYPERLINK("http://x","y")', `"'=HYPERLINK(""http://x"",""y"")"`], ['plain, "quoted"', '"plain, ""quoted"""'], ['', '""'],
  ])('%j cannot be taken for a formula', (text, written) => expect(cell(text)).toBe(written));

  it('keeps numbers numbers', () => expect([cell(0.5), cell(-3), cell(null)]).toEqual(['"0.5"', '"-3"', '""']));
  it('ends each line as RFC 4180 asks', () => expect(csv(['a'], [[1], ['b']])).toBe('"a"\r\n"1"\r\n"b"\r\n'));
  it('is used for what a filter or a customer named', () => {
    expect(blockCsv('rules', some({ rules: [overturned('=cmd|x', 1, 2)] }))).toContain(`"'=cmd|x"`);
    const adjustment = { id: 'a', ref: 'UB-7K3Q-92X4', rule: 'R', sender: '+a@shop.example', change: 'report', scope: 'sender', expiresAt: null, state: 'proposed' as const, answer: '@now', createdAt: now };
    expect(blockCsv('filter-adjustments', some({}, { adjustments: [adjustment] }))).toContain(`"R","'+a@shop.example","report","sender","","proposed","'@now","2026-11-20T12:00:00.000Z"`);
  });
});

describe('the filter rules', () => {
  const { rules } = view(some({ rules: [overturned('ONCE', 1, 1), overturned('NEVER', 0, 22), overturned('SURELY', 31, 58), overturned('FEW', 5, 12)] }), { queue: 'spam' });

  it('stand in the order of what is sure, not of what is high', () => expect(rules.rows.map((row) => row.label)).toEqual(['SURELY', 'ONCE', 'FEW', 'NEVER']));
  it('are coloured by the low end', () => expect(rules.rows.map((row) => row.tone)).toEqual(['bad', 'warn', 'warn', 'unknown']));
  it('show the share, its range and its counts, each with its tickets', () => {
    expect(rules.rows[0]).toMatchObject({
      bars: [{ width: '100%' }, { width: '53.4%' }], whisker: { from: '40.8%', to: '65.7%' },
      cells: [
        { text: '53\u00a0%', href: '/desk/insights/tickets?block=rules&row=SURELY&mark=overturned&days=30&queue=spam' },
        { text: '31 of 58', href: '/desk/insights/tickets?block=rules&row=SURELY&days=30&queue=spam' },
      ],
    });
    expect(rules.rows[3]?.cells[0]).toMatchObject({ text: '0\u00a0%', href: null });
  });
  it('are cut, and say so', () => {
    const many = view(some({ rules: Array.from({ length: 15 }, (_, i) => overturned(`R${i}`, i, 20)) })).rules;
    expect([many.rows.length, many.note]).toEqual([12, '3 more in the CSV.']);
  });
});

describe('the tiles', () => {
  const day = { row: '2026-11-20', all: 4, marks: { promised: 4, kept: 3, late: 1 }, median: 3600, p90: 7200 };
  const found = some(
    {
      open: [{ row: 'under_1', all: 3, marks: {} }, { row: 'over_8', all: 2, marks: { overdue: 2 } }], mistakes: [overturned('all', 1, 4)], 'second-reviews': [{ row: 'all', all: 8, marks: { agreed: 7 } }],
      'blocked-again': [{ row: 'mistake', all: 10, marks: { watch: 1 } }, { row: 'believed', all: 10, marks: { day: 1, watch: 2, watched: 3 } }],
    },
    { time: { days: [day], median: 3600, p90: 7200, promise: 14_400 }, oldest: 31_260, customersShare: 0.61 },
  );
  it('say what is, of how many', () => {
    expect(view(found).tiles.map(({ title, figure, note, alarm }) => [title, figure, note, alarm?.text ?? null])).toEqual([
      ['Open', '5', 'oldest 8 h 41 m', '2 overdue'], ['Time to decision', '1 h', 'median; 9 of 10 within 2 h', null], ['Promise kept', '75\u00a0%', '3 of 4 tickets', null],
      ['Overturned', '25\u00a0%', '1 of 4 claims of mistake', null], ['Blocked again', '15.0\u00a0%', '3 of 20 lifts, within 72 h', null], ['Two people agree', '88\u00a0%', '7 of 8 second reviews', null],
    ]);
  });
  it('lead to their tickets', () => {
    expect(view(found, { queue: 'hack' }).tiles.map((tile) => tile.href).every((href) => href?.includes('hack'))).toBe(true);
    expect(view(found).tiles[0]).toMatchObject({ href: '/desk?queue=all-open', alarm: { href: '/desk?queue=overdue' } });
  });
  it('say when lifts are still watched', () => expect(view(found).charts[1]?.note).toBe('3 lifts are still watched, so the rates may yet rise.'));
});

describe('a desk without a past', () => {
  const empty = view(nothing);
  it('shows no figure that nobody counted', () => {
    expect(empty.tiles.map((tile) => tile.figure)).toEqual(['0', '–', '–', '–', '–', '–']);
    expect(empty.tiles.slice(1).map((tile) => tile.href)).toEqual([null, null, null, null, null]);
  });
  it('says in every block what its emptiness means', () => {
    expect([empty.rules, ...empty.charts].map((chart) => [chart.rows.length, chart.empty.length > 20])).toEqual(Array(5).fill([0, true]));
    expect(empty.time.plot).toBeNull();
  });
});

describe('the time to decision', () => {
  const day = (row: string, kept: number, p90: number) => ({ row, all: 10, marks: { promised: 10, kept, late: 10 - kept }, median: p90 / 2, p90 });
  const plot = (address: Record<string, string>, zone: string, days = [day('2026-11-18', 9, 12_000), day('2026-11-19', 8, 20_000), day('2026-11-20', 7, 21_600)]) =>
    view(some({}, { time: { days, median: 7000, p90: 21_000, promise: 14_400 }, customersShare: 0.61 }), address, zone).time.plot;

  it('stands against the promise, and names the days that went past it', () => {
    expect(plot({ days: '7' }, 'UTC')).toMatchObject({
      promise: { text: 'promise 4 h', y: '38%' }, grid: [{ text: '0', y: '94%' }, { text: '2 h' }, { text: '4 h', line: false }, { text: '6 h', y: '10%' }],
      bars: [{ tone: 'ok', over: null }, { tone: 'bad', over: '14.2%' }, { tone: 'bad', over: null, top: '10%', height: '42%' }],
      late: [{ text: '19 Nov' }, { text: '20 Nov', href: '/desk/insights/tickets?block=time&row=2026-11-20&mark=late&days=7' }], share: { customer: '61\u00a0%', ours: '39\u00a0%' },
    });
  });
  it('names the month where another begins', () => {
    const texts = view(some({}, { time: { days: [day('2026-11-18', 9, 12_000)], median: 1, p90: 1, promise: null } }), { days: '30' }).time.plot?.days.map((each) => each.text);
    expect(texts).toEqual(['23 Oct', '27', '31', '4 Nov', '8', '12', '16', '20']);
  });
  it('counts the days of the reader', () => {
    expect(plot({ days: '7' }, 'UTC')?.label).toContain('13 Nov to 20 Nov');
    expect(plot({ days: '7' }, 'Pacific/Auckland')?.label).toContain('14 Nov to 21 Nov');
  });
  it('fits into its box whatever was counted', () => {
    const far = plot({ days: '90' }, 'UTC', [day('2026-11-19', 9, -50_000), day('2026-11-20', 0, 9_000_000)])!;
    const figures = [...far.bars.flatMap((bar) => [bar.x, bar.top, bar.median, `${parseFloat(bar.top) + parseFloat(bar.height)}`]), ...far.grid.map((line) => line.y)].map(parseFloat);
    expect(Math.min(...figures)).toBeGreaterThanOrEqual(9);
    expect(Math.max(...figures)).toBeLessThan(100);
  });
});

describe('the tickets behind a figure', () => {
  it.each<[Record<string, string>, string]>([
    [{ block: 'blocked-again', row: 'believed', mark: 'day' }, 'Lifts: Lifted, fixes believed: blocked again within 24 h'], [{ block: 'open', mark: 'overdue' }, 'Open now: overdue'],
    [{ block: 'rules', row: 'CT_LURE' }, 'Claims of mistake decided, by filter rule: CT_LURE'],
  ])('%j are called by what they are', (address, title) => expect(behindView(behindQuery.parse(address), [])).toMatchObject({ title }));

  it('are told in the desk’s words', () => {
    const row = { ref: 'UB-7K3Q-92X4', ip: '203.0.113.47', kind: 'spam', claim: 'mistake', who: 'Shop', state: 'in_review' as const, createdAt: new Date() };
    expect(behindView(behindQuery.parse({ block: 'open' }), [row])).toMatchObject({ rows: [{ state: 'In review', href: '/desk/tickets/UB-7K3Q-92X4' }] });
  });

  it.each([[{ block: 'filter-adjustments' }], [{ block: 'open', mark: `a' or 1=1` }], [{ block: 'open', days: '5' }], [{ queue: 'mine', block: 'open' }]])('%j is no figure', (address) => {
    expect(behindQuery.safeParse(address).success).toBe(false);
  });
});
