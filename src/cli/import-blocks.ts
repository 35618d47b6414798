import { createReadStream } from 'node:fs';
import { createInterface } from 'node:readline';
import type { DataSource } from 'typeorm';
import { z } from 'zod';
import { account, block } from '../evidence/wire.schema';
import { BlockService } from '../noc/block.service';
import { HistoryService } from '../noc/history.service';
import { withDatabase } from './database';
import { options } from './options';

interface Io { stdin: NodeJS.ReadableStream; stdout: NodeJS.WritableStream; stderr: NodeJS.WritableStream }

/** Lines that are written in one transaction. */
const BATCH = 200;
const LONGEST_LINE = 4 * 1024 * 1024;
const line = z.strictObject({
  event: z.enum(['blocked', 'unblocked'], { error: 'must be blocked or unblocked' }).default('blocked'),
  block,
  endedAt: block.shape.blockedAt.optional(),
  account: account.pick({ id: true }).extend({ email: account.shape.email.optional(), name: account.shape.name }).optional(),
}).refine(({ event, endedAt }) => endedAt === undefined || event === 'unblocked', { path: ['endedAt'], message: 'is for "unblocked" only' });
export type HistoryLine = z.output<typeof line>;

/**
 * `import-blocks FILE|- [--skip-bad]`: reads lines as the block events are, `{ "event", "block", "endedAt"?, "account"? }`. A line that is
 * there already changes nothing. A bad line is named by number and field, and ends the import, or is left out with --skip-bad.
 * @returns 0 all was taken, 1 a line was bad, 2 a wrong call
 */
export async function importBlocksCommand(args: string[], io: Io): Promise<number> {
  const { values, rest } = options(args, ['skip-bad']);
  const [file] = rest;
  if (!file || rest.length > 1 || Object.keys(values).some((name) => name !== 'skip-bad')) {
    io.stderr.write('Usage: import-blocks FILE|- [--skip-bad]\n');
    return 2;
  }
  const input = file === '-' ? io.stdin : createReadStream(file);
  return withDatabase((source) => read(source, input, io, values['skip-bad'] !== undefined));
}

async function read(source: DataSource, input: NodeJS.ReadableStream, io: Io, skips: boolean): Promise<number> {
  const history = new HistoryService(source, new BlockService(source));
  const total = { lines: 0, made: 0, known: 0, bad: 0 };
  let batch: HistoryLine[] = [];
  const flush = async (): Promise<void> => {
    const made = await history.write(batch);
    total.made += made;
    total.known += batch.length - made;
    batch = [];
  };
  for await (const text of createInterface({ input, crlfDelay: Infinity })) {
    total.lines++;
    const wrong = text.trim() === '' ? null : take(text, batch);
    if (wrong !== null) {
      total.bad++;
      io.stderr.write(`line ${total.lines}: ${wrong}\n`);
      if (!skips) {
        break;
      }
    }
    if (batch.length >= BATCH) {
      await flush();
    }
  }
  await flush();
  io.stdout.write(`${total.lines} lines: ${total.made} episodes new, ${total.known} known already${total.bad > 0 ? `, ${total.bad} bad${skips ? ' and left out' : ': stopped there'}` : ''}.\n`);
  return total.bad > 0 ? 1 : 0;
}

/** What is wrong with the line, by its fields; null when it was taken. */
function take(text: string, into: HistoryLine[]): string | null {
  if (text.length > LONGEST_LINE) {
    return `is longer than ${LONGEST_LINE / 1024 / 1024} MB`;
  }
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return 'is no JSON';
  }
  const found = line.safeParse(value);
  if (!found.success) {
    return found.error.issues.slice(0, 3).map((issue) => `${issue.path.join('.') || 'the line'}: ${issue.message}`).join('; ');
  }
  into.push(found.data);
  return null;
}
