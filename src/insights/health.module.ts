import { Module } from '@nestjs/common';
import { HealthController } from './health.controller';
import { HealthService } from './health.service';

/** Liveness, readiness and the desk's figures. */
@Module({ controllers: [HealthController], providers: [HealthService] })
export class HealthModule {}
