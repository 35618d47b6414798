import { Injectable } from '@nestjs/common';
import { randomUUID } from 'node:crypto';
import { DataSource, type EntityManager } from 'typeorm';
import type { Actor } from '../audit/actor';
import { Clock } from '../platform/clock';
import { fetchedTogether } from '../platform/database/fetched-together';
import { Transactions, type AlsoKept } from '../platform/database/transactions';
import type { Gathered } from '../platform/gathered';
import { InvalidInput } from '../platform/http/errors';
import { Message } from './message.entity';

const AT_MOST = 50_000;

/** `whole`: a mail that is stored anyway, so its text is never cut and has no limit of its own */
type How = { internal?: boolean; channel?: string; verified?: boolean; whole?: boolean };
/** Tickets whose messages are fetched with one question. */
const TOGETHER = 8;

/** What is written on a ticket, both ways, and internal notes. The only writer of message. */
@Injectable()
export class MessagesService {
  private readonly fetched: Gathered<string, Message[]>;

  constructor(
    private readonly source: DataSource,
    private readonly clock: Clock,
    private readonly transactions: Transactions,
  ) {
    this.fetched = fetchedTogether(source, Message, 'ticketId', { at: 'ASC' }, TOGETHER);
  }

  /** Adds a message. @throws InvalidInput when it is empty or too long */
  async add(ticketId: string, by: Actor, text: string, how: How = {}, tx: EntityManager = this.source.manager): Promise<Message> {
    if (text.trim() === '' || (text.length > AT_MOST && !how.whole)) {
      throw new InvalidInput([{ field: 'text', code: 'length', message: text.trim() === '' ? 'Write something first.' : `At most ${AT_MOST} characters; attach longer text as a file.` }]);
    }
    const message = {
      id: randomUUID(), ticketId, internal: how.internal ?? false, byKind: by.kind, byId: by.id, byName: by.name, text: text.replaceAll('\u0000', '\uFFFD'),
      channel: how.channel ?? 'web', verified: how.verified ?? true, at: this.clock.now(),
    };
    return tx.save(Message, message);
  }

  /** The same in a transaction of its own. */
  write(ticketId: string, by: Actor, text: string, how: How, also?: AlsoKept<Message>): Promise<Message> {
    return this.transactions.run((tx) => this.add(ticketId, by, text, how, tx), also);
  }

  /** All of a ticket, internal notes included, oldest first. Those of several tickets are fetched with one question. */
  of(ticketId: string): Promise<Message[]> {
    return this.fetched.ask(ticketId);
  }
}
