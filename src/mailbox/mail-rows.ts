import type { DataSource } from 'typeorm';
import { idsOf } from '../platform/database/ids-of';
import { Gathered } from '../platform/gathered';
import type { InboundMail } from './inbound-mail.entity';
import type { Ending } from './mailbox.service';

/** A mail as it is read: with its bytes, and whether the same bytes came before. */
export interface LoadedMail extends InboundMail {
  /** by arrival, so that two at once agree which was first */
  cameBefore: boolean;
  /** the ticket of the earlier one */
  earlierTicketId: string | null;
  /** nothing can have come of it yet */
  firstReading?: boolean;
}

/** What a mail is by its own header, and how it ended. */
export type Settled = Pick<InboundMail, 'id' | 'messageId' | 'fromAddress' | 'subject'> & Ending;

/** A mail up to so many bytes is loaded with others. */
const LARGE = 1024 * 1024;

/** $1: ids. The fields are named as the entity names them. Bytes of a large mail stay where they are until it is its turn. */
const LOAD = `select m.id, m.door, m.sha256, case when m.size <= ${LARGE} then m.raw end as raw, m.size, m.envelope_from as "envelopeFrom", m.recipient, host(m.peer_ip) as "peerIp", m.helo, m.session, m.state, m.reason,
  m.ticket_id as "ticketId", m.message_id as "messageId", m.from_address as "fromAddress", m.subject, m.understood, m.received_at as "receivedAt", m.settled_at as "settledAt",
  m.handled_by as "handledBy", m.handled_note as "handledNote", m.handled_at as "handledAt", e.id is not null as "cameBefore", e.ticket_id as "earlierTicketId"
  from inbound_mail m left join lateral (select id, ticket_id from inbound_mail e where e.sha256 = m.sha256 and (e.received_at, e.id) < (m.received_at, m.id)
    order by e.received_at, e.id limit 1) e on true where m.id = any(${idsOf('$1')})`;

/** Ends the reading of mails; one that has ended already is left as it is. $1: rows as JSON, $2: their ids. */
export const SETTLE = `update inbound_mail m set state = r.state, reason = r.reason, ticket_id = r.ticket_id, understood = r.understood, settled_at = now(),
  message_id = coalesce(r.message_id, m.message_id), from_address = coalesce(r.from_address, m.from_address), subject = coalesce(r.subject, m.subject)
  from json_to_recordset($1) r(id uuid, state text, reason text, ticket_id uuid, understood jsonb, message_id text, from_address text, subject text)
  where m.id = any(${idsOf('$2')}) and m.id = r.id and m.state = 'stored'`;

export const settleRow = ({ id, state, reason, ticketId, understood, messageId, fromAddress, subject }: Settled): object => ({
  id, state, reason: reason ?? null, ticket_id: ticketId ?? null, understood: understood ?? null, message_id: messageId, from_address: fromAddress?.slice(0, 320) ?? null, subject,
});

/** Mails that are fetched with one question. */
const TOGETHER = 16;

/** Mails by id, with their bytes: whoever asks while a question is on its way shares the next one. Many are read at a time, but of the large ones one. */
export class GatherLoads extends Gathered<string, (Omit<LoadedMail, 'raw'> & { raw: Buffer | null }) | null> {
  private line: Promise<unknown> = Promise.resolve();

  constructor(private readonly source: DataSource) {
    super(async (round) => {
      const found = (await source.query({ name: 'load-mails', text: LOAD } as unknown as string, [round.map(({ what }) => what)])) as LoadedMail[];
      round.forEach(({ what, done }) => done(found.find(({ id }) => id === what) ?? null));
    }, { atMost: TOGETHER });
  }

  /** The mail with its bytes, however large it is. */
  async whole(id: string): Promise<LoadedMail | null> {
    const row = await this.ask(id);
    const [found] = row && row.raw === null ? ((await this.source.query('select raw from inbound_mail where id = $1', [id])) as { raw: Buffer }[]) : [row];
    return row && found?.raw ? { ...row, raw: found.raw } : null;
  }

  /** @param use what is done with the mail; the bytes of a large one are in memory until it has ended, and those of no other that is asked for in this way */
  async loaded<T>(id: string, use: (mail: LoadedMail | null) => Promise<T>): Promise<T> {
    const row = await this.ask(id);
    if (row === null || row.raw !== null) {
      return use(row as LoadedMail | null);
    }
    const turn = this.line.then(async () => use(await this.whole(id)));
    this.line = turn.catch(() => undefined);
    return turn;
  }
}

/** The ends of mails, those of one moment in one statement and one commit. */
export class GatherSettles extends Gathered<Settled, void> {
  constructor(source: DataSource) {
    super(async (round) => {
      const settle = async (some: typeof round): Promise<void> => {
        await source.query({ name: 'settle-mails', text: SETTLE } as unknown as string, [JSON.stringify(some.map(({ what }) => settleRow(what))), some.map(({ what }) => what.id)]);
        some.forEach(({ done }) => done());
      };
      try {
        await settle(round);
      } catch (error) {
        if (round.length === 1) {
          throw error;
        }
        // One bad row must not spoil the others: each alone, and each hears its own result.
        for (const one of round) {
          await settle([one]).catch(one.failed);
        }
      }
    });
  }
}
