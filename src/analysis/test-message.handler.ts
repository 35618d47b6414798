import { Inject, Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { AddressTokens } from '../auth/address-tokens.service';
import { fixContext } from '../core/fixes/fix-words';
import { isVerifiedBySample, verifyBySample, type FixSample } from '../core/fixes/verify-by-sample';
import { isInNetworks } from '../core/headers/ip';
import { tidyIp } from '../core/rules/dns/dns';
import { FixesService } from '../evidence/fixes.service';
import { TestMessagesService, type TestAddress, type TestReading } from '../evidence/test-messages.service';
import { Handles, type HandlerResult } from '../outbox/handles';
import type { OutboxMessage } from '../outbox/outbox-message.entity';
import { CONFIG, type Config } from '../platform/config/config';
import { TicketsService } from '../tickets/tickets.service';
import { AnalysisService } from './analysis.service';
import { withTrace, type LiveMail } from './live-message';

interface StoredMail extends Omit<LiveMail, 'peerIp'> {
  id: string;
  door: string;
  peerIp: string | null;
  recipient: string | null;
}

/** Checks a test message: the live connection and the message, by the rules that read every header; and the fixes that such a message can show. */
@Injectable()
export class TestMessageHandler {
  constructor(
    @Inject(CONFIG) private readonly config: Pick<Config, 'MAIL_DOMAIN' | 'OWN_NETWORKS'>,
    private readonly source: DataSource,
    private readonly tokens: AddressTokens,
    private readonly analyses: AnalysisService,
    private readonly tests: TestMessagesService,
    private readonly tickets: TicketsService,
    private readonly fixes: FixesService,
  ) {}

  @Handles('check-test-message')
  async check(job: OutboxMessage): Promise<HandlerResult> {
    const mail = await this.mail(job.refId ?? '');
    const address = mail ? await this.addressOf(mail) : null;
    if (!mail || !address) {
      return 'skipped';
    }
    const live = this.isLive(mail);
    const raw = live ? withTrace({ ...mail, peerIp: mail.peerIp ?? '' }, this.config.MAIL_DOMAIN) : mail.raw;
    const { facts: _facts, ...analysis } = await this.analyses.analyseTest(raw, live ? (mail.peerIp ?? undefined) : undefined);
    const head = mail.raw.subarray(0, 300_000).toString('latin1').split(/\r?\n\r?\n/, 1)[0] ?? '';
    const reading: TestReading = { helo: live ? mail.helo : null, protocol: live ? (mail.session?.protocol ?? null) : null, tls: mail.session?.tls ?? null, lines: head.split('\n').length, analysis };
    await this.tests.keep({ id: mail.id, addressId: address.id, peerIp: live ? mail.peerIp : null, receivedAt: mail.receivedAt, reading });
    if (address.ticketId) {
      await this.settle(address.ticketId, live ? mail.peerIp : null, analysis);
    }
    return 'done';
  }

  /** Ticks what this message shows, and says what it does not. Only what the ticket still asks for. */
  private async settle(ticketId: string, peerIp: string | null, analysis: FixSample['analysis']): Promise<void> {
    const ticket = await this.tickets.find(ticketId);
    if (ticket.state !== 'awaiting_fixes' && ticket.state !== 'lifted') {
      return;
    }
    const due = (await this.fixes.of(ticketId)).filter((fix) => isVerifiedBySample(fix.code) && fix.state !== 'verified' && fix.state !== 'accepted' && (ticket.state === 'awaiting_fixes' || fix.when !== 'before_lift'));
    const { domain } = fixContext(ticket.block.ip, (await this.analyses.latest(ticketId))?.body ?? null);
    const from = peerIp === null ? null : tidyIp(peerIp);
    const isFromTheAddress = from !== null && (from === tidyIp(ticket.block.ip) || isInNetworks(from, ticket.block.prefix ? [ticket.block.prefix] : []));
    await this.fixes.settle(ticketId, due.map((fix) => {
      const { state, says } = verifyBySample(fix.code, { peerIp, isFromTheAddress, ip: ticket.block.ip, domain, analysis });
      return { id: fix.id, state: state === 'unknown' ? fix.state : state, says };
    }));
  }

  private async mail(id: string): Promise<StoredMail | null> {
    const [mail] = (await this.source.query(
      `select id, raw, door, host(peer_ip) as "peerIp", helo, envelope_from as "envelopeFrom", recipient, session, received_at as "receivedAt" from inbound_mail where id = $1`, [id],
    )) as StoredMail[];
    return mail ?? null;
  }

  /** As of the time it came: what was taken is read, even when the address ends meanwhile. */
  private async addressOf(mail: StoredMail): Promise<TestAddress | null> {
    const header = /^(?:to|delivered-to|x-original-to|envelope-to):.*$/gim;
    const places = [...(mail.recipient ?? '').split(','), ...(mail.raw.subarray(0, 100_000).toString('latin1').match(header) ?? []).flatMap((line) => line.match(/test\+[^\s<>,;]+/gi) ?? [])];
    const read = places.map((place) => this.tokens.read(place.replace(/[<>]/g, ''), mail.receivedAt)).find((found) => found !== null && found !== 'dead' && found.box === 'test');
    return read && read !== 'dead' ? this.tests.address(read.name) : null;
  }

  /** The customer's server spoke to us itself; behind a mail server of the operator's only the headers tell. */
  private isLive({ door, peerIp }: StoredMail): boolean {
    return door === 'smtp' && peerIp !== null && !isInNetworks(peerIp, this.config.OWN_NETWORKS);
  }
}
