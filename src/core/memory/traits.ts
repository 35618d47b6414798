import ipaddr from 'ipaddr.js';

/** What tickets can have in common. */
export const TRAITS = ['address', 'network', 'account', 'rule', 'domain', 'script'] as const;
export type Trait = (typeof TRAITS)[number];

export interface TraitOf {
  trait: Trait;
  value: string;
}

/** What one trait in common tells of a common cause. A script says most, a network least. */
export const WEIGHTS: Record<Trait, number> = { script: 6, domain: 4, rule: 3, address: 3, account: 2, network: 1 };
const WORDS: Record<Trait, string> = { script: 'same script', domain: 'same sending domain', rule: 'same filter rule', address: 'same address', account: 'same account', network: 'same network' };

export interface TraitFacts {
  ip: string;
  accountId: string;
  rules: readonly string[];
  /** From of the message that was read, as it stands there */
  from: string | null;
  /** headers of the evidence in which a script may be named */
  headers: string | null;
}

const LONGEST = 200;

/** The traits of a ticket. Values are plain text, cut, in small letters where case means nothing. */
export function traitsOf({ ip, accountId, rules, from, headers }: TraitFacts): TraitOf[] {
  const found: TraitOf[] = [{ trait: 'address', value: ip }, { trait: 'account', value: accountId }];
  const network = networkOf(ip);
  const domain = domainOf(from);
  const script = headers === null ? null : scriptOf(headers);
  return [
    ...found, ...(network ? [{ trait: 'network' as const, value: network }] : []), ...[...new Set(rules)].slice(0, 20).map((rule) => ({ trait: 'rule' as const, value: rule.slice(0, LONGEST) })),
    ...(domain ? [{ trait: 'domain' as const, value: domain }] : []), ...(script ? [{ trait: 'script' as const, value: script }] : []),
  ];
}

interface Remembered { ip: string; accountId: string; block: { detections?: readonly { rule?: string }[] } }
interface Supplied { type: string; text: string | null; bytes: Buffer | null }

/** The traits of a ticket by its evidence. @param from of the message that was read; null where none was */
export function traitsOfTicket({ ip, accountId, block }: Remembered, items: readonly Supplied[], from: string | null): TraitOf[] {
  const texts = items.filter(({ type }) => type === 'headers' || type === 'message').map(({ text, bytes }) => text ?? bytes?.toString('latin1', 0, 256_000) ?? '');
  const headers = texts.map((text) => text.split(/\r?\n\r?\n/, 1)[0] ?? '').join('\n');
  return traitsOf({ ip, accountId, rules: (block.detections ?? []).flatMap(({ rule }) => rule ?? []), from, headers });
}

/** The /24 or /64 that an address lies in; null for what is no address. */
export function networkOf(ip: string): string | null {
  if (!ipaddr.isValid(ip)) {
    return null;
  }
  const address = ipaddr.process(ip);
  return address.kind() === 'ipv4' ? `${ipaddr.IPv4.networkAddressFromCIDR(`${address.toString()}/24`).toString()}/24` : `${ipaddr.IPv6.networkAddressFromCIDR(`${address.toString()}/64`).toString()}/64`;
}

/** The domain of the one sender; null when there is none, or more than one. */
export function domainOf(from: string | null): string | null {
  const parts = (from ?? '').slice(0, 1000).split('@');
  const domain = parts.length === 2 ? (/^[a-z0-9.-]{3,253}/i.exec(parts[1] ?? '')?.[0] ?? '').toLowerCase().replace(/\.$/, '') : '';
  return domain.includes('.') ? domain : null;
}

/**
 * The script that sent the mail, as PHP writes it: `X-PHP-Originating-Script: 1002:mailer.php`, `X-PHP-Script: shop.example/wp/mail.php for 203.0.113.9`.
 * The number of the user and the visitor's address are left out: the script is what tickets share.
 */
export function scriptOf(headers: string): string | null {
  for (const line of headers.slice(0, 256_000).split('\n')) {
    const [name = '', value] = [line.slice(0, line.indexOf(':')).toLowerCase(), line.slice(line.indexOf(':') + 1).trim()];
    if (name === 'x-php-originating-script') {
      return value.replace(/^\d{1,10}:/, '').slice(0, LONGEST) || null;
    }
    if (name === 'x-php-script') {
      return (value.split(' for ')[0] ?? '').trim().slice(0, LONGEST) || null;
    }
  }
  return null;
}

/** "same script mailer.php, same filter rule BULK_7", the strongest first. */
export function whySimilar(shared: readonly TraitOf[]): string {
  return [...shared].sort((a, b) => WEIGHTS[b.trait] - WEIGHTS[a.trait]).map(({ trait, value }) => (trait === 'address' || trait === 'account' ? WORDS[trait] : `${WORDS[trait]} ${value}`)).join(', ');
}
