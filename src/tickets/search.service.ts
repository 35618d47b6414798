import { Injectable } from '@nestjs/common';
import ipaddr from 'ipaddr.js';
import { DataSource } from 'typeorm';
import { readReference } from '../core/ticket/reference';
import { mistypedNetwork } from '../core/search/mistyped-network';
import { searchWords } from '../core/search/search-words';
import { Malformed } from '../platform/http/errors';
import { tellingWords } from './telling-words';
import { WordCounts } from './word-counts';

type Bind = (value: unknown) => string;

/** What the search box was understood as, for who writes the query. `inside` may find what customers must not read: notes, rules of the filter. */
export interface Search {
  q: string;
  inside: boolean;
  /** columns of ticket t (and of what `joins` joins), without aliases of their own in the order */
  columns: string;
  joins?: string;
  /** conditions on t, with their values bound by `bind` */
  filters: (bind: Bind) => (string | null | undefined | false | '')[];
  /** the last row of the page before */
  after: { at: string; id: string } | null;
  /** rows wanted */
  limit: number;
  /** how the driver gives rows, where not as objects */
  how?: object;
}

/** So many of the newest tickets are looked through before the index is asked: words that stand everywhere are among them. */
const NEWEST = 2000;
/** With fewer tickets every way is short. What stands in one of so many is common. */
const [MANY, RARE] = [100_000, 200];
const RANK = 'order by t.created_at desc, t.id';

/**
 * Finds tickets by what people type: a reference, an address or network, a Message-ID or mail address, a domain, an account, else words;
 * the newest first, among all tickets. No sign has a meaning of its own, so none can break it.
 */
@Injectable()
export class SearchService {
  private readonly counts: WordCounts;

  constructor(private readonly source: DataSource) {
    this.counts = new WordCounts(source);
  }

  /**
   * A search over the API found nothing: where an address or a network was mistyped, an empty list would pass for "there is none".
   * @throws Malformed with what would be right
   */
  static nothingFound(q: string | undefined): void {
    const slip = q ? mistypedNetwork(q) : null;
    if (slip) {
      throw new Malformed([{ field: 'q', code: 'invalid', message: slip }]);
    }
  }

  /** @returns the rows, at most `limit`; columns as asked for */
  async find<T>(search: Search): Promise<T[]> {
    const q = search.q.trim();
    const exact = plainly(q);
    if (exact) {
      return this.rows<T>(search, (bind) => exact(bind));
    }
    if (await this.isKnown(q)) {
      const known = await this.rows<T>(search, (bind) => `(t.account_id = ${bind(q)} or t.external_ref = ${bind(q)})`);
      if (known.length > 0) {
        return known;
      }
    }
    const key = keyOf(q);
    const keyed = key ? await this.rows<T>(search, (bind) => `t.id in (select ticket_id from ticket_search where keys @> array[${bind(key)}])`) : [];
    return keyed.length > 0 || search.after && key && (await this.has(key)) ? keyed : this.words<T>(search, q);
  }

  /** Whether it is an account or a reference of the NOC's. Most searches are neither, and to find that out takes less than to look for nothing with all columns. */
  private async isKnown(q: string): Promise<boolean> {
    return ((await this.source.query('select from ticket where account_id = $1 or external_ref = $1 limit 1', [q])) as unknown[]).length > 0;
  }

  private async has(key: string): Promise<boolean> {
    return ((await this.source.query('select 1 from ticket_search where keys @> array[$1] limit 1', [key])) as unknown[]).length > 0;
  }

  private async words<T>(search: Search, q: string): Promise<T[]> {
    const asked = searchWords(q).map((word) => `'${word}'`);
    if (asked.length === 0) {
      return []; // only signs
    }
    const total = await this.counts.all();
    const words = await this.unfinished(asked, q, total);
    const query = words.join(' & ');
    // A small desk is not asked how often words stand: every way is short there.
    const { telling, together } = total < MANY ? { telling: words, together: total } : tellingWords(await Promise.all(words.map(async (word) => ({ word, count: await this.counts.of(word) }))), total);
    // Where they stand in many tickets, enough of them are among the newest; where they do not, the walk would be in vain.
    const newest = together > total / RARE
      ? await this.rows<T>(search, (bind) => said(search, query, q, bind), (bind) =>
        `(select ticket_id, words, names, created_at from ticket_search where ${search.after ? `created_at <= ${bind(search.after.at)}::timestamptz` : 'true'} order by created_at desc, ticket_id limit ${NEWEST}) f`)
      : [];
    if (newest.length >= search.limit) {
      return newest;
    }
    // What is rarer than that is found by the index, and few enough to be put in order. For a single word the index of names is asked beside it.
    const [few, among] = telling.length < words.length && /\s/.test(q)
      ? [(bind: Bind) => `with few as materialized (select ticket_id, words from ticket_search where words @@ ${bind(telling.join(' & '))}::tsquery) `, 'few']
      : [() => '', 'ticket_search'];
    return this.rows<T>(search, () => 'true', (bind) => `(${few(bind)}select f.ticket_id from ${among} f where ${said(search, query, q, bind)}) f`, true);
  }

