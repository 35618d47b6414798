import { Inject, Injectable } from '@nestjs/common';
import { createHash, randomBytes } from 'node:crypto';
import { DataSource, type EntityManager } from 'typeorm';
import { NOBODY, type Principal } from '../auth/principal';
import { SYSTEM } from '../audit/actor';
import type { Evidence } from '../core/evidence/evidence';
import type { Reserved } from '../evidence/reserved';
import { EvidenceService } from '../evidence/evidence.service';
import { FixesService } from '../evidence/fixes.service';
import { Clock } from '../platform/clock';
import { CONFIG, type Config } from '../platform/config/config';
import { Transactions } from '../platform/database/transactions';
import { Malformed } from '../platform/http/errors';
import { SearchService } from '../tickets/search.service';
import type { Ticket } from '../tickets/ticket.entity';
import { ticketParts } from '../tickets/ticket.query';
import { ticketView, type Audience, type TicketJson } from '../tickets/ticket.view';
import { TicketsService } from '../tickets/tickets.service';
import type { TicketList } from './tickets-api.schema';
import { EMPTY_PAGE, TicketListReader } from './tickets-list.query';

const LINK_DAYS = 30;

/** Reading and supplementing tickets over the API. */
@Injectable()
export class TicketsApiService {
  constructor(
    @Inject(CONFIG) private readonly config: Config,
    private readonly source: DataSource,
    private readonly clock: Clock,
    private readonly transactions: Transactions,
    private readonly tickets: TicketsService,
    private readonly evidence: EvidenceService,
    private readonly fixes: FixesService,
    private readonly lists: TicketListReader,
  ) {}

  /** The JSON of the answer. @throws Malformed for an address or a network that is none */
  async list(who: Principal, query: TicketList): Promise<string> {
    try {
      const page = await this.lists.page(query, audienceOf(who));
      if (page === EMPTY_PAGE && !query.after) {
        SearchService.nothingFound(query.q);
      }
      return page;
    } catch (error) {
      // 22P02: the text is no address and no network.
      if ((error as { code?: string }).code === '22P02') {
        throw new Malformed([{ field: 'ip', code: 'invalid', message: 'must be an address or a network, such as 203.0.113.0/24' }]);
      }
      throw error;
    }
  }

  async one(who: Principal, ref: string, tx: EntityManager = this.source.manager): Promise<TicketJson> {
    return this.view(await this.tickets.find(ref, tx), who, tx);
  }

  async supply(who: Principal, ref: string, evidence: Evidence, reserved: Reserved | null): Promise<TicketJson> {
    const ticket = await this.tickets.find(ref);
    const by = who.kind === 'nobody' ? SYSTEM : who.actor;
    return this.view(await this.evidence.supply(ticket.id, evidence, by, 'api', undefined, reserved?.along<Ticket>(200, (supplied, tx) => this.view(supplied, who, tx))), who);
  }

  /** A link that opens its page: the answer that is kept of it is sealed. */
  async statusLink(ref: string, reserved: Reserved | null = null): Promise<{ url: string; expiresAt: string }> {
    const ticket = await this.tickets.find(ref);
    const key = randomBytes(24).toString('base64url');
    const expiresAt = new Date(this.clock.now().getTime() + LINK_DAYS * 86_400_000);
    const link = { url: `${this.config.PUBLIC_URL}/s/${key}`, expiresAt: expiresAt.toISOString() };
    await this.transactions.run((tx) => tx.query('insert into status_link (key_hash, ticket_id, account_id, expires_at) values ($1, $2, $3, $4)', [
      createHash('sha256').update(key).digest('hex'), ticket.id, ticket.accountId, expiresAt,
    ]), reserved?.along(201, () => link, true));
    return link;
  }

  /** The customer reports a fix; what can be looked up is looked up at once. */
  async reportFix(who: Principal, ref: string, code: string, statement: string | undefined, reserved: Reserved | null): Promise<TicketJson> {
    const ticket = await this.tickets.find(ref);
    await this.fixes.report(ticket.id, code, statement, who.kind === 'nobody' ? SYSTEM : who.actor, reserved?.along<void>(200, (_, tx) => this.one(who, ref, tx)));
    return this.one(who, ref);
  }

  private async view(ticket: Ticket, who: Principal = NOBODY, tx: EntityManager = this.source.manager): Promise<TicketJson> {
    return ticketView(ticket, await ticketParts(tx, ticket.id), this.config.PUBLIC_URL, audienceOf(who));
  }
}

const audienceOf = (who: Principal): Audience => (who.kind === 'key' && who.scope !== 'noc' ? 'inside' : 'outside');
