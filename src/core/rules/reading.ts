import { decodeWords } from '../headers/decode-words';
import { fieldsByKey } from '../headers/fields-by-key';
import { isInNetworks } from '../headers/ip';
import type { Field, Hop, Message } from '../headers/message';
import { normaliseMessageId } from '../headers/normalise-message-id';
import { readAddresses } from '../headers/read-addresses';
import { readDate } from '../headers/read-date';
import { readDkimSignature, type DkimSignature } from '../headers/read-dkim-signature';
import { readTags } from '../headers/read-tags';
import type { Detection } from '../ticket/block';
import type { Facts, Proofs } from './analysis';
import { readResults, type ResultsRead } from './auth-results';
import { isTrustedHost, organisationOf, walkChain, type Chain } from './chain';
import { findDmarc, organisationalDomain, type DmarcFound } from './dns/dmarc';
import { Dns, tidyIp, tidyName } from './dns/dns';
import { checkSpf, type SpfOutcome, type SpfQuestion } from './dns/spf';
import { surveySpf, type SpfSurvey } from './dns/spf-survey';
import { findForward, findRelayed, type Forward, type Relayed } from './passing';
import { proveArc, proveDkim, type ArcProof } from './proofs';

export interface Mailbox { name: string; address: string; domain: string }
export interface ReturnPath { isNull: boolean; address: string | null; domain: string | null; field: Field | null }
export interface SpfReading { question: SpfQuestion; identity: string; outcome: SpfOutcome | null; survey: SpfSurvey }
export type KeyState = 'found' | 'missing' | 'revoked' | 'unknown';
export type DkimProof = NonNullable<Proofs['dkim']>[number];

/** The message and the facts as understood: what several rules need is worked out once, when the first of them asks. */
export class Reading {
  readonly dns: Dns;
  readonly claimIp: string | null;
  /** more than a Message-ID was supplied: only then can anything be said to be missing */
  readonly hasFields: boolean;
  private readonly byKey: Map<string, Field[]>;
  private readonly kept = new Map<string, unknown>();
  /** what DNS has no part in */
  private readonly plain: Map<string, unknown>;

  /** @param before a reading of the same message with the same facts but for DNS and proofs: what it understood without them is understood */
  constructor(readonly message: Message, readonly facts: Facts, before?: Reading) {
    this.dns = new Dns(facts.dns);
    this.claimIp = facts.claim.ip === undefined ? null : tidyIp(facts.claim.ip);
    this.hasFields = message.fields.length > 0 && message.supplied !== 'message_id';
    this.byKey = before?.byKey ?? fieldsByKey(message.fields);
    this.plain = before?.plain ?? new Map<string, unknown>();
  }

  all(key: string): Field[] { return this.byKey.get(key) ?? NONE; }
  first(key: string): Field | null { return this.byKey.get(key)?.[0] ?? null; }
  organisationOf(name: string): string { return organisationOf(name); }
  isTrusted(hop: Hop): boolean { return isTrustedHost(hop.by, this.facts); }
  isTrustedHost(name: string | null): boolean { return isTrustedHost(name, this.facts); }
  isTrustedNetwork(ip: string): boolean { return isInNetworks(ip, this.facts.trusted.networks); }
  /**
   * Does a domain stand for the one in From (RFC 9989 §4.4)? Relaxed: they have one organisational domain by the tree walk. Names of different
   * registrations never have, so that costs no look-up; and where a look-up is missing the registration stands for it.
   */
  isAligned(domain: string, strict: boolean): boolean {
    const [name, from] = [tidyName(domain), this.fromDomain];
    if (from === null || name === from || strict || organisationOf(name) !== organisationOf(from)) {
      return name === from;
    }
    const [own, its] = [organisationalDomain(from, this.dns), organisationalDomain(name, this.dns)];
    return own === 'unknown' || its === 'unknown' || own === its || this.dmarc?.state !== 'found';
  }