  /**
   * The last word may be unfinished; two letters would be a walk through half of the index, and so would the end of a domain. Among many tickets, one
   * that stands in a good part of them is taken as a whole word: the index gathers all entries that begin like it before it looks at the other words.
   */
  private async unfinished(asked: string[], q: string, total: number): Promise<string[]> {
    const mayGoOn = /[\p{L}\p{N}]{3}$/u.test(q) && !/\.[\p{L}\p{N}-]+$/u.test(q);
    const last = asked.at(-1) ?? '';
    return mayGoOn && (total < MANY || (await this.counts.of(last)) < total / RARE) ? [...asked.slice(0, -1), `${last}:*`] : asked;
  }

  private async rows<T>({ columns, joins = '', filters, after, limit, how }: Search, where: (bind: Bind) => string, among?: (bind: Bind) => string, whole = false): Promise<T[]> {
    const values: unknown[] = [];
    const bind: Bind = (value) => `$${values.push(value)}`;
    const from = among ? (whole ? `hits f join ticket t on t.id = f.ticket_id` : `${among(bind)} join ticket t on t.id = f.ticket_id`) : 'ticket t';
    const first = whole && among ? `with hits as materialized (select * from ${among(bind)}) ` : '';
    const conditions = [where(bind), ...filters(bind), after && `(t.created_at < ${bind(after.at)}::timestamptz or (t.created_at = ${bind(after.at)}::timestamptz and t.id > ${bind(after.id)}::uuid))`].filter(Boolean);
    const text = `${first}select ${columns} from ${from} ${joins} where ${conditions.join(' and ')} ${RANK} limit ${limit}`;
    return (await this.source.query((how ? { text, ...how } : text) as string, values)) as T[];
  }
}

/** Words as asked, or one that is a part of a name (several words of a name are words like others). Outside, what only the desk may find is taken out again after the index has said yes. */
function said({ inside }: Search, query: string, q: string, bind: Bind): string {
  const asked = `${bind(query)}::tsquery`;
  const found = inside ? `f.words @@ ${asked}` : `(f.words @@ ${asked} and ts_filter(f.words, '{a,b,c}') @@ ${asked})`;
  const part = /^\S*[\p{L}\p{N}]{3}\S*$/u.test(q) ? ` or f.names like ${bind(`%${q.toLowerCase().replace(/[\\%_]/g, (sign) => `\\${sign}`)}%`)}` : '';
  return `(${found}${part})`;
}

/** A reference, an address or a network: answered from the ticket itself. */
function plainly(q: string): ((bind: Bind) => string) | null {
  const ref = readReference(q);
  if (ref) {
    return (bind) => `t.ref = ${bind(ref)}`;
  }
  const network = cidr(q);
  return network ? (bind) => `t.ip <<= ${bind(network)}::inet` : null;
}

/** A mail address, a Message-ID (with or without its brackets), or a domain. */
function keyOf(q: string): string | null {
  const id = q.replace(/^<|>$/g, '').toLowerCase();
  if (/^[^\s<>@,;:"()]{1,200}@[a-z0-9][a-z0-9.-]{0,200}$/.test(id)) {
    return `at:${id}`;
  }
  const domain = id.replace(/^@/, '').replace(/\.$/, '');
  return /^(?:[a-z0-9-]+\.)+[a-z]{2,24}$/.test(domain) ? `dom:${domain}` : null;
}

/** An address or a network in CIDR form, with the bits outside of the mask cleared; null for anything else. */
export function cidr(text: string): string | null {
  const [head = '', bits, ...more] = text.split('/');
  if (more.length > 0 || !(head.includes(':') || /^\d{1,3}(\.\d{1,3}){3}$/.test(head)) || head.includes('%') || !ipaddr.isValid(head)) {
    return null;
  }
  const parsed = ipaddr.process(head);
  const most = parsed.kind() === 'ipv4' ? 32 : 128;
  if (bits === undefined) {
    return parsed.toString();
  }
  const length = /^\d{1,3}$/.test(bits) ? Number(bits) : NaN;
  if (!(length >= 0 && length <= most)) {
    return null;
  }
  const whole = `${parsed.toString()}/${length}`;
  return `${(most === 32 ? ipaddr.IPv4 : ipaddr.IPv6).networkAddressFromCIDR(whole).toString()}/${length}`;
}
