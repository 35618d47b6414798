import { Module } from '@nestjs/common';
import { RetentionService } from './retention.service';

/** What is kept has an end: files, raw mail, names, and at last the audit. */
@Module({ providers: [RetentionService] })
export class RetentionModule {}
