import { Injectable } from '@nestjs/common';
import { DataSource, type EntityManager } from 'typeorm';

/** Opens transactions. The manager is handed on as the first argument: there is no hidden context. No network inside. */
@Injectable()
export class Transactions {
  constructor(private readonly source: DataSource) {}

  run<T>(work: (tx: EntityManager) => Promise<T>): Promise<T> {
    return this.source.transaction(work);
  }
}
