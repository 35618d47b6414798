import { Global, Module } from '@nestjs/common';
import { TypeOrmModule } from '@nestjs/typeorm';
import { AuditEntry } from './audit-entry.entity';
import { AuditService } from './audit.service';
import { Sealer } from './sealer';

/** Who did what, append-only, sealed afterwards. */
@Global()
@Module({ imports: [TypeOrmModule.forFeature([AuditEntry])], providers: [AuditService, Sealer], exports: [AuditService] })
export class AuditModule {}
