import { generateKeyPairSync } from 'node:crypto';
import { appendFileSync, existsSync, mkdirSync, readFileSync, renameSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { seed } from './seed';
import type { Answer, FilterException, LedgerEntry, Seed } from './types';

const SOON_MS = 50;

/** What the simulator remembers across restarts. `dkim`: PEM private key and base64 public key, made at the first start. */
export interface World extends Seed {
  startedAt: string;
  dkim: { privateKey: string; publicKey: string };
  exceptions: FilterException[];
}

/** A ledger line with the answer that a repetition of its key gets again. */
export interface Recorded extends LedgerEntry {
  answer: Answer | null;
}

/**
 * The files of the simulator: `world.json`, replaced as a whole, and `ledger.jsonl`, only ever appended to and written before the world.
 * So a kill at any moment loses no lift: what the ledger calls done and the world does not is done again at the next start.
 */
export class Store {
  readonly ledger: Recorded[];
  world: World;
  private soon: NodeJS.Timeout | undefined;

  constructor(private readonly folder: string) {
    mkdirSync(folder, { recursive: true });
    const file = this.file('world.json');
    this.ledger = this.readLedger();
    this.world = existsSync(file) ? (JSON.parse(readFileSync(file, 'utf8')) as World) : fresh();
    this.save();
  }

  save(): void {
    clearTimeout(this.soon);
    this.soon = undefined;
    const file = this.file('world.json');
    writeFileSync(`${file}.new`, JSON.stringify(this.world));
    renameSync(`${file}.new`, file);
  }

  /** Saves in a moment, many changes at once: for what the ledger can restore. */
  saveSoon(): void {
    this.soon ??= setTimeout(() => this.save(), SOON_MS);
  }

  record(entry: Recorded): void {
    appendFileSync(this.file('ledger.jsonl'), `${JSON.stringify(entry)}\n`);
    this.ledger.push(entry);
  }

  /** Starts over. The old ledger is kept beside the new one. */
  reset(): void {
    if (existsSync(this.file('ledger.jsonl'))) {
      renameSync(this.file('ledger.jsonl'), this.file(`ledger-until-${Date.now()}.jsonl`));
    }
    this.ledger.length = 0;
    this.world = fresh(this.world.dkim);
    this.save();
  }

  private readLedger(): Recorded[] {
    const file = this.file('ledger.jsonl');
    if (!existsSync(file)) {
      return [];
    }
    const text = readFileSync(file);
    const whole = text.subarray(0, text.lastIndexOf('\n') + 1);
    if (whole.length < text.length) {
      truncateSync(file, whole.length);   // a line cut by a kill was never answered
    }
    return whole.toString().split('\n').filter(Boolean).map((line) => JSON.parse(line) as Recorded);
  }

  private file(name: string): string {
    return join(this.folder, name);
  }
}

function fresh(dkim = newKey()): World {
  const now = new Date();
  return { startedAt: now.toISOString(), dkim, exceptions: [], ...seed(now, dkim.publicKey) };
}

function newKey(): World['dkim'] {
  const { privateKey, publicKey } = generateKeyPairSync('rsa', {
    modulusLength: 2048, publicKeyEncoding: { type: 'spki', format: 'der' }, privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
  });
  return { privateKey, publicKey: publicKey.toString('base64') };
}
