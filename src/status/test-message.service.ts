import { Injectable } from '@nestjs/common';
import { howToSend, testMessage } from '../core/texts/test-message';
import { isInNetworks } from '../core/headers/ip';
import { TestMessagesService, type StoredTests } from '../evidence/test-messages.service';
import type { Ticket } from '../tickets/ticket.entity';

/** What the pages show of test messages: the private address, how to send one, and what came. */
export interface ShownTests {
  email: string;
  host: string;
  ports: number[];
  /** there is a port that a block of port 25 leaves open */
  openPort: boolean;
  until: Date;
  howTo: ReturnType<typeof howToSend>;
  messages: ReturnType<typeof testMessage>[];
  tone: 'good' | 'bad' | 'unknown';
  says: string;
  /** changes whenever there is something new to show */
  mark: string;
  results: string;
  page: string;
}

/** Test messages as a customer sees them. */
@Injectable()
export class TestMessageService {
  constructor(private readonly tests: TestMessagesService) {}

  /** @param ticket null before there is one; @param read what was read of its test messages already */
  async shown(accountId: string, ticket: Pick<Ticket, 'id' | 'ref' | 'ip' | 'block'> | null, read: StoredTests | null = null): Promise<ShownTests> {
    const { email, host, ports, until, latest, underway } = await this.tests.shown(accountId, ticket?.id ?? null, read);
    const messages = latest.map(({ reading, ...message }) => testMessage({ ...message, ...reading }, ticket ? blocked(ticket, message.peerIp) : null));
    const [first] = messages;
    const says = underway ? 'A message came in. We read it now; that takes a few seconds.'
      : !first ? 'Nothing came yet. The result appears here by itself.'
        : first.elsewhere ?? (first.good ? 'The last message is as it should be.' : 'The last message shows something to repair.');
    const mark = `${first?.id ?? 'none'}${underway ? '-underway' : ''}`;
    const page = ticket ? `/tickets/${ticket.ref}/test-message` : '/test-message';
    return {
      email, host, ports, openPort: ports.some((port) => port !== 25), until, howTo: howToSend(email, host, ports[0] ?? 25), messages, says, mark,
      tone: underway || !first ? 'unknown' : first.good && !first.elsewhere ? 'good' : 'bad', results: `${page}?seen=${mark}`, page,
    };
  }
}

/** A block may cover a network: then each of its addresses is the blocked one. */
const blocked = ({ ip, block }: Pick<Ticket, 'ip' | 'block'>, peerIp: string | null): string => (peerIp !== null && block.prefix && isInNetworks(peerIp, [block.prefix]) ? peerIp : ip);