  // ── who writes
  get fromCount(): number { return this.all('from').length; }
  get from(): Mailbox[] { return this.plainly('from', () => mailboxes(this.first('from'))); }
  get replyTo(): Mailbox[] { return this.plainly('replyTo', () => mailboxes(this.first('reply-to'))); }
  /** the domains of all authors in all From fields, each once */
  get authorDomains(): string[] { return this.plainly('authorDomains', () => [...new Set(this.all('from').flatMap((field) => mailboxes(field).map(({ domain }) => domain)))]); }
  get fromDomain(): string | null { return this.from[0]?.domain ?? null; }
  get returnPath(): ReturnPath | null { return this.plainly('returnPath', () => this.readReturnPath()); }
  get messageId(): string | null {
    return this.plainly('messageId', () => normaliseMessageId(this.first('message-id')?.value ?? '') ?? normaliseMessageId(this.facts.claim.messageId ?? ''));
  }
  get subject(): string | null { return this.plainly('subject', () => { const field = this.first('subject'); return field ? decodeWords(field.value) : null; }); }
  get date(): { at: number; field: Field } | null {
    return this.plainly('date', () => { const field = this.first('date'); const at = field ? readDate(field.value) : null; return field && at !== null ? { at, field } : null; });
  }

  // ── the filter's record
  get detections(): Detection[] { return this.facts.block?.detections ?? []; }
  get detection(): Detection | null {
    return this.plainly('detection', () => this.detections.find((seen) => seen.messageId !== undefined && normaliseMessageId(seen.messageId) === this.messageId && this.messageId !== null) ?? null);
  }

  // ── the way
  private get chain(): Chain { return this.plainly('chain', () => walkChain(this.message.hops, this.claimIp, this.facts)); }
  get boundary(): Hop | null { return this.chain.boundary; }
  get peerHop(): Hop | null { return this.chain.peerHop; }
  get isSenderCopy(): boolean { return this.hasFields && this.chain.isSenderCopy; }
  /** from the claimed hop down; all of them where it is not there */
  get lowerHops(): Hop[] { return this.plainly('lowerHops', () => this.message.hops.slice(this.peerHop?.index ?? 0)); }
  /** the hop in which the server of the claimed address greeted */
  get greetingHop(): Hop | null { return this.peerHop ?? (this.claimIp === null ? this.boundary : null); }
  /** when the message passed from the claimed address to the receiving side, as well as it can be said */
  get passedAt(): { at: number; field: Field } | null {
    return this.plainly('passedAt', () => {
      const hop = [this.peerHop, this.boundary, ...this.message.hops].find((each) => each !== null && each.at !== null);
      return hop?.at != null ? { at: hop.at, field: hop.field } : this.date;
    });
  }
  get forward(): Forward | null { return this.keep('forward', () => findForward(this)); }
  get relayed(): Relayed | null { return this.keep('relayed', () => findRelayed(this)); }

  // ── what others checked, and what can be proven
  get authResults(): ResultsRead[] { return this.keep('authResults', () => readResults(this)); }
  get signatures(): DkimSignature[] { return this.plainly('signatures', () => this.all('dkim-signature').slice(0, 20).map(readDkimSignature)); }
  get arc(): ArcProof | null { return this.keep('arc', () => proveArc(this)); }
  proofOf(of: DkimSignature): DkimProof | null {
    return this.facts.proofs?.dkim?.find((proof) => proof.line === of.field.line) ?? this.keep(`proof ${of.field.line}`, () => proveDkim(this, of));
  }
  keyOf(of: DkimSignature): KeyState {
    const txt = this.dns.txt(`${of.selector}._domainkey.${of.domain}`);
    const key = txt === 'unknown' ? undefined : txt.map(readTags).find((tags) => tags.has('p'))?.get('p');
    return txt === 'unknown' ? 'unknown' : key === undefined ? 'missing' : key === '' ? 'revoked' : 'found';
  }

  // ── the domain
  get spfDomain(): string | null {
    const path = this.returnPath;
    return path?.isNull ? (this.helo ?? null) : (path?.domain ?? this.fromDomain);
  }
  get spf(): SpfReading | null { return this.keep('spf', () => this.readSpf()); }
  get dmarc(): DmarcFound | null { return this.keep('dmarc', () => (this.fromDomain === null ? null : findDmarc(this.fromDomain, this.dns))); }

