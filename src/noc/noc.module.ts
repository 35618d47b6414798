import { Module } from '@nestjs/common';
import { TypeOrmModule } from '@nestjs/typeorm';
import { CONFIG, type Config } from '../platform/config/config';
import { BlockEpisode } from './block.entity';
import { BlockService } from './block.service';
import { HttpDriver } from './http.driver';
import { NocDriver } from './noc.driver';
import { NocService } from './noc.service';

/** The NOC as we know it: its drivers, who holds an address, the mirror of its blocks. */
@Module({
  imports: [TypeOrmModule.forFeature([BlockEpisode])],
  providers: [BlockService, NocService, { provide: NocDriver, inject: [CONFIG], useFactory: driver }],
  exports: [BlockService, NocService],
})
export class NocModule {}

function driver(config: Config): NocDriver {
  if (config.NOC_DRIVER !== 'http') {
    throw new Error(`NOC_DRIVER=${config.NOC_DRIVER} is not built yet: use http.`);
  }
  return new HttpDriver(config.NOC_URL ?? '', config.NOC_TOKEN ?? '');
}
