import { existsSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

export interface Mark {
  seq: string;
  at: string;
}

/** The number that this machine has seen, in DATA_DIR: one file for each desk, so that several may share a folder. */
export class WatermarkFile {
  private readonly file: string;

  constructor(dir: string, epoch: string) {
    this.file = join(dir, `watermark-${epoch}.json`);
    this.usable = existsSync(dir);
  }

  /** DATA_DIR is there: whoever wants a restore to be noticed makes it, and keeps it over restarts. */
  readonly usable: boolean;

  /** Null when there is none, or none that can be read. */
  read(): Mark | null {
    try {
      const mark = JSON.parse(readFileSync(this.file, 'utf8')) as Partial<Mark>;
      return typeof mark.seq === 'string' && /^\d+$/.test(mark.seq) && typeof mark.at === 'string' ? { seq: mark.seq, at: mark.at } : null;
    } catch {
      return null;
    }
  }

  write(mark: Mark): void {
    if (this.usable) {
      writeFileSync(`${this.file}.new`, JSON.stringify(mark), { mode: 0o600 });
      renameSync(`${this.file}.new`, this.file);
    }
  }
}
