import { parseArgs } from 'node:util';
import type { DataSource } from 'typeorm';
import type { CommandIo } from './analyse.command';
import { replay, type Replayed } from './replay';

/** What a person's outcome says of the filter, as far as an assessment can agree with it. */
const AGREES: Record<string, string> = { lift: 'likely_false_positive', uphold: 'likely_abuse', require_fixes: 'likely_abuse' };

/**
 * `cli replay [--since T] [--json]`: what today's rules would have said of the tickets of then, beside what people decided.
 * @returns 0, or 2 for a wrong call
 */
export async function replayCommand(args: string[], io: CommandIo, source: DataSource): Promise<number> {
  const options = read(args);
  if (typeof options === 'string') {
    io.stderr.write(`${options}\nUsage: replay [--since TIME] [--json]\n`);
    return 2;
  }
  const all = { tickets: 0, changed: 0, decided: 0, agreedThen: 0, agreeNow: 0 };
  for await (const each of replay(source, options.since)) {
    count(all, each);
    if (options.json) {
      io.stdout.write(`${JSON.stringify(each)}\n`);
    } else if (hasChanged(each)) {
      io.stdout.write(`${each.ref}  ${each.was.assessment} (${each.was.sum}) -> ${each.now.assessment} (${each.now.sum})  decided: ${each.decided ?? 'not yet'}${change('+', each.gained)}${change('-', each.lost)}\n`);
    }
  }
  const { tickets, changed, decided, agreedThen, agreeNow } = all;
  io.stdout.write(options.json ? `${JSON.stringify({ total: all })}\n` : `${tickets} tickets, ${changed} would read otherwise now. Of ${decided} decided, the reading agreed with ${agreedThen} then and with ${agreeNow} now.\n`);
  return 0;
}

function read(args: string[]): { since: Date; json: boolean } | string {
  try {
    const { values } = parseArgs({ args, options: { since: { type: 'string' }, json: { type: 'boolean' } } });
    const since = new Date(values.since ?? 0);
    return Number.isNaN(since.getTime()) ? '--since must be a time, such as 2026-11-20T00:00:00Z' : { since, json: values.json === true };
  } catch (error) {
    return (error as Error).message;
  }
}

const hasChanged = (each: Replayed): boolean => each.was.assessment !== each.now.assessment || each.gained.length > 0 || each.lost.length > 0;
const change = (sign: string, codes: string[]): string => codes.map((code) => ` ${sign}${code}`).join('');

function count(all: { tickets: number; changed: number; decided: number; agreedThen: number; agreeNow: number }, each: Replayed): void {
  const expected = each.decided === null ? undefined : AGREES[each.decided];
  all.tickets += 1;
  all.changed += hasChanged(each) ? 1 : 0;
  all.decided += expected === undefined ? 0 : 1;
  all.agreedThen += expected !== undefined && each.was.assessment === expected ? 1 : 0;
  all.agreeNow += expected !== undefined && each.now.assessment === expected ? 1 : 0;
}
