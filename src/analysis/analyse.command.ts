import { readFile } from 'node:fs/promises';
import { parseArgs } from 'node:util';
import { z } from 'zod';
import { analyse } from '../core/rules/analyse';
import { ip, kind, time } from '../evidence/wire.schema';
import { loadReadingConfig } from '../platform/config/config';
import { facts as factsSchema, type GivenFacts } from './analysis.schema';
import { asText } from './analysis.text';
import { DnsClient } from './dns.client';
import { GatherService } from './gather.service';
import { factsOf, hintsOf, messageOf, operatorFacts, type AnalysisInput } from './input';
import { prove } from './prove';

/** Where a command reads and writes. */
export interface CommandIo {
  stdin: NodeJS.ReadableStream;
  /** `hasColors` is that of a terminal: Node asks NO_COLOR, FORCE_COLOR and TERM there */
  stdout: NodeJS.WritableStream & { isTTY?: boolean; hasColors?: () => boolean };
  stderr: NodeJS.WritableStream;
}

const USAGE = `analyse FILE|-  reads a mail, or only its headers, and says what can be known of it.

  --ip ADDRESS       the address that was blocked
  --blocked-at TIME  when, such as 2026-11-20T08:41:07Z
  --kind spam|hack   default spam
  --facts FILE       facts as JSON (block record, DNS, trusted hosts): then nothing is looked up
  --json             the analysis as JSON, as the API gives it
`;
const SIZE = 25 * 1024 * 1024;
const options = z.object({ ip: ip.optional(), kind: kind.optional(), 'blocked-at': time.optional() });
class Usage extends Error {}

/**
 * `cli analyse`: needs no database and no account.
 * @returns 0; 1 when the input could not be read or holds no header; 2 for a wrong call
 */
export async function analyseCommand(args: string[], io: CommandIo): Promise<number> {
  try {
    const { input, json } = await inputOf(args, io);
    const { config, message, facts } = prepare(input);
    if (message.supplied === 'none' && facts.claim.kind !== 'hack') {
      io.stderr.write(`${message.steps.join(' ')} Give a mail as it was received (.eml), or its headers.\n`);
      return 1;
    }
    const gathered = input.facts ? { ...facts, proofs: facts.proofs ?? (await prove(message, facts)) } : await new GatherService(new DnsClient(config)).gather(message, facts);
    const analysis = analyse(message, gathered);
    io.stdout.write(json ? `${JSON.stringify(analysis, null, 2)}\n` : asText(analysis, message, io.stdout.isTTY === true && (io.stdout.hasColors?.() ?? true)));
    return 0;
  } catch (error) {
    io.stderr.write(`${(error as Error).message}\n${error instanceof Usage ? `\n${USAGE}` : ''}`);
    return error instanceof Usage ? 2 : 1;
  }
}

function prepare(input: AnalysisInput) {
  const config = loadReadingConfig();
  const message = messageOf(input, hintsOf(input.facts?.block?.detections, input.ip ?? input.facts?.claim?.ip));
  return { config, message, facts: factsOf(input, message, new Date(), operatorFacts(config)) };
}

async function inputOf(args: string[], io: CommandIo): Promise<{ input: AnalysisInput; json: boolean }> {
  const { values, positionals } = read(args);
  const given = options.safeParse(values);
  if (!given.success) {
    throw new Usage(given.error.issues.map((issue) => `--${issue.path.join('.')} ${issue.message}`).join('\n'));
  }
  const [file] = positionals;
  if (file === undefined || positionals.length > 1) {
    throw new Usage(file === undefined ? 'Name a file, or - for standard input.' : 'One file at a time.');
  }
  const bytes = file === '-' ? await drain(io.stdin) : await readFile(file).catch(() => { throw new Error(`${file} cannot be read.`); });
  if (bytes.length > SIZE) {
    throw new Error(`${file} is larger than 25 MB.`);
  }
  const facts = values.facts === undefined ? undefined : await factsFrom(values.facts);
  return { input: { message: bytes, ip: given.data.ip, kind: given.data.kind, blockedAt: given.data['blocked-at'], ...(facts ? { facts } : {}) }, json: values.json === true };
}

function read(args: string[]) {
  try {
    const text = { type: 'string' } as const;
    return parseArgs({ args, allowPositionals: true, options: { ip: text, kind: text, 'blocked-at': text, facts: text, json: { type: 'boolean' } } });
  } catch (error) {
    throw new Usage((error as Error).message);
  }
}

async function factsFrom(file: string): Promise<GivenFacts> {
  const text = await readFile(file, 'utf8').catch(() => { throw new Error(`${file} cannot be read.`); });
  let given: unknown;
  try {
    given = JSON.parse(text);
  } catch (error) {
    throw new Error(`${file} is not JSON: ${(error as Error).message}`);
  }
  const parsed = factsSchema.safeParse(given);
  if (!parsed.success) {
    throw new Error(parsed.error.issues.map((issue) => `${file}: ${issue.path.join('.')}: ${issue.message}`).join('\n'));
  }
  return parsed.data;
}

async function drain(stream: NodeJS.ReadableStream): Promise<Buffer> {
  const parts: Buffer[] = [];
  for await (const part of stream) {
    parts.push(Buffer.from(part as Uint8Array));
  }
  return Buffer.concat(parts);
}
