/** What a spreadsheet would take for a formula: such a cell is text, and begins with an apostrophe (attack T37). */
const FORMULA = /^[=+\-@\t\r\n\u0000＝＋－＠]/;

/** One cell as RFC 4180 has it, always in quotes. */
export function cell(value: string | number | null): string {
  const text = value === null ? '' : String(value);
  const safe = typeof value === 'string' && FORMULA.test(text) ? `'${text}` : text;
  return `"${safe.replaceAll('"', '""')}"`;
}

/** A table as CSV: a head, then the rows, each with the end that RFC 4180 asks for. */
export function csv(head: string[], rows: (string | number | null)[][]): string {
  return [head, ...rows].map((row) => `${row.map(cell).join(',')}\r\n`).join('');
}
