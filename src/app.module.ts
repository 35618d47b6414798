import { Module, type DynamicModule } from '@nestjs/common';
import { AnalysisModule } from './analysis/analysis.module';
import { AuditModule } from './audit/audit.module';
import { AuthModule } from './auth/auth.module';
import { EvidenceModule } from './evidence/evidence.module';
import { InsightsModule } from './insights/insights.module';
import { IntakeModule } from './intake/intake.module';
import { LiftingModule } from './lifting/lifting.module';
import { MailModule } from './mail/mail.module';
import { MailboxModule } from './mailbox/mailbox.module';
import { NocModule } from './noc/noc.module';
import { OutboxModule } from './outbox/outbox.module';
import type { Config } from './platform/config/config';
import { ConfigModule } from './platform/config/config.module';
import { DatabaseModule } from './platform/database/database.module';
import { PagesModule } from './platform/http/pages.module';
import { RetentionModule } from './retention/retention.module';
import { ReviewModule } from './review/review.module';
import { SettingsModule } from './settings/settings.module';
import { StatusModule } from './status/status.module';
import { TicketsModule } from './tickets/tickets.module';

/** The list of rooms, nothing else. */
@Module({})
export class AppModule {
  static with(config: Config): DynamicModule {
    const floor = [ConfigModule.with(config), DatabaseModule, PagesModule];
    const ground = [OutboxModule.carriedBy(config.REDIS_URL, config.ROLES.includes('worker'), config.WORKER_TAKES), AuditModule, AuthModule, NocModule];
    const spine = [TicketsModule, EvidenceModule];
    const rooms = [IntakeModule, MailboxModule, StatusModule, ReviewModule, AnalysisModule, LiftingModule, MailModule, InsightsModule, SettingsModule, RetentionModule];
    return { module: AppModule, imports: [...floor, ...ground, ...spine, ...rooms] };
  }
}
