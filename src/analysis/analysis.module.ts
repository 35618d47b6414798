import { Module } from '@nestjs/common';
import { TypeOrmModule } from '@nestjs/typeorm';
import { EvidenceModule } from '../evidence/evidence.module';
import { NocModule } from '../noc/noc.module';
import { CONFIG, type Config } from '../platform/config/config';
import { TicketsModule } from '../tickets/tickets.module';
import { AddressesController } from './addresses.controller';
import { AddressesService } from './addresses.service';
import { AnalyseHandler } from './analyse.handler';
import { AnalysisRow } from './analysis.entity';
import { AnalysisService } from './analysis.service';
import { BlocklistsService } from './blocklists.service';
import { DnsClient } from './dns.client';
import { GatherService } from './gather.service';
import { HeaderAnalysesController } from './header-analyses.controller';
import { ReadingController } from './reading.controller';
import { RecordService } from './record.service';
import { TestMessageHandler } from './test-message.handler';
import { VerifyFixesHandler } from './verify-fixes.handler';

/** Both know no Nest, so that the command line is not kept waiting for it. */
const DNS = { provide: DnsClient, useFactory: (config: Config) => new DnsClient(config), inject: [CONFIG] };
const GATHER = { provide: GatherService, useFactory: (dns: DnsClient) => new GatherService(dns), inject: [DnsClient] };

/** Gathers facts, runs the rules of the core and stores what they find. It informs; it never decides. */
@Module({
  imports: [TypeOrmModule.forFeature([AnalysisRow]), TicketsModule, EvidenceModule, NocModule],
  controllers: [AddressesController, HeaderAnalysesController, ReadingController],
  providers: [AddressesService, BlocklistsService, AnalysisService, GATHER, DNS, AnalyseHandler, VerifyFixesHandler, TestMessageHandler, RecordService],
  exports: [AnalysisService],
})
export class AnalysisModule {}
