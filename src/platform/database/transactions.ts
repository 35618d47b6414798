import { Injectable } from '@nestjs/common';
import { DataSource, type EntityManager } from 'typeorm';

/** Opens transactions. The manager is handed on as the first argument: there is no hidden context. No network inside. */
@Injectable()
export class Transactions {
  private readonly listeners: (() => void)[] = [];

  constructor(private readonly source: DataSource) {}

  async run<T>(work: (tx: EntityManager) => Promise<T>): Promise<T> {
    const result = await this.source.transaction(work);
    this.listeners.forEach((tell) => tell());
    return result;
  }

  /** `tell` is called after every commit of this process: it must be cheap and must not throw. */
  afterCommit(tell: () => void): void {
    this.listeners.push(tell);
  }
}
