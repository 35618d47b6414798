import { Inject, Injectable } from '@nestjs/common';
import { randomUUID } from 'node:crypto';
import { DataSource } from 'typeorm';
import { AddressTokens } from '../auth/address-tokens.service';
import type { Analysis } from '../core/rules/analysis';
import { Clock } from '../platform/clock';
import { CONFIG, type Config } from '../platform/config/config';

const DAY = 86_400_000;
/** How long an address takes messages; asked for again, it lives on. */
const ADDRESS_DAYS = 30;
const SHOWN = 5;

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

/** The private addresses for test messages, and what came to them. The only writer of test_address and test_message. */
@Injectable()
export class TestMessagesService {
  constructor(
    @Inject(CONFIG) private readonly config: Pick<Config, 'MAIL_DOMAIN' | 'MAIL_LISTEN' | 'TEST_LISTEN'>,
    private readonly source: DataSource,
    private readonly clock: Clock,
    private readonly tokens: AddressTokens,
  ) {}

  /** The mail address of an account, for one ticket or for none; made on first use, and good for 30 days from now. */
  async addressFor(accountId: string, ticketId: string | null): Promise<{ id: string; email: string; until: Date; host: string; ports: number[] }> {
    const now = this.clock.now();
    const until = new Date(now.getTime() + ADDRESS_DAYS * DAY);
    // Renewed once a day at most: showing a page is no reason to write each time.
    const [row] = (await this.source.query(
      `with kept as (
         select id, expires_at from test_address where account_id = $2 and ticket_id is not distinct from $3 and expires_at > $4::timestamptz + interval '29 days'
       ), made as (
         insert into test_address (id, account_id, ticket_id, created_at, expires_at) select $1, $2, $3, $4, $5 where not exists (select from kept)
         on conflict (account_id, coalesce(ticket_id, '00000000-0000-0000-0000-000000000000')) do update set expires_at = excluded.expires_at returning id, expires_at
       ) select * from kept union all select * from made`,
      [randomUUID(), accountId, ticketId, now, until],
    )) as { id: string; expires_at: Date }[];
    if (!row) {
      throw new Error('An address for test messages was neither found nor made.');
    }
    return { id: row.id, email: this.tokens.address('test', row.id.replaceAll('-', ''), row.expires_at), until: row.expires_at, host: this.config.MAIL_DOMAIN, ports: this.ports() };
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

  /** What came to an address: the latest messages that are read, newest first, and whether there are some that are not read yet. */
  async arrived(addressId: string): Promise<{ latest: TestMessage[]; underway: boolean }> {
    const [row] = (await this.source.query(
      `select coalesce((select json_agg(m) from (select id, host(peer_ip) as "peerIp", reading, received_at as "receivedAt" from test_message where address_id = $1::uuid order by received_at desc limit ${SHOWN}) m), '[]') as latest,
         exists (select from inbound_mail m where m.received_at > $3::timestamptz - interval '10 minutes' and m.recipient like $2 and not exists (select from test_message t where t.id = m.id)
           and (m.state = 'stored' or m.reason = 'test_message')) as underway`,
      [addressId, `%test+${addressId.replaceAll('-', '')}.%`, this.clock.now()],
    )) as [{ latest: (Omit<TestMessage, 'receivedAt'> & { receivedAt: string })[]; underway: boolean }];
    return { latest: row.latest.map((message) => ({ ...message, receivedAt: new Date(message.receivedAt) })), underway: row.underway };
  }

  /** Where a test message can be handed in, those ports first that a block of port 25 leaves open. */
  private ports(): number[] {
    const of = (addresses: readonly string[]): number[] => addresses.filter((each) => each.startsWith('smtp:') && URL.canParse(each)).map((each) => Number(new URL(each).port || 25));
    return [...new Set([...of(this.config.TEST_LISTEN), ...of(this.config.MAIL_LISTEN)])].filter((port) => port > 0).sort((a, b) => Number(a === 25) - Number(b === 25));
  }
}

/** jsonb takes neither NUL nor half characters; headers may hold both. */
const storable = (reading: TestReading): string => JSON.stringify(reading).replace(/\\u0000/g, '\\ufffd').replace(/\\ud[89a-f][0-9a-f]{2}/gi, '\\ufffd');
