/** How one leaves a list of addresses that others publish. */
export interface LeavingWay {
  name: string;
  /** what it lists, and what to do first */
  how: string;
  /** where one asks; null where a listing ends by itself */
  url: string | null;
}

/** By the end of the zone's name: a list may have several zones. */
const KNOWN: { zone: RegExp; way: LeavingWay }[] = [
  { zone: /(^|\.)spamhaus\.(org|net)$/, way: { name: 'Spamhaus', how: 'It says for which of its lists, and why. End the cause first; most entries of XBL and CSS are taken out at once, those of SBL by us as your provider.', url: 'https://check.spamhaus.org/' } },
  { zone: /(^|\.)spamcop\.net$/, way: { name: 'SpamCop', how: 'It ends by itself within 24 hours after the last report. There is nothing to ask for while mail still goes out.', url: 'https://www.spamcop.net/bl.shtml' } },
  { zone: /(^|\.)barracudacentral\.org$/, way: { name: 'Barracuda', how: 'Ask once, with the reason and a telephone number. It takes about twelve hours.', url: 'https://www.barracudacentral.org/rbl/removal-request' } },
  { zone: /(^|\.)surriel\.com$/, way: { name: 'PSBL', how: 'Take it out yourself; it comes back with the next unwanted mail.', url: 'https://psbl.org/remove' } },
  { zone: /(^|\.)uceprotect\.net$/, way: { name: 'UCEPROTECT', how: 'It ends by itself seven days after the last unwanted mail. Do not pay for it.', url: 'https://www.uceprotect.net/en/rblcheck.php' } },
  { zone: /(^|\.)mailspike\.(net|org)$/, way: { name: 'Mailspike', how: 'Look your address up there and ask for removal when the cause is gone.', url: 'https://mailspike.io/ip_verify' } },
  { zone: /(^|\.)s5h\.net$/, way: { name: 's5h', how: 'Take it out yourself when the cause is gone.', url: 'https://www.s5h.net/rbl' } },
  { zone: /(^|\.)dronebl\.org$/, way: { name: 'DroneBL', how: 'It lists open proxies and infected hosts. Clean the server first, then ask.', url: 'https://dronebl.org/lookup' } },
  { zone: /(^|\.)abuseat\.org$/, way: { name: 'CBL (Spamhaus XBL)', how: 'It lists infected hosts. Clean the server first; the entry is then taken out at once.', url: 'https://check.spamhaus.org/' } },
  { zone: /(^|\.)sorbs\.net$/, way: { name: 'SORBS', how: 'This list was closed in June 2024. Whoever still asks it should take it out.', url: null } },
];

/** The way out of a list, by its zone; in general words for one that we do not know. */
export function leaving(zone: string): LeavingWay {
  const found = KNOWN.find((each) => each.zone.test(zone.toLowerCase()));
  return found?.way ?? { name: zone, how: 'End the cause first. Then look for “removal” or “delisting” on the site of whoever runs this list.', url: null };
}