  // ── kind of mail
  /** mail by a list or a mailer for many: its fields say so, or its return address, which is made for handling bounces */
  get isList(): boolean {
    return this.plainly('isList', () => this.readIsList());
  }
  get isAutomatic(): boolean {
    const auto = this.first('auto-submitted')?.value.toLowerCase() ?? 'no';
    return !auto.startsWith('no') || Boolean(this.returnPath?.isNull) || this.first('x-autoreply') !== null || this.first('x-autorespond') !== null;
  }
  get bulkMarkers(): Field[] {
    return BULK.flatMap((key) => this.all(key).slice(0, 1)).filter((field) => BULK_ONLY[field.key]?.test(field.value) ?? true);
  }

  private readIsList(): boolean {
    const fields = ['list-id', 'list-post', 'list-unsubscribe', 'mailing-list', 'x-mailing-list', 'x-beenthere', 'x-loop', 'list-owner'];
    const bouncer = /^(?:owner-|bounces?[+=-])|-(?:owner|bounces?|errors|request)(?:[+=-]|$)/i.test(this.returnPath?.address?.split('@')[0] ?? '');
    return bouncer || fields.some((key) => this.first(key) !== null) || /^(?:bulk|list)/i.test(this.first('precedence')?.value ?? '');
  }

  private get helo(): string | null {
    const name = tidyName(this.greetingHop?.from ?? this.boundary?.from ?? '');
    return name.includes('.') && tidyIp(name) === null ? name : null;
  }

  private readReturnPath(): ReturnPath | null {
    const field = this.first('return-path');
    const address = field ? field.value.replace(/\([^()]*\)/g, '').trim().replace(/^<|>$/g, '').trim().replace(/^mailer-daemon$/i, '') : (this.detection?.mailFrom?.replace(/^<|>$/g, '') ?? null);
    if (address === null) {
      return null;
    }
    const domain = address.slice(address.lastIndexOf('@') + 1).toLowerCase();
    return { isNull: address === '', address: address === '' ? null : address, domain: address.includes('@') && domain !== '' ? tidyName(domain) : null, field };
  }

  private readSpf(): SpfReading | null {
    const domain = this.spfDomain;
    if (domain === null) {
      return null;
    }
    const ip = this.claimIp ?? this.boundary?.ip ?? null;
    const helo = this.helo ?? '';
    const question = { ip: ip ?? '0.0.0.0', domain, sender: this.returnPath?.address ?? `postmaster@${domain}`, helo };
    const identity = this.returnPath?.isNull ? 'HELO' : this.returnPath?.domain ? 'Return-Path' : 'From, as no Return-Path was supplied';
    const survey = surveySpf(question, this.dns);
    return { question, identity, outcome: ip === null || survey.records === 'unknown' ? null : checkSpf(question, this.dns), survey };
  }

  private keep<T>(name: string, make: () => T, kept = this.kept): T {
    if (!kept.has(name)) {
      kept.set(name, make());
    }
    return kept.get(name) as T;
  }

  /** The same for what is told without DNS and proofs, and may be shared: `make` must ask neither. */
  private plainly<T>(name: string, make: () => T): T {
    return this.keep(name, make, this.plain);
  }
}

const NONE: Field[] = [];
const BULK = ['precedence', 'x-mailer', 'list-id', 'list-post', 'list-help', 'feedback-id', 'x-campaign', 'x-campaignid', 'x-campaign-id', 'x-mc-user', 'x-mailingid', 'x-bulkmail', 'x-csa-complaints', 'x-newsletter', 'x-phplist-version', 'x-mailman-version', 'mailing-list'];
/** Fields that mark bulk mail only with these values. */
const BULK_ONLY: Record<string, RegExp> = {
  precedence: /^(?:bulk|list)/i, 'x-mailer': /mailchimp|sendinblue|brevo|newsletter|acymailing|phplist|\bsendy\b|interspire|listserv|mailman|mass.?mail|bulk|campaign/i,
};

function mailboxes(field: Field | null): Mailbox[] {
  return field === null ? [] : readAddresses(field.value).flatMap(({ name, address }) => {
    const domain = address.slice(address.lastIndexOf('@') + 1).toLowerCase();
    return address.includes('@') && domain !== '' ? [{ name, address, domain: tidyName(domain) }] : [];
  });
}
