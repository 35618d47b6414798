import { Injectable, Logger, type BeforeApplicationShutdown } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { follow, fromNow, type Followed, type Happened } from './audit-tail';

export type Change = Happened & { ref: string };
type Listener = (changes: Change[]) => void;

const EVERY_MS = 300;

/**
 * Tells this process what happens to tickets, whichever process did it: one look into the audit three times a second, for all who listen
 * together, and none while nobody does. Nothing is lost to late commits; what happens while the database is away is told afterwards.
 */
@Injectable()
export class ChangesService implements BeforeApplicationShutdown {
  private readonly log = new Logger('Changes');
  private readonly listeners = new Set<Listener>();
  private timer: NodeJS.Timeout | undefined;
  private followed: Followed | null = null;
  private stopped = false;

  constructor(private readonly source: DataSource) {}

  /** `tell` hears of changes from now on, in the order of the audit, at least once. @returns how to stop */
  listen(tell: Listener): () => void {
    this.listeners.add(tell);
    if (this.listeners.size === 1 && !this.timer) {
      this.followed = null;
      this.again(0);
    }
    return () => void this.listeners.delete(tell);
  }

  beforeApplicationShutdown(): void {
    this.stopped = true;
    clearTimeout(this.timer);
  }

  private async look(): Promise<void> {
    if (!this.followed) {
      this.followed = await fromNow(this.source.manager);
      return;
    }
    const { happened, followed } = await follow(this.source.manager, this.followed, Date.now());
    this.followed = followed;
    if (happened.length > 0) {
      const rows = (await this.source.query('select id, ref from ticket where id = any($1)', [[...new Set(happened.map((row) => row.ticketId))]])) as { id: string; ref: string }[];
      const refs = new Map(rows.map((row) => [row.id, row.ref]));
      const changes = happened.flatMap((row) => (refs.has(row.ticketId) ? [{ ...row, ref: refs.get(row.ticketId) ?? '' }] : []));
      this.listeners.forEach((tell) => tell(changes));
    }
  }

  private again(inMs: number): void {
    this.timer = setTimeout(() => {
      void this.look()
        .catch((error: Error) => this.log.warn(`Changes are told later: ${error.message}`))
        .finally(() => {
          this.timer = undefined;
          if (!this.stopped && this.listeners.size > 0) {
            this.again(EVERY_MS);
          }
        });
    }, inMs);
    this.timer.unref();
  }
}
