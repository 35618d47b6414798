import { Module } from '@nestjs/common';
import { TypeOrmModule } from '@nestjs/typeorm';
import { EvidenceModule } from '../evidence/evidence.module';
import { NocModule } from '../noc/noc.module';
import { TicketsModule } from '../tickets/tickets.module';
import { ImapDoor } from './imap-door';
import { ImapLedger } from './imap-ledger';
import { InboundMailController } from './inbound-mail.controller';
import { InboundMail } from './inbound-mail.entity';
import { MailClaims } from './mail-claims';
import { MailReader } from './mail-reader';
import { MailReplies } from './mail-replies';
import { MailboxService } from './mailbox.service';
import { QuarantineController } from './quarantine.controller';
import { ReadMailHandler } from './read-mail.handler';
import { SenderProofs } from './sender-proof';
import { SmtpDoor } from './smtp-door';

/** The doors for mail: every mail is stored before it is read, and ends in exactly one state. */
@Module({
  imports: [TypeOrmModule.forFeature([InboundMail]), TicketsModule, EvidenceModule, NocModule],
  controllers: [InboundMailController, QuarantineController],
  providers: [ImapDoor, ImapLedger, MailboxService, MailClaims, MailReader, MailReplies, ReadMailHandler, SenderProofs, SmtpDoor],
})
export class MailboxModule {}
