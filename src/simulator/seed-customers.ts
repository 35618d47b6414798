import type { Customer } from './types';

/** How a domain is set up in DNS. Each of the faulty ones lacks one thing, so that one fix repairs it. */
export interface Domain {
  name: string;
  accountId: string;
  /** `stale`: the record names a server of the past; `double`: two SPF records, which is an error (RFC 7208, 4.5). */
  spf: 'right' | 'stale' | 'double';
  /** Selector of the DKIM key; null: not signed. */
  dkim: string | null;
  /** Policy of the DMARC record; null: no record. */
  dmarc: 'none' | 'quarantine' | 'reject' | null;
}

const customer = (id: string, name: string, tier: string, language: string, ...emails: string[]): Customer => ({
  id, email: emails[0] ?? '', name, tier, language, emails,
});

/** The customers. `buero@kontor-sued.example` is an agency that looks after two of them. */
export const customers: Customer[] = [
  customer('20418', 'Nordlicht Druck GmbH', 'business', 'de', 'technik@nordlicht-druck.example', 'post@nordlicht-druck.example', 'buchhaltung@nordlicht-druck.example'),
  customer('20533', 'Bäckerei Lindner', 'standard', 'de', 'info@baeckerei-lindner.example', 'anna.lindner@baeckerei-lindner.example', 'buero@kontor-sued.example'),
  customer('20671', 'Atelier Mercier SARL', 'business', 'fr', 'contact@atelier-mercier.example', 'claire.mercier@atelier-mercier.example'),
  customer('20702', 'Librairie du Canal', 'standard', 'fr', 'bonjour@librairie-du-canal.example', 'commandes@librairie-du-canal.example'),
  customer('20845', 'Tallow & Finch Ltd', 'premium', 'en', 'ops@tallow-and-finch.example', 'postmaster@tallow-and-finch.example', 'm.finch@tallow-and-finch.example'),
  customer('20990', 'Halden Hosting', 'reseller', 'en', 'noc@halden-hosting.example', 'abuse@halden-hosting.example', 'support@halden-hosting.example'),
  customer('21057', 'Harbour Bicycle Works', 'standard', 'en', 'hello@harbour-bicycles.example', 'workshop@harbour-bicycles.example'),
  customer('21133', 'Verein Stadtradio', 'standard', 'de', 'redaktion@stadtradio.example', 'vorstand@stadtradio.example'),
  customer('21240', 'Pixelkombinat GmbH', 'business', 'de', 'admin@pixelkombinat.example', 'hosting@pixelkombinat.example', 'buero@kontor-sued.example'),
];

/** Their domains: two are as they should be, each of the others lacks one thing (a generic PTR, or none, lies with the address). */
export const domains: Domain[] = [
  { name: 'nordlicht-druck.example', accountId: '20418', spf: 'right', dkim: 'nd2026', dmarc: 'quarantine' },
  { name: 'baeckerei-lindner.example', accountId: '20533', spf: 'right', dkim: 'mail', dmarc: null },
  { name: 'atelier-mercier.example', accountId: '20671', spf: 'stale', dkim: 'am1', dmarc: 'none' },
  { name: 'librairie-du-canal.example', accountId: '20702', spf: 'right', dkim: 'canal', dmarc: 'none' },
  { name: 'tallow-and-finch.example', accountId: '20845', spf: 'double', dkim: 'tf', dmarc: 'reject' },
  { name: 'halden-hosting.example', accountId: '20990', spf: 'right', dkim: 'hh', dmarc: 'quarantine' },
  { name: 'harbour-bicycles.example', accountId: '21057', spf: 'right', dkim: null, dmarc: 'none' },
  { name: 'stadtradio.example', accountId: '21133', spf: 'right', dkim: 'radio', dmarc: 'none' },
  { name: 'pixelkombinat.example', accountId: '21240', spf: 'right', dkim: 'pk', dmarc: 'quarantine' },
];

/** The provider's own name for an address whose customer set none: what a finding calls a generic PTR. */
export const GENERIC = 'generic';

/** account, address, PTR name (null: none), held since how many days, who else may act for it. */
export const holdings: [accountId: string, ip: string, host: string | null, days: number, delegates?: string[]][] = [
  ['20418', '203.0.113.12', 'mail.nordlicht-druck.example', 1420],
  ['20418', '203.0.113.13', 'shop.nordlicht-druck.example', 1420],
  ['20418', '203.0.113.47', 'news.nordlicht-druck.example', 388],
  ['20418', '2001:db8:90:2::19', 'mail.nordlicht-druck.example', 388],
  ['20533', '203.0.113.64', 'mail.baeckerei-lindner.example', 910],
  ['20533', '203.0.113.65', 'www.baeckerei-lindner.example', 910],
  ['20533', '2001:db8:41:5::10', 'mail.baeckerei-lindner.example', 512],
  ['20671', '198.51.100.14', 'mail.atelier-mercier.example', 64],
  ['20671', '198.51.100.15', 'boutique.atelier-mercier.example', 702],
  ['20671', '198.51.100.16', GENERIC, 702],
  ['20671', '2001:db8:7:1::14', 'mail.atelier-mercier.example', 64],
  ['20702', '198.51.100.30', GENERIC, 233],
  ['20702', '198.51.100.31', GENERIC, 233],
  ['20702', '2001:db8:7:2::30', 'mail.librairie-du-canal.example', 233],
  ['20845', '198.51.100.77', 'mail.tallow-and-finch.example', 1188],
  ['20845', '198.51.100.78', 'orders.tallow-and-finch.example', 1188],
  ['20845', '198.51.100.88', 'mail2.tallow-and-finch.example', 10],
  ['20845', '2001:db8:41:8::25', 'mail6.tallow-and-finch.example', 340],
  ['20845', '192.0.2.20', 'watch.tallow-and-finch.example', 340],
  ['20990', '192.0.2.33', 'mx1.halden-hosting.example', 2044],
  ['20990', '192.0.2.34', 'mx2.halden-hosting.example', 2044],
  ['20990', '192.0.2.35', 'web1.halden-hosting.example', 1533],
  ['20990', '192.0.2.36', 'web2.halden-hosting.example', 1533],
  ['20990', '2001:db8:60::33', 'mx1.halden-hosting.example', 1533],
  ['21057', '203.0.113.131', 'mail.harbour-bicycles.example', 455],
  ['21057', '203.0.113.132', GENERIC, 455],
  ['21133', '203.0.113.190', null, 97, ['20990']],
  ['21133', '203.0.113.191', null, 97, ['20990']],
  ['21133', '2001:db8:60:4::90', 'sendung.stadtradio.example', 97, ['20990']],
  ['21240', '203.0.113.220', 'mail.pixelkombinat.example', 610, ['20990']],
  ['21240', '203.0.113.221', 'dev.pixelkombinat.example', 610, ['20990']],
];
