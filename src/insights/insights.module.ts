import { Module } from '@nestjs/common';
import { TypeOrmModule } from '@nestjs/typeorm';
import { FilterAdjustment } from './filter-adjustment.entity';
import { FilterAdjustmentsController } from './filter-adjustments.controller';
import { FilterAdjustmentsService } from './filter-adjustments.service';
import { HealthController } from './health.controller';
import { HealthService } from './health.service';
import { InsightsController } from './insights.controller';
import { InsightsReader } from './insights.query';

/** The desk's figures and health, and what the filter should learn. */
@Module({
  imports: [TypeOrmModule.forFeature([FilterAdjustment])],
  controllers: [HealthController, FilterAdjustmentsController, InsightsController],
  providers: [HealthService, FilterAdjustmentsService, InsightsReader],
})
export class InsightsModule {}
