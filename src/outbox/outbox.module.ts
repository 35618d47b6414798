import { BullModule } from '@nestjs/bull';
import { Module, type DynamicModule } from '@nestjs/common';
import { DiscoveryModule } from '@nestjs/core';
import { TypeOrmModule } from '@nestjs/typeorm';
import { BullCarrier, BullWorker, QUEUE } from './bull.carrier';
import { Carrier } from './carrier';
import { Handlers } from './handlers';
import { InProcessCarrier } from './in-process.carrier';
import { OutboxMessage } from './outbox-message.entity';
import { OutboxService } from './outbox.service';
import { Sweep } from './sweep';

/** What must happen next: rows in PostgreSQL, carried by Bull where there is a Redis, inside the process where not. */
@Module({})
export class OutboxModule {
  /** Queue and processor come together or not at all: a processor without its queue would be ignored silently. */
  static carriedBy(redisUrl: string | undefined, isWorker: boolean): DynamicModule {
    const bull = redisUrl !== undefined;
    return {
      module: OutboxModule,
      global: true,
      imports: [
        DiscoveryModule,
        TypeOrmModule.forFeature([OutboxMessage]),
        ...(bull ? [BullModule.registerQueue({ name: QUEUE, url: redisUrl, prefix: '{desk}', redis: { enableOfflineQueue: true } })] : []),
      ],
      providers: [
        Handlers, OutboxService, InProcessCarrier, Sweep,
        ...(bull ? [BullCarrier, { provide: Carrier, useExisting: BullCarrier }] : [{ provide: Carrier, useExisting: InProcessCarrier }]),
        ...(bull && isWorker ? [BullWorker] : []),
      ],
      exports: [OutboxService, Sweep, Carrier],
    };
  }
}
