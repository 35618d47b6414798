import { splitFields } from './split-fields';
import { LIMITS, type Limit } from './limits';

test('keeps order, duplicates, folding, line numbers and what was written', () => {
  const fields = splitFields('From x Fri Nov 20\r\nReceived: one;\r\n\tmore\r\nSUBJECT : a\r\nSubject:b \r\n\r\nNot: this\r\n');
  expect(fields).toEqual([
    { name: 'Received', key: 'received', value: 'one;\tmore', raw: 'Received: one;\r\n\tmore', line: 2, lines: 2 },
    { name: 'SUBJECT', key: 'subject', value: 'a', raw: 'SUBJECT : a', line: 4, lines: 1 },
    { name: 'Subject', key: 'subject', value: 'b', raw: 'Subject:b ', line: 5, lines: 1 },
  ]);
});

test.each([['\n'], ['\r\n'], ['\r']])('ends lines at %j', (end) => {
  expect(splitFields(['A: 1', 'B: 2', ' 3', '', 'C: 4'].join(end)).map((field) => [field.key, field.value])).toEqual([
    ['a', '1'],
    ['b', '2 3'],
  ]);
});

test('passes over what is no field', () => {
  expect(splitFields('garbage\nhttp//x\n<p>A: 1\nB: 2\n').map((field) => field.name)).toEqual(['B']);
});

test('stops at its limits and says so', () => {
  const reached = new Set<Limit>();
  expect(splitFields('X-A: 1\n'.repeat(3_000), reached)).toHaveLength(LIMITS.fields);
  expect([...reached]).toEqual(['fields']);
  reached.clear();
  const [long] = splitFields(`Subject: ${'x'.repeat(500_000)}\n`, reached);
  expect(long?.cut).toBe(true);
  expect(long?.value.length).toBeLessThan(LIMITS.line);
  expect([...reached].sort()).toEqual(['headers', 'line']);
});

test('marks the field that the end of the block cut', () => {
  const fields = splitFields(`A: 1\n${`X: ${'y'.repeat(996)}\n`.repeat(263)}`);
  expect(fields.at(-1)?.cut).toBe(true);
  expect(fields[0]?.cut).toBeUndefined();
});
