import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { shownState, stateLabel } from '../core/ticket/state-label';
import { FINAL_STATES, type State } from '../core/ticket/states';
import { DECISION_STATE } from '../tickets/ticket.query';
import { isUuid } from '../platform/uuid';
import { AccountSharing, shownTo } from './account-sharing.service';
import type { Customer } from './customer';
import { CHIP } from './ticket-page.view';

const PAGE = 50;

interface Row { id: string; ref: string; ip: string; kind: string; state: State; decision: string | null; again: boolean; created: Date }

/** The tickets of an account, newest first, and its current blocks without a ticket, as far as we know them. */
@Injectable()
export class MyTicketsService {
  constructor(
    private readonly source: DataSource,
    private readonly sharing: AccountSharing,
  ) {}

  async list(customer: Customer, after?: string) {
    const { account } = customer;
    const from = isUuid(after ?? '') ? after : null;
    const rows = (await this.source.query(
      `select t.id, t.ref, host(t.ip) as ip, t.kind, t.state, t.blocked_again_at is not null as again, t.created_at as created,
         (select ${DECISION_STATE} from decision d where d.id = t.decision_id) as decision
       from ticket t where t.account_id = $1 and ${shownTo('$3')} and ($2::uuid is null or (t.created_at, t.id) < (select c.created_at, c.id from ticket c where c.id = $2 and c.account_id = $1))
       order by t.created_at desc, t.id desc limit ${PAGE + 1}`,
      [account.id, from, account.email],
    )) as Row[];
    const shown = rows.slice(0, PAGE);
    return {
      title: 'Your tickets', shared: await this.sharing.isShared(customer), accountId: account.id, blocks: from ? [] : await this.blocks(account.id), mails: from ? 0 : await this.mails(account.id), more: rows.length > PAGE ? shown.at(-1)?.id : null,
      tickets: shown.map((row) => {
        const state = shownState(row.state, row.decision);
        const look = row.again && state === 'lifted' ? { tone: 'bad', icon: 'alert-triangle' } : CHIP[state];
        return { ref: row.ref, ip: row.ip, kindWord: row.kind === 'spam' ? 'Spam' : 'Hack', createdAt: row.created, chip: { ...look, label: stateLabel(state, { blockedAgain: row.again }) } };
      }),
    };
  }

  /** Mails about their addresses that wait for them to say "that is ours". */
  private async mails(accountId: string): Promise<number> {
    const [row] = (await this.source.query(
      `select count(*)::int as n from mail_confirmation c join inbound_mail m on m.id = c.inbound_id where c.account_id = $1 and c.answer is null and m.state = 'pending'`, [accountId],
    )) as { n: number }[];
    return row?.n ?? 0;
  }

  /** "Am I still blocked?": what the mirror shows on addresses for which this account had a ticket. */
  private async blocks(accountId: string) {
    const rows = (await this.source.query(
      `select host(b.ip) as ip, b.kind, b.blocked_at as at from block b
       where b.state = 'blocked' and b.ip in (select t.ip from ticket t where t.account_id = $1)
         and not exists (select from ticket t where t.episode = b.episode and t.account_id = $1 and t.state <> all($2)) order by b.blocked_at desc limit 50`,
      [accountId, FINAL_STATES],
    )) as { ip: string; kind: string; at: Date }[];
    return rows.map(({ ip, kind, at }) => ({
      ip, kindWord: kind === 'spam' ? 'Spam' : 'Hack', blockedAt: at, href: `/appeals/new?${new URLSearchParams({ ip, kind, at: at.toISOString() }).toString()}`,
    }));
  }

  /** Every block that the mirror shows on one address, whichever ticket it has: after a lift the others must be known. */
  async standing({ account }: Customer, ip: string) {
    const rows = (await this.source.query(
      `select b.kind, b.blocked_at as at, (select t.ref from ticket t where t.episode = b.episode and t.account_id = $2 and t.state <> all($3) limit 1) as ref
       from block b where b.state = 'blocked' and (b.ip = $1 or b.prefix >> $1) order by b.blocked_at desc limit 20`, [ip, account.id, FINAL_STATES],
    )) as { kind: string; at: Date; ref: string | null }[];
    return rows.map(({ kind, at, ref }) => ({ kindWord: kind === 'spam' ? 'Spam' : 'Hack', blockedAt: at, ticketRef: ref, href: ref ? `/tickets/${ref}` : `/appeals/new?${new URLSearchParams({ ip, kind, at: at.toISOString() }).toString()}` }));
  }

  /** Message-IDs that the alerts of this account name, of the newest tickets. */
  async messageIds({ account }: Customer): Promise<string[]> {
    const rows = (await this.source.query(
      `select d->>'messageId' as id from (select t.block from ticket t where t.account_id = $1 and ${shownTo('$2')} and t.kind = 'spam' and t.closed_reason is distinct from 'not_owner' order by t.created_at desc limit 5) t,
         jsonb_array_elements(case jsonb_typeof(t.block->'detections') when 'array' then t.block->'detections' else '[]' end) d where d->>'messageId' is not null limit 12`, [account.id, account.email],
    )) as { id: string }[];
    return [...new Set(rows.map((row) => row.id))];
  }
}
