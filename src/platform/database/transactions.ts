import { Injectable } from '@nestjs/common';
import { DataSource, type EntityManager } from 'typeorm';

/** What a caller keeps in the transaction of the work, last of all: the answer to a request that may be sent again. */
export type AlsoKept<T> = (tx: EntityManager, made: T) => Promise<void>;

/** Opens transactions. The manager is handed on as the first argument: there is no hidden context. No network inside. */
@Injectable()
export class Transactions {
  private readonly listeners: ((tx: EntityManager) => void)[] = [];

  constructor(private readonly source: DataSource) {}

  /** @param also is kept with what `work` made, and both or neither are committed */
  async run<T>(work: (tx: EntityManager) => Promise<T>, also?: AlsoKept<T>): Promise<T> {
    let manager: EntityManager | undefined;
    const result = await this.source.transaction(async (tx) => {
      const made = await work((manager = tx));
      await also?.(tx, made);
      return made;
    });
    if (manager) {
      const committed = manager;
      this.listeners.forEach((tell) => tell(committed));
    }
    return result;
  }

  /** `tell` is called after every commit of this process, with its manager: it must be cheap and must not throw. */
  afterCommit(tell: (tx: EntityManager) => void): void {
    this.listeners.push(tell);
  }
}
