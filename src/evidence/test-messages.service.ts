import { Inject, Injectable } from '@nestjs/common';
import { randomUUID } from 'node:crypto';
import { DataSource } from 'typeorm';
import { AddressTokens } from '../auth/address-tokens.service';
import type { Analysis } from '../core/rules/analysis';
import { Clock } from '../platform/clock';
import { CONFIG, type Config } from '../platform/config/config';
import { askedTogether } from '../platform/database/asked-together';
import type { Gathered } from '../platform/gathered';

const DAY = 86_400_000;
/** How long an address takes messages; asked for again, it lives on. */
const ADDRESS_DAYS = 30;
const SHOWN_MESSAGES = 5;
/** Stands for "none" where an index needs a value. */
const NO_TICKET = '00000000-0000-0000-0000-000000000000';
/** SQL: the address `a` of test messages, what came to it, and whether there is more that is not read yet. @param now the time, in SQL */
const shownOf = (now: string): string => `a.id, a.expires_at as until,
  coalesce((select json_agg(m) from (select id, host(peer_ip) as "peerIp", reading, received_at as "receivedAt" from test_message where address_id = a.id order by received_at desc limit ${SHOWN_MESSAGES}) m), '[]') as latest,
  exists (select from inbound_mail m where m.received_at > ${now} - interval '10 minutes' and m.recipient like '%test+' || replace(a.id::text, '-', '') || '.%'
    and not exists (select from test_message t where t.id = m.id) and (m.state = 'stored' or m.reason = 'test_message')) as underway`;
/** SQL: the address of an account for a ticket. Renewed when it has a day less than its whole life. */
const addressOf = (accountId: string, ticketId: string, now: string): string =>
  `select * from test_address a where a.account_id = ${accountId} and coalesce(a.ticket_id, '${NO_TICKET}') = ${ticketId} and a.expires_at > ${now} + interval '${ADDRESS_DAYS - 1} days' limit 1`;
const SHOWN = `select q.i, ${shownOf('q.now')} from json_to_recordset($1) q(i int, account_id text, ticket_id uuid, now timestamptz)
  cross join lateral (${addressOf('q.account_id', 'q.ticket_id', 'q.now')}) a`;
/** SQL: a `StoredTests`, or null where there is no address that is good for long enough, for a statement that reads much else of a ticket. */
export const storedTests = (accountId: string, ticketId: string, now: string): string =>
  `(select row_to_json(tests) from (select ${shownOf(now)} from (${addressOf(accountId, ticketId, now)}) a) tests)`;

/** To whom an address for test messages belongs. */
export interface TestAddress {
  id: string;
  accountId: string;
  /** null: made before there was a ticket */
  ticketId: string | null;
}

/** What one test message showed. */
export interface TestReading {
  helo: string | null;
  /** as RFC 3848 names it; null where no live connection was seen */
  protocol: string | null;
  tls: string | null;
  /** header lines read */
  lines: number;
  /** without its facts: the look-ups are in the findings */
  analysis: Omit<Analysis, 'facts'>;
}

export interface TestMessage {
  id: string;
  peerIp: string | null;
  receivedAt: Date;
  reading: TestReading;
}

/** Test messages as the database tells of them; times of JSON are texts. */
export interface StoredTests {
  id: string;
  until: Date | string;
  latest: (Omit<TestMessage, 'receivedAt'> & { receivedAt: string })[];
  underway: boolean;
}

/** The private addresses for test messages, and what came to them. The only writer of test_address and test_message. */
@Injectable()
export class TestMessagesService {
  private readonly asked: Gathered<{ account_id: string; ticket_id: string; now: Date }, StoredTests[]>;

  constructor(
    @Inject(CONFIG) private readonly config: Pick<Config, 'MAIL_DOMAIN' | 'MAIL_LISTEN' | 'TEST_LISTEN'>,
    private readonly source: DataSource,
    private readonly clock: Clock,
    private readonly tokens: AddressTokens,
  ) {
    this.asked = askedTogether(source, SHOWN);
  }

  /**
   * What pages show: the mail address of an account, for one ticket or for none, and what came to it: the latest messages that are read, newest first, and
   * whether there are some that are not read yet. The address is made on first use, and renewed once a day at most: showing a page is no reason to write each time.
   * @param read what was read of it already
   */
  async shown(accountId: string, ticketId: string | null, read: StoredTests | null = null): Promise<{ email: string; until: Date; host: string; ports: number[]; latest: TestMessage[]; underway: boolean }> {
    const question = { account_id: accountId, ticket_id: ticketId ?? NO_TICKET, now: this.clock.now() };
    const [row] = read ? [read] : await this.asked.ask(question);
    if (row) {
      return this.told(row);
    }
    await this.renew(accountId, ticketId);
    const [made] = await this.asked.ask(question);
    if (!made) {
      throw new Error('An address for test messages was neither found nor made.');
    }
    return this.told(made);
  }

  private told({ id, until: end, latest, underway }: StoredTests) {
    const until = new Date(end);
    const email = this.tokens.address('test', id.replaceAll('-', ''), until);
    return { email, until, host: this.config.MAIL_DOMAIN, ports: this.ports(), latest: latest.map((message) => ({ ...message, receivedAt: new Date(message.receivedAt) })), underway };
  }

  /** Good for 30 days from now. */
  private async renew(accountId: string, ticketId: string | null): Promise<void> {
    const now = this.clock.now();
    const until = new Date(now.getTime() + ADDRESS_DAYS * DAY);
    await this.source.query(
      `insert into test_address (id, account_id, ticket_id, created_at, expires_at) values ($1, $2, $3, $4, $5)
       on conflict (account_id, coalesce(ticket_id, '${NO_TICKET}')) do update set expires_at = excluded.expires_at`,
      [randomUUID(), accountId, ticketId, now, until],
    );
  }

  /** The address behind the name in a mail address, or null. @param name 32 hexadecimal digits */
  async address(name: string): Promise<TestAddress | null> {
    const id = /^[0-9a-f]{32}$/.test(name) ? name.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5') : null;
    const [row] = id ? ((await this.source.query('select id, account_id as "accountId", ticket_id as "ticketId" from test_address where id = $1', [id])) as TestAddress[]) : [];
    return row ?? null;
  }

  /** Keeps what a message showed. Twice is once: the handler may be run again. */
  async keep(message: Omit<TestMessage, 'reading'> & { addressId: string; reading: TestReading }): Promise<void> {
    const { id, addressId, peerIp, receivedAt, reading } = message;
    await this.source.query(
      `insert into test_message (id, address_id, peer_ip, reading, received_at, checked_at) values ($1, $2, $3, $4, $5, $6) on conflict (id) do nothing`,
      [id, addressId, peerIp, storable(reading), receivedAt, this.clock.now()],
    );
  }

  /** Where a test message can be handed in, those ports first that a block of port 25 leaves open. */
  private ports(): number[] {
    const of = (addresses: readonly string[]): number[] => addresses.filter((each) => each.startsWith('smtp:') && URL.canParse(each)).map((each) => Number(new URL(each).port || 25));
    return [...new Set([...of(this.config.TEST_LISTEN), ...of(this.config.MAIL_LISTEN)])].filter((port) => port > 0).sort((a, b) => Number(a === 25) - Number(b === 25));
  }
}

/** jsonb takes neither NUL nor half characters; headers may hold both. */
const storable = (reading: TestReading): string => JSON.stringify(reading).replace(/\\u0000/g, '\\ufffd').replace(/\\ud[89a-f][0-9a-f]{2}/gi, '\\ufffd');
