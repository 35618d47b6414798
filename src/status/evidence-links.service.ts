import { Inject, Injectable } from '@nestjs/common';
import { createHash, randomBytes, randomUUID } from 'node:crypto';
import { DataSource } from 'typeorm';
import { AuditService } from '../audit/audit.service';
import { looksLikeHeaders } from '../core/evidence/answers';
import { fileName } from '../core/evidence/file-name';
import { isOpen } from '../core/ticket/states';
import type { GivenAnswers } from '../evidence/answers.schema';
import { EvidenceService } from '../evidence/evidence.service';
import type { Reserved } from '../evidence/reserved';
import { Clock } from '../platform/clock';
import { CONFIG, type Config } from '../platform/config/config';
import { Transactions } from '../platform/database/transactions';
import { Conflict, InvalidInput, NotFound } from '../platform/http/errors';
import { Ticket } from '../tickets/ticket.entity';
import type { Customer } from './customer';

const DAYS = 7;
const AT_ONCE = 5;
/** Uploads by one link: enough for a night of repairs. */
const USES = 50;
const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex');
const NONE = 'This link does not exist, or it is over. Ask whoever sent it to you for a new one.';

/** One link as the customer sees it on the ticket. */
export interface EvidenceLink {
  id: string;
  label: string;
  expiresAt: Date;
  uses: number;
  usedAt: Date | null;
}

/** The link for the customer's administrator: it adds evidence to one ticket and does nothing else. The only writer of evidence_link. */
@Injectable()
export class EvidenceLinks {
  constructor(
    @Inject(CONFIG) private readonly config: Pick<Config, 'PUBLIC_URL'>,
    private readonly source: DataSource,
    private readonly clock: Clock,
    private readonly transactions: Transactions,
    private readonly audit: AuditService,
    private readonly evidence: EvidenceService,
  ) {}

  /** Makes one; its address is told now and never again, but to the same form sent twice. @throws InvalidInput without a name or with five alive already */
  async make(customer: Customer, ticket: Pick<Ticket, 'id' | 'accountId'>, label: string, reserved: Reserved | null = null): Promise<string> {
    const name = label.replace(/\s+/g, ' ').trim().slice(0, 80);
    if (name === '') {
      throw new InvalidInput([{ field: 'label', code: 'missing', message: 'Say for whom the link is, such as “our administrator”.' }]);
    }
    if ((await this.alive(ticket.id)).length >= AT_ONCE) {
      throw new InvalidInput([{ field: 'label', code: 'too_many', message: `There are ${AT_ONCE} links already. End one of them first.` }]);
    }
    const key = randomBytes(16).toString('base64url');
    const url = `${this.config.PUBLIC_URL}/e/${key}`;
    const [id, now] = [randomUUID(), this.clock.now()];
    await this.transactions.run(async (tx) => {
      await tx.query('insert into evidence_link (id, key_hash, ticket_id, account_id, label, created_at, expires_at) values ($1, $2, $3, $4, $5, $6, $7)', [
        id, sha256(key), ticket.id, ticket.accountId, name, now, new Date(now.getTime() + DAYS * 86_400_000),
      ]);
      await this.audit.record(tx, { ticketId: ticket.id, event: 'evidence_link_made', by: customer.actor, detail: { link: id } });
    }, reserved?.along(200, () => url, true));
    return url;
  }

  /** Ends one of the ticket's links at once. */
  async end(customer: Customer, ticketId: string, id: string): Promise<void> {
    await this.transactions.run(async (tx) => {
      const [rows] = (await tx.query('update evidence_link set revoked_at = $3 where id::text = $1 and ticket_id = $2 and revoked_at is null returning id', [id, ticketId, this.clock.now()])) as [unknown[], number];
      if (rows.length > 0) {
        await this.audit.record(tx, { ticketId, event: 'evidence_link_ended', by: customer.actor, detail: { link: id } });
      }
    });
  }

  /** The links that work now, newest first. */
  async alive(ticketId: string): Promise<EvidenceLink[]> {
    return (await this.source.query(
      'select id, label, expires_at as "expiresAt", uses, used_at as "usedAt" from evidence_link where ticket_id = $1 and revoked_at is null and expires_at > $2 order by created_at desc', [ticketId, this.clock.now()],
    )) as EvidenceLink[];
  }

  /** The ticket behind a link. @throws NotFound for a key that never was, is over, was ended or is used up */
  async open(key: string): Promise<{ ticket: Ticket; link: EvidenceLink }> {
    const [link] = (await this.source.query(
      `select id, label, expires_at as "expiresAt", uses, used_at as "usedAt", ticket_id as "ticketId" from evidence_link where key_hash = $1 and revoked_at is null and expires_at > $2 and uses < ${USES}`,
      [sha256(key), this.clock.now()],
    )) as (EvidenceLink & { ticketId: string })[];
    const ticket = link ? await this.source.manager.findOneBy(Ticket, { id: link.ticketId }) : null;
    if (!link || !ticket) {
      throw new NotFound(NONE);
    }
    return { ticket, link };
  }

  /** Adds text and files, marked as come by the link. Whoever holds it is not the customer: it decides nothing and answers no question in their name. */
  async supply(key: string, text: string, files: GivenAnswers['files'], reserved: Reserved | null = null): Promise<void> {
    const { ticket, link } = await this.open(key);
    if (!isOpen(ticket.state)) {
      throw new Conflict('This ticket is decided. Nothing can be added any more.');
    }
    const samples = files.map((file) => Buffer.from(file.bytes).toString('base64'));
    const by = { kind: 'customer' as const, id: null, name: `${link.label}, by a link` };
    await this.evidence.supply(ticket.id, { ...(text.trim() === '' ? {} : ticket.kind === 'spam' && looksLikeHeaders(text) ? { headers: text } : { logs: text }), ...(samples.length > 0 ? { samples, names: files.map((file) => fileName(file.name)) } : {}) }, by, 'link', undefined, async (tx, supplied) => {
      await tx.query('update evidence_link set uses = uses + 1, used_at = $2 where id = $1', [link.id, this.clock.now()]);
      await reserved?.along<Ticket>(303, () => null)(tx, supplied);
    });
  }
}
