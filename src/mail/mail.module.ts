import { Module } from '@nestjs/common';
import { TypeOrmModule } from '@nestjs/typeorm';
import { TicketsModule } from '../tickets/tickets.module';
import { Courier } from './courier';
import { MailDelivery } from './mail-delivery.entity';
import { MailFactsReader } from './mail-facts';
import { MailService } from './mail.service';
import { OutgoingController } from './outgoing.controller';
import { OutgoingReader } from './outgoing.query';
import { SendMailHandler } from './send-mail.handler';

/** The voice: renders and sends every mail, and shows what was sent. */
@Module({
  imports: [TypeOrmModule.forFeature([MailDelivery]), TicketsModule],
  controllers: [OutgoingController],
  providers: [Courier, MailFactsReader, MailService, OutgoingReader, SendMailHandler],
})
export class MailModule {}
