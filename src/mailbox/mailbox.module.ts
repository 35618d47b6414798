import { Module } from '@nestjs/common';
import { TypeOrmModule } from '@nestjs/typeorm';
import { EvidenceModule } from '../evidence/evidence.module';
import { NocModule } from '../noc/noc.module';
import { TicketsModule } from '../tickets/tickets.module';
import { ClaimTickets } from './claim-tickets';
import { ConfirmController } from './confirm.controller';
import { ConfirmService } from './confirm.service';
import { Confirmations } from './confirmations.service';
import { ImapDoor } from './imap-door';
import { ImapLedger } from './imap-ledger';
import { InboundMailController } from './inbound-mail.controller';
import { InboundMail } from './inbound-mail.entity';
import { MailBounces } from './mail-bounces';
import { MailClaims } from './mail-claims';
import { MailList } from './mail-list.query';
import { MailQuestions } from './mail-questions';
import { MailReader } from './mail-reader';
import { MailReplies } from './mail-replies';
import { MailboxService } from './mailbox.service';
import { QuarantineController } from './quarantine.controller';
import { QuarantineService } from './quarantine.service';
import { ReadMailHandler } from './read-mail.handler';
import { SafeContacts } from './safe-contacts';
import { SenderProofs } from './sender-proof';
import { SmtpDoor } from './smtp-door';

/** The doors for mail: every mail is stored before it is read, and ends in exactly one state. */
@Module({
  imports: [TypeOrmModule.forFeature([InboundMail]), TicketsModule, EvidenceModule, NocModule],
  controllers: [InboundMailController, QuarantineController, ConfirmController],
  providers: [ClaimTickets, ConfirmService, Confirmations, MailBounces, MailList, MailQuestions, QuarantineService, SafeContacts, ImapDoor, ImapLedger, MailboxService, MailClaims, MailReader, MailReplies, ReadMailHandler, SenderProofs, SmtpDoor],
})
export class MailboxModule {}
