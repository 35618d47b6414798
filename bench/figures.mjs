// One JSON object a line on standard output, as soon as it is known; one table at the end on standard error.
import { appendFileSync } from 'node:fs';

const told = [];

/** Three significant figures are more than a measurement on a shared machine holds; four keep ratios exact enough. */
const round = (value) => (value === 0 ? 0 : Number(value.toPrecision(4)));

export function median(values) {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = sorted.length / 2;
  return sorted.length % 2 === 1 ? sorted[Math.floor(middle)] : (sorted[middle - 1] + sorted[middle]) / 2;
}

/**
 * Tells one figure: the median of its repetitions with the smallest and the largest.
 * @param values one per repetition; `runs` on it says how many there were when only three of them are given
 * @param bar what the figure is held against, for the table: `{ floor, goal, less }`; `less` says that smaller is better
 */
export function tell(bench, figure, unit, values, bar = null) {
  if (values.length === 0 || values.some((value) => !Number.isFinite(value))) {
    throw new Error(`${figure}: no figure came out (${values.join(', ') || 'nothing was measured'})`);
  }
  const line = { bench, figure, unit, value: round(median(values)), runs: values.runs ?? values.length, min: round(Math.min(...values)), max: round(Math.max(...values)) };
  told.push({ ...line, bar });
  process.stdout.write(`${JSON.stringify(line)}\n`);
  return line;
}

const verdict = ({ value, bar }) => {
  if (!bar) {
    return '';
  }
  const holds = (limit) => (bar.less ? value <= limit : value >= limit);
  const sign = bar.less ? '<=' : '>=';
  const said = [bar.goal !== undefined && holds(bar.goal) && `goal ${sign} ${bar.goal}`, bar.floor !== undefined && holds(bar.floor) && `floor ${sign} ${bar.floor}`].find(Boolean);
  return said ? `meets ${said}` : `MISSES ${bar.floor === undefined ? `goal ${sign} ${bar.goal}` : `floor ${sign} ${bar.floor}`}`;
};

/** Everything that was told, for people. */
export function table(notes) {
  const rows = [['figure', 'median', 'min', 'max', 'unit', 'runs', ''], ...told.map((f) => [f.figure, f.value, f.min, f.max, f.unit, f.runs, verdict(f)].map(String))];
  const widths = rows[0].map((_, i) => Math.max(...rows.map((row) => row[i].length)));
  const text = rows.map((row) => row.map((cell, i) => (i >= 1 && i <= 3 ? cell.padStart(widths[i]) : cell.padEnd(widths[i]))).join('  ').trimEnd());
  text.splice(1, 0, widths.map((width) => '-'.repeat(width)).join('  '));
  process.stderr.write(`\n${text.join('\n')}\n\n${notes.join('\n')}\n`);
}

/** Progress, for whoever waits. */
export const say = (line) => process.stderr.write(`${line}\n`);

/** What stood out and belongs beside the figures. */
export const notes = [];
export const note = (line) => void (notes.includes(line) || notes.push(line));

/** Keeps the lines in a file too, when `--out FILE` asks for it. */
export function keep(file) {
  told.forEach(({ bar: _bar, ...line }) => appendFileSync(file, `${JSON.stringify(line)}\n`));
}
