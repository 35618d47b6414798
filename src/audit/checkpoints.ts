import { createHmac, hkdfSync, timingSafeEqual } from 'node:crypto';
import { existsSync } from 'node:fs';
import { appendFile, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Checkpoint } from './chain';

/**
 * The newest seal of each hour, written down outside of the database and signed: whoever may write to the database can make a chain that holds in
 * itself, with its end cut off, but not these. One JSON object a line, to be copied away as logs are.
 */
export class Checkpoints {
  private readonly key: Buffer;
  readonly file: string;

  constructor(
    private readonly dir: string,
    epoch: string,
    secret: string,
  ) {
    this.file = join(dir, `audit-checkpoints-${epoch}.jsonl`);
    this.key = Buffer.from(hkdfSync('sha256', secret, '', 'audit checkpoints', 32));
  }

  /** @returns the line as it stands in the file; without a DATA_DIR it is only returned, for the log */
  async note(checkpoint: Checkpoint, at: Date): Promise<string> {
    const line = JSON.stringify({ at: at.toISOString(), ...checkpoint, signature: this.sign(checkpoint) });
    if (existsSync(this.dir)) {
      await appendFile(this.file, `${line}\n`, { mode: 0o600 });
    }
    return line;
  }

  /**
   * Checkpoints of a file: this desk's own, or a copy of it.
   * @returns also how many lines were not signed with this desk's key, or cannot be read
   */
  async read(file = this.file): Promise<{ known: Checkpoint[]; strange: number }> {
    const lines = (await readFile(file, 'utf8')).split('\n').filter((line) => line.trim() !== '');
    const known = lines.flatMap((line) => this.checked(line) ?? []);
    return { known, strange: lines.length - known.length };
  }

  private checked(line: string): Checkpoint | null {
    try {
      const { seal, lastId, hash, signature } = JSON.parse(line) as Record<string, unknown>;
      const checkpoint = { seal: String(seal), lastId: String(lastId), hash: String(hash) };
      const [given, right] = [Buffer.from(String(signature)), Buffer.from(this.sign(checkpoint))];
      return given.length === right.length && timingSafeEqual(given, right) && /^\d+$/.test(checkpoint.seal) ? checkpoint : null;
    } catch {
      return null;
    }
  }

  private sign({ seal, lastId, hash }: Checkpoint): string {
    return createHmac('sha256', this.key).update(`${seal}\n${lastId}\n${hash}`).digest('base64url');
  }
}
