import { Global, Module } from '@nestjs/common';
import { APP_INTERCEPTOR } from '@nestjs/core';
import { TypeOrmModule } from '@nestjs/typeorm';
import { NocModule } from '../noc/noc.module';
import { TicketsModule } from '../tickets/tickets.module';
import { EvidenceItemRow } from './evidence-item.entity';
import { EvidenceService } from './evidence.service';
import { FixesService } from './fixes.service';
import { Idempotency } from './idempotency';
import { FormKeys } from './form-keys.service';
import { FormKeyInterceptor } from './form-key.interceptor';
import { IdempotencyInterceptor } from './idempotency.interceptor';
import { JustOpened } from './just-opened.service';
import { MessagesService } from './messages.service';
import { RequiredFix } from './required-fix.entity';
import { Message } from './message.entity';
import { OnceInterceptor } from './once.interceptor';
import { SubmitService } from './submit.service';
import { TestMessagesService } from './test-messages.service';

/** Keeps untrusted material, says what is missing, and turns a claim into a ticket. */
@Global()
@Module({
  imports: [TypeOrmModule.forFeature([EvidenceItemRow, Message, RequiredFix]), NocModule, TicketsModule],
  providers: [EvidenceService, FixesService, FormKeys, Idempotency, JustOpened, MessagesService, SubmitService, TestMessagesService, FormKeyInterceptor, IdempotencyInterceptor, { provide: APP_INTERCEPTOR, useClass: OnceInterceptor }],
  exports: [EvidenceService, FixesService, FormKeys, Idempotency, JustOpened, MessagesService, SubmitService, TestMessagesService],
})
export class EvidenceModule {}
