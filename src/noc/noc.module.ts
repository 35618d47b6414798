import { Module } from '@nestjs/common';
import { TypeOrmModule } from '@nestjs/typeorm';
import { DataSource } from 'typeorm';
import { CONFIG, type Config } from '../platform/config/config';
import { Transactions } from '../platform/database/transactions';
import { BlockEpisode } from './block.entity';
import { BlockService } from './block.service';
import { HttpDriver } from './http.driver';
import { LiftTasksService } from './lift-tasks.service';
import { ManualDriver } from './manual.driver';
import { NocDriver } from './noc.driver';
import { NocService } from './noc.service';
import { OvhClient, type OvhCredentials } from './ovh-client';
import { OvhDriver } from './ovh.driver';

/** The NOC as we know it: its drivers, who holds an address, the mirror of its blocks. */
@Module({
  imports: [TypeOrmModule.forFeature([BlockEpisode])],
  providers: [BlockService, LiftTasksService, NocService, { provide: NocDriver, inject: [CONFIG, DataSource, BlockService, Transactions, LiftTasksService], useFactory: driver }],
  exports: [BlockService, LiftTasksService, NocService],
})
export class NocModule {}

function driver(config: Config, source: DataSource, mirror: BlockService, transactions: Transactions, tasks: LiftTasksService): NocDriver {
  switch (config.NOC_DRIVER) {
    case 'http':
      return new HttpDriver(config.NOC_URL ?? '', config.NOC_TOKEN ?? '');
    case 'manual':
      return new ManualDriver(source, mirror, transactions, tasks);
    case 'ovh':
      return new OvhDriver(source, mirror, transactions, new OvhClient(config.OVH_ENDPOINT, ovhCredentials(config), { read: 8_000, order: 10_000 }));
  }
}

/** The settings have been checked: one of the two pairs is whole. The place for tokens follows the place of the API. */
function ovhCredentials(config: Config): OvhCredentials {
  const { OVH_CLIENT_ID, OVH_CLIENT_SECRET, OVH_APP_KEY, OVH_APP_SECRET, OVH_CONSUMER_KEY, OVH_ENDPOINT, OVH_TOKEN_URL } = config;
  const place = /\bca\b/.test(OVH_ENDPOINT) ? 'https://ca.ovh.com/auth/oauth2/token' : /\bus\b/.test(OVH_ENDPOINT) ? 'https://us.ovhcloud.com/auth/oauth2/token' : 'https://www.ovh.com/auth/oauth2/token';
  return OVH_CLIENT_ID && OVH_CLIENT_SECRET
    ? { clientId: OVH_CLIENT_ID, clientSecret: OVH_CLIENT_SECRET, tokenUrl: OVH_TOKEN_URL ?? place }
    : { appKey: OVH_APP_KEY ?? '', appSecret: OVH_APP_SECRET ?? '', consumerKey: OVH_CONSUMER_KEY ?? '' };
}
