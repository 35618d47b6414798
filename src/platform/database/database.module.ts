import { Global, Module } from '@nestjs/common';
import { TypeOrmModule } from '@nestjs/typeorm';
import * as pg from 'pg';
import { Clock } from '../clock';
import { CONFIG, type Config } from '../config/config';
import { Draining } from '../draining';
import { PatientPool } from './patient-pool';
import { Transactions } from './transactions';
import { Watermark } from './watermark';
import { STATEMENT_MS, WatchfulClient } from './watchful-client';

/** The connection to PostgreSQL, the clock and the transactions: what every room stands on. */
@Global()
@Module({
  imports: [
    TypeOrmModule.forRootAsync({
      inject: [CONFIG],
      useFactory: (config: Config) => ({
        type: 'postgres' as const,
        driver: { ...pg, Pool: PatientPool },
        url: config.DATABASE_URL,
        autoLoadEntities: true,
        synchronize: false,
        uuidExtension: 'pgcrypto' as const,
        installExtensions: false,
        applicationName: 'unblock-desk',
        retryAttempts: 10,
        retryDelay: 500,
        // A query that waits longer than this is an answer too late: it fails, and the caller says 503.
        extra: {
          Client: WatchfulClient, max: config.DATABASE_POOL, connectionTimeoutMillis: 5_000, keepAlive: true,
          // A pooler takes neither parameters of a session nor statements that live longer than a transaction; the role has the limits then (docs/scale.md).
          ...(config.DATABASE_POOLER === 'transaction' ? { unnamed: true } : { statement_timeout: STATEMENT_MS, idle_in_transaction_session_timeout: 30_000 }),
        },
      }),
    }),
  ],
  providers: [Clock, Draining, Transactions, Watermark],
  exports: [Clock, Draining, Transactions, Watermark],
})
export class DatabaseModule {}
