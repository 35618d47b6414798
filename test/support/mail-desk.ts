import type { INestApplicationContext } from '@nestjs/common';
import { Test } from '@nestjs/testing';
import { DataSource } from 'typeorm';
import { AppModule } from '../../src/app.module';
import type { Account, Block } from '../../src/core/ticket/block';
import type { HeldAddress, NocAnswer } from '../../src/noc/noc.driver';
import { NocDriver } from '../../src/noc/noc.driver';
import { loadConfig } from '../../src/platform/config/config';
import { NO_DATA_DIR, testDatabase, type TestDatabase } from './database';
import { Log } from '../../src/platform/log';

/** A NOC in memory: what it knows is what a spec writes into it. */
export class FakeNoc {
  holders = new Map<string, HeldAddress>();
  accounts: (Account & { emails: string[] })[] = [];
  standing: Block[] = [];
  away = false;

  holder = (ip: string) => this.answer(this.holders.get(ip));
  account = (id: string) => this.answer(this.accounts.find((each) => each.id === id));
  accountsByEmail = (email: string) => this.answer(this.accounts.filter((each) => each.emails.includes(email.toLowerCase())));
  blocks = (ip: string) => this.answer(this.standing.filter((block) => block.ip === ip));
  lift = () => this.answer<'unblocking'>(undefined);
  orderException = () => this.answer<never>(undefined);

  private answer<T>(value: T | undefined): Promise<NocAnswer<T>> {
    return Promise.resolve(
      this.away ? { ok: false, error: 'unreachable', detail: 'away' } : value === undefined ? { ok: false, error: 'not_found', detail: 'none' } : { ok: true, value },
    );
  }
}

export interface MailDesk {
  app: INestApplicationContext;
  source: DataSource;
  noc: FakeNoc;
  database: TestDatabase;
  stop(): Promise<void>;
}

/** All rooms of the desk in this process on a database of its own, without HTTP, with a NOC in memory. Stop it in afterAll. */
export async function mailDesk(settings: Record<string, string> = {}): Promise<MailDesk> {
  const database = await testDatabase();
  const config = loadConfig({
    NODE_ENV: 'test', DATABASE_URL: database.url, DATA_DIR: NO_DATA_DIR, SECRET: 's'.repeat(40), NOC_URL: 'http://127.0.0.1:1', NOC_TOKEN: 'token', MAIL_DOMAIN: 'desk.example', PUBLIC_URL: 'https://desk.example',
    MAIL_FROM: 'Unblock desk <unblock@desk.example>', MAIL_LISTEN: 'smtp://127.0.0.1:0', DNS_SERVERS: '127.0.0.1:9', ROLES: 'worker', LOG_LEVEL: 'silent', ...settings,
  });
  const noc = new FakeNoc();
  const app = await Test.createTestingModule({ imports: [AppModule.with(config)] }).overrideProvider(NocDriver).useValue(noc).setLogger(new Log('silent')).compile();
  await app.init();
  return {
    app, source: app.get(DataSource), noc, database,
    stop: async () => {
      await app.close();
      await database.drop();
    },
  };
}
