import { Module } from '@nestjs/common';
import { TypeOrmModule } from '@nestjs/typeorm';
import { EvidenceModule } from '../evidence/evidence.module';
import { TicketsModule } from '../tickets/tickets.module';
import { Courier } from './courier';
import { HandOver } from './hand-over.service';
import { MailDelivery } from './mail-delivery.entity';
import { MailFactsReader } from './mail-facts';
import { MailStops } from './mail-stops.service';
import { MailService } from './mail.service';
import { NoteBounceHandler } from './note-bounce.handler';
import { OutgoingController } from './outgoing.controller';
import { OutgoingReader } from './outgoing.query';
import { SendMailHandler } from './send-mail.handler';
import { SentLedger } from './sent-ledger';

/** The voice: renders and sends every mail, and shows what was sent. */
@Module({
  imports: [TypeOrmModule.forFeature([MailDelivery]), TicketsModule, EvidenceModule],
  controllers: [OutgoingController],
  providers: [Courier, HandOver, MailFactsReader, MailService, MailStops, NoteBounceHandler, OutgoingReader, SendMailHandler, SentLedger],
})
export class MailModule {}
