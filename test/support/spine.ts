import { Injectable, Module, type DynamicModule } from '@nestjs/common';
import { Test } from '@nestjs/testing';
import type { INestApplicationContext } from '@nestjs/common';
import { AuditModule } from '../../src/audit/audit.module';
import { EvidenceModule } from '../../src/evidence/evidence.module';
import { Handles, type HandlerResult } from '../../src/outbox/handles';
import type { OutboxMessage } from '../../src/outbox/outbox-message.entity';
import { OutboxModule } from '../../src/outbox/outbox.module';
import { loadConfig } from '../../src/platform/config/config';
import { Log } from '../../src/platform/log';
import { ConfigModule } from '../../src/platform/config/config.module';
import { DatabaseModule } from '../../src/platform/database/database.module';
import { TokensModule } from './tokens.module';
import { ReviewModule } from '../../src/review/review.module';
import { TicketsModule } from '../../src/tickets/tickets.module';

/** Stands in for the rooms: writes down every job it gets, and does what a test tells it to. */
@Injectable()
export class FakeRooms {
  readonly seen: OutboxMessage[] = [];
  does: (row: OutboxMessage) => Promise<HandlerResult> = () => Promise.resolve('done');

  @Handles('analyse-ticket') analyse(row: OutboxMessage) { return this.take(row); }
  @Handles('check-owner') owner(row: OutboxMessage) { return this.take(row); }
  @Handles('order-lift') order(row: OutboxMessage) { return this.take(row); }
  @Handles('read-back-lift') read(row: OutboxMessage) { return this.take(row); }
  @Handles('mail-customer') mail(row: OutboxMessage) { return this.take(row); }
  @Handles('deliver-webhook') deliver(row: OutboxMessage) { return this.take(row); }
  @Handles('tell-noc') tell(row: OutboxMessage) { return this.take(row); }
  @Handles('verify-fixes') verify(row: OutboxMessage) { return this.take(row); }
  @Handles('record-adjustment') adjust(row: OutboxMessage) { return this.take(row); }
  @Handles('note-bounce') bounce(row: OutboxMessage) { return this.take(row); }
  @Handles('check-test-message') test(row: OutboxMessage) { return this.take(row); }
  @Handles('read-mail') readMail(row: OutboxMessage) { return this.take(row); }

  take(row: OutboxMessage): Promise<HandlerResult> {
    this.seen.push(row);
    return this.does(row);
  }
}

/** The same for the desk, which brings its own handlers where it is really there. */
@Injectable()
export class FakeDesk {
  constructor(private readonly rooms: FakeRooms) {}

  @Handles('remember-ticket') remember(row: OutboxMessage) { return this.rooms.take(row); }
  @Handles('decide-in-incident') decideInIncident(row: OutboxMessage) { return this.rooms.take(row); }
}

/** The ground and the spine on a real database, with the rooms faked, and those that are `also` there. */
export async function spine(databaseUrl: string, settings: Record<string, string> = {}, also: NonNullable<DynamicModule['imports']> = []): Promise<INestApplicationContext> {
  const config = loadConfig({ DATABASE_URL: databaseUrl, SECRET: 's'.repeat(40), NOC_URL: 'http://127.0.0.1:1', NOC_TOKEN: 'token', ROLES: 'worker', LOG_LEVEL: 'silent', ...settings });
  @Module({})
  class Spine {
    static all(): DynamicModule {
      return {
        module: Spine,
        imports: [ConfigModule.with(config), DatabaseModule, OutboxModule.carriedBy(config.REDIS_URL, config.ROLES.includes('worker')), AuditModule, TokensModule, TicketsModule, EvidenceModule, ...also],
        providers: [FakeRooms, ...(also.includes(ReviewModule) ? [] : [FakeDesk])],
      };
    }
  }
  const module = await Test.createTestingModule({ imports: [Spine.all()] }).setLogger(new Log('silent')).compile();
  await module.init();
  return module;
}
