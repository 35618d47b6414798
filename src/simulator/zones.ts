import { reverseName } from './address';
import { domains, GENERIC, type Domain } from './seed-customers';
import type { Address, DnsRecords, RecordType } from './types';

/** The recipient in whose mailbox the samples lie. */
export const RECIPIENT = { domain: 'empfang.example', mx: 'mx.empfang.example', ip: '192.0.2.200', ip6: '2001:db8:ffff::25' };

/** The PTR name of an address; the provider's own name where the customer set none. */
export function hostOf(ip: string, host: string | null): string | null {
  return host === GENERIC ? `${ip.replace(/[.:]+/g, '-')}.static.netzwerk.example` : host;
}

/** The domain a host or mailbox belongs to, as far as we know it. */
export function domainOf(name: string): Domain | undefined {
  return domains.find((d) => name === d.name || name.endsWith(`.${d.name}`) || name.endsWith(`@${d.name}`));
}

/** The zones of all customers. `dkimKey` is the public key in base64 (DER); all domains share one key, each under its own selector. */
export function zones(addresses: Address[], dkimKey: string): DnsRecords[] {
  const names = new Map<string, DnsRecords>();
  const add = (name: string, type: RecordType, value: string): void => {
    const key = `${name} ${type}`;
    names.set(key, { name, type, values: [...(names.get(key)?.values ?? []), value] });
  };
  for (const { ip, host } of [...addresses, { ip: RECIPIENT.ip, host: RECIPIENT.mx }, { ip: RECIPIENT.ip6, host: RECIPIENT.mx }]) {
    if (host) {
      add(reverseName(ip), 'PTR', host);
      add(host, ip.includes(':') ? 'AAAA' : 'A', ip);
    }
  }
  add(RECIPIENT.domain, 'MX', `10 ${RECIPIENT.mx}`);
  for (const domain of domains) {
    const own = addresses.filter((a) => a.accountId === domain.accountId);
    const host = own.map((a) => a.host).find((name) => name?.endsWith(domain.name));
    add(domain.name, 'MX', `10 ${host ?? `mail.${domain.name}`}`);
    own.slice(0, 1).forEach((a) => add(domain.name, 'A', a.ip));
    spfOf(domain, own).forEach((text) => add(domain.name, 'TXT', text));
    add(domain.name, 'TXT', `verification=${domain.accountId}`);
    if (domain.dkim) {
      add(`${domain.dkim}._domainkey.${domain.name}`, 'TXT', `v=DKIM1; k=rsa; p=${dkimKey}`);
    }
    if (domain.dmarc) {
      add(`_dmarc.${domain.name}`, 'TXT', `v=DMARC1; p=${domain.dmarc}; rua=mailto:dmarc@${domain.name}`);
    }
  }
  return [...names.values()];
}

function spfOf(domain: Domain, own: Address[]): string[] {
  const right = `v=spf1 ${own.map(({ ip }) => `${ip.includes(':') ? 'ip6' : 'ip4'}:${ip}`).join(' ')} -all`;
  switch (domain.spf) {
    case 'right':
      return [right];
    case 'stale':
      return ['v=spf1 ip4:192.0.2.99 -all'];
    case 'double':
      return [right, 'v=spf1 a mx ~all'];
  }
}
