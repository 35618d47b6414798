import type { DataSource } from 'typeorm';
import { INVARIANTS } from './invariants';

/** So many rows of one invariant are named; how many there are is always said. */
const SHOWN = 20;

/** `invariants`: works out every invariant and names what breaks it. @returns 1 when one does not hold */
export async function invariantsCommand(source: DataSource, { stdout }: { stdout: NodeJS.WritableStream }): Promise<number> {
  let broken = 0;
  for (const { name, says, offenders } of INVARIANTS) {
    const rows = (await source.query(`select row, what, (count(*) over ())::int as n from (${offenders}) o limit ${SHOWN}`)) as { row: string; what: string; n: number }[];
    const n = rows[0]?.n ?? 0;
    stdout.write(`${n === 0 ? 'holds ' : 'BROKEN'}  ${name}  ${says}${n === 0 ? '' : `: ${n}`}\n`);
    rows.forEach(({ row, what }) => stdout.write(`          ${row}  ${what}\n`));
    if (n > rows.length) {
      stdout.write(`          and ${n - rows.length} more\n`);
    }
    broken += Number(n > 0);
  }
  return broken === 0 ? 0 : 1;
}
