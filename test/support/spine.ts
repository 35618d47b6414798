import { Module, type DynamicModule } from '@nestjs/common';
import { Test } from '@nestjs/testing';
import type { INestApplicationContext } from '@nestjs/common';
import { AuditModule } from '../../src/audit/audit.module';
import { EvidenceModule } from '../../src/evidence/evidence.module';
import type { JobName } from '../../src/core/ticket/effects';
import { OutboxModule } from '../../src/outbox/outbox.module';
import { loadConfig } from '../../src/platform/config/config';
import { Log } from '../../src/platform/log';
import { ConfigModule } from '../../src/platform/config/config.module';
import { DatabaseModule } from '../../src/platform/database/database.module';
import { TicketsModule } from '../../src/tickets/tickets.module';
import { NO_DATA_DIR } from './database';
import { fakeRooms } from './fake-rooms';
import { TokensModule } from './tokens.module';

/** The ground and the spine on a real database, with the rooms faked, and those that are `also` there, which do the jobs `real`. */
export async function spine(
  databaseUrl: string, settings: Record<string, string> = {}, also: NonNullable<DynamicModule['imports']> = [], real: readonly JobName[] = [],
): Promise<INestApplicationContext> {
  const config = loadConfig({ DATABASE_URL: databaseUrl, DATA_DIR: NO_DATA_DIR, SECRET: 's'.repeat(40), NOC_URL: 'http://127.0.0.1:1', NOC_TOKEN: 'token', ROLES: 'worker', LOG_LEVEL: 'silent', ...settings });
  @Module({})
  class Spine {
    static all(): DynamicModule {
      return {
        module: Spine,
        imports: [ConfigModule.with(config), DatabaseModule, OutboxModule.carriedBy(config.REDIS_URL, config.ROLES.includes('worker'), config.WORKER_TAKES), AuditModule, TokensModule, TicketsModule, EvidenceModule, ...also],
        providers: [fakeRooms(real)],
      };
    }
  }
  const module = await Test.createTestingModule({ imports: [Spine.all()] }).setLogger(new Log('silent')).compile();
  await module.init();
  return module;
}
