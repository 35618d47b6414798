import { Injectable } from '@nestjs/common';
import { DataSource, type EntityManager } from 'typeorm';

/** Opens transactions. The manager is handed on as the first argument: there is no hidden context. No network inside. */
@Injectable()
export class Transactions {
  private readonly listeners: ((tx: EntityManager) => void)[] = [];

  constructor(private readonly source: DataSource) {}

  /** For a single statement, which is a transaction by itself. */
  get outside(): EntityManager {
    return this.source.manager;
  }

  async run<T>(work: (tx: EntityManager) => Promise<T>): Promise<T> {
    let manager: EntityManager | undefined;
    const result = await this.source.transaction((tx) => work((manager = tx)));
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
