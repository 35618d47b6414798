import { Module, type DynamicModule } from '@nestjs/common';
import { DiscoveryModule } from '@nestjs/core';
import { TypeOrmModule } from '@nestjs/typeorm';
import type { WorkerTakes } from '../platform/config/config';
import { Carrier } from './carrier';
import { Handlers } from './handlers';
import { InProcessCarrier } from './in-process.carrier';
import { OutboxMessage } from './outbox-message.entity';
import { OutboxService } from './outbox.service';
import { Sweep } from './sweep';

/** What must happen next: rows in PostgreSQL, carried by Bull where there is a Redis, inside the process where not. */
@Module({})
export class OutboxModule {
  static carriedBy(redisUrl: string | undefined, isWorker: boolean, takes: WorkerTakes = 'all'): DynamicModule {
    // Bull with its Redis client is a tenth of all that is loaded: a desk without Redis starts without it.
    // eslint-disable-next-line @typescript-eslint/no-require-imports -- an import() would make every list of modules wait for it
    const bull = redisUrl === undefined ? null : (require('./bull.carrier') as typeof import('./bull.carrier')).bullParts(redisUrl, isWorker ? takes : 'nothing');
    return {
      module: OutboxModule,
      global: true,
      imports: [DiscoveryModule, TypeOrmModule.forFeature([OutboxMessage]), ...(bull?.imports ?? [])],
      providers: [Handlers, OutboxService, InProcessCarrier, Sweep, ...(bull?.providers ?? [{ provide: Carrier, useExisting: InProcessCarrier }])],
      exports: [OutboxService, Sweep, Carrier],
    };
  }
}
