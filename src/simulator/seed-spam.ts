import type { Traffic } from '../core/ticket/block';

/** A message behind a spam block, as its sender wrote it: detections and samples are both built from it. */
export interface Scene {
  ip: string;
  hoursAgo: number;
  prefix?: string;
  /** Greeting name where the address has none of its own. */
  helo?: string;
  from: string;
  mailFrom: string;
  to: string;
  subject: string;
  rule: string;
  score: number;
  /** How the message entered the customer's server. */
  via: 'submitted' | 'php' | 'script' | 'list';
  /** What a bulk message offers for leaving the list. */
  unsubscribe?: 'one-click' | 'mailto';
  text: string;
  /** Further detections of the same block: rule, score, subject. */
  also: [rule: string, score: number, subject: string][];
  total: number;
  traffic: Traffic;
}

const traffic = (messagesLastHour: number, messagesLast30Days: number, fromOrganisationsLastDay = 1): Traffic =>
  ({ messagesLastHour, messagesLast30Days, fromOrganisationsLastDay });

/** The twelve current spam blocks. Some are wrong (order mail, a list), some right (a stolen mailbox, a leaking form). */
export const scenes: Scene[] = [
  { ip: '203.0.113.47', hoursAgo: 1.2, from: 'Nordlicht Druck <rechnung@nordlicht-druck.example>', mailFrom: 'rechnung@nordlicht-druck.example',
    to: 'kunde@empfang.example', subject: 'Ihre Rechnung 2026-11847', rule: 'CT_INVOICE_LURE', score: 7.4, via: 'submitted',
    text: 'Guten Tag,\n\nanbei die Rechnung 2026-11847 zu Ihrer Bestellung von 500 Visitenkarten.\n\nFreundliche Grüße\nNordlicht Druck GmbH',
    also: [['CT_INVOICE_LURE', 7.2, 'Ihre Rechnung 2026-11848'], ['CT_INVOICE_LURE', 7.6, 'Ihre Rechnung 2026-11850']], total: 9, traffic: traffic(64, 8210) },
  { ip: '203.0.113.12', hoursAgo: 4.5, from: 'Nordlicht Druck Shop <shop@nordlicht-druck.example>', mailFrom: 'bounce@nordlicht-druck.example',
    to: 'einkauf@empfang.example', subject: 'Auftrag 88214: Druckdaten freigegeben', rule: 'BURST_NEW_RCPTS', score: 6.1, via: 'submitted',
    text: 'Ihre Druckdaten sind geprüft. Der Auftrag 88214 geht heute in den Druck.',
    also: [['BURST_NEW_RCPTS', 6.0, 'Auftrag 88219: Druckdaten freigegeben']], total: 6, traffic: traffic(212, 11904) },
  { ip: '203.0.113.64', hoursAgo: 2.8, from: 'Bäckerei Lindner <bestellung@baeckerei-lindner.example>', mailFrom: 'bestellung@baeckerei-lindner.example',
    to: 'kunde@empfang.example', subject: 'Bestellung 4471 ist abholbereit', rule: 'SUBJ_ORDER_LURE', score: 6.8, via: 'submitted',
    text: 'Ihr Brot wartet ab 7 Uhr in der Filiale am Markt auf Sie.',
    also: [['SUBJ_ORDER_LURE', 6.6, 'Bestellung 4472 ist abholbereit'], ['SUBJ_ORDER_LURE', 6.9, 'Bestellung 4475 ist abholbereit']], total: 5, traffic: traffic(38, 2440) },
  { ip: '198.51.100.14', hoursAgo: 7, from: 'Atelier Mercier <lettre@atelier-mercier.example>', mailFrom: 'retour@atelier-mercier.example',
    to: 'abonne@empfang.example', subject: 'Lettre de novembre : nos nouveaux cadres', rule: 'BULK_URL_DENSE', score: 8.3, via: 'submitted', unsubscribe: 'one-click',
    text: 'Bonjour,\n\nvoici nos nouveaux cadres en chêne. À voir : https://atelier-mercier.example/cadres',
    also: [['BULK_URL_DENSE', 8.1, 'Lettre de novembre : nos nouveaux cadres'], ['SPF_HARD_FAIL', 5.5, 'Lettre de novembre : nos nouveaux cadres']], total: 31, traffic: traffic(640, 1280) },
  { ip: '198.51.100.30', hoursAgo: 11, helo: 'mail.librairie-du-canal.example', from: 'Librairie du Canal <promo@librairie-du-canal.example>', mailFrom: 'promo@librairie-du-canal.example',
    to: 'lecteur@empfang.example', subject: 'OFFRE SPÉCIALE : -40 % !!!', rule: 'SUBJ_PROMO_CAPS', score: 9.6, via: 'submitted',
    text: 'Tous les romans à -40 % jusqu’à dimanche. https://librairie-du-canal.example/promo',
    also: [['SUBJ_PROMO_CAPS', 9.4, 'OFFRE SPÉCIALE : -40 % !!!'], ['GENERIC_RDNS', 4.8, 'DERNIER JOUR !!!']], total: 44, traffic: traffic(1310, 2950) },
  { ip: '198.51.100.77', hoursAgo: 3.4, from: 'Tallow & Finch <orders@tallow-and-finch.example>', mailFrom: 'orders@tallow-and-finch.example',
    to: 'buyer@empfang.example', subject: 'Your order TF-20931 has shipped', rule: 'CT_PARCEL_LURE', score: 7.1, via: 'submitted',
    text: 'Six beeswax candles are on their way to you. Tracking number: TF20931GB.',
    also: [['CT_PARCEL_LURE', 7.0, 'Your order TF-20934 has shipped'], ['CT_PARCEL_LURE', 7.3, 'Your order TF-20940 has shipped']], total: 8, traffic: traffic(96, 15822) },
  { ip: '2001:db8:41:8::25', prefix: '2001:db8:41:8::/64', hoursAgo: 9, from: 'Tallow & Finch News <news@tallow-and-finch.example>', mailFrom: 'bounces@tallow-and-finch.example',
    to: 'reader@empfang.example', subject: 'Winter range is here', rule: 'SNOWSHOE_SUBJ', score: 8.8, via: 'submitted', unsubscribe: 'mailto',
    text: 'New scents for the cold months: cedar, clove and orange.',
    also: [['SNOWSHOE_SUBJ', 8.7, 'Winter range is here']], total: 52, traffic: traffic(2100, 2230) },
  { ip: '192.0.2.33', hoursAgo: 16, from: 'Support Team <support@halden-hosting.example>', mailFrom: 'billing@halden-hosting.example',
    to: 'finance@empfang.example', subject: 'Re: Outstanding payment', rule: 'MBOX_TAKEOVER', score: 11.2, via: 'submitted',
    text: 'Please find the updated bank details and confirm the transfer today.',
    also: [['MBOX_TAKEOVER', 11.0, 'Re: Outstanding payment'], ['MBOX_TAKEOVER', 10.7, 'Re: New bank details']], total: 73, traffic: traffic(880, 41230, 4) },
  { ip: '203.0.113.131', hoursAgo: 21, from: 'Harbour Bicycles <hello@harbour-bicycles.example>', mailFrom: 'www-data@harbour-bicycles.example',
    to: 'victim@empfang.example', subject: 'Thank you for your message', rule: 'FORM_BACKSCATTER', score: 8.0, via: 'php',
    text: 'We received: CHEAP PILLS https://pharma.invalid/buy\n\nWe will be in touch.',
    also: [['FORM_BACKSCATTER', 8.2, 'Thank you for your message'], ['FORM_BACKSCATTER', 7.9, 'Thank you for your message']], total: 118, traffic: traffic(460, 1020) },
  { ip: '203.0.113.190', hoursAgo: 26, helo: 'sendung.stadtradio.example', from: 'Stadtradio <programm@stadtradio.example>', mailFrom: 'programm@stadtradio.example',
    to: 'hoerer@empfang.example', subject: 'Programm der Woche 47', rule: 'RDNS_NONE_BULK', score: 6.4, via: 'script', unsubscribe: 'mailto',
    text: 'Montag 20 Uhr: Konzert aus dem Hafen. Dienstag 18 Uhr: Stadtgespräch.',
    also: [['RDNS_NONE_BULK', 6.3, 'Programm der Woche 47']], total: 14, traffic: traffic(310, 1290) },
  { ip: '198.51.100.88', hoursAgo: 29, from: 'Tallow & Finch Club <club@tallow-and-finch.example>', mailFrom: 'bounces@tallow-and-finch.example',
    to: 'member@empfang.example', subject: 'Your points expire on 30 November', rule: 'CT_POINTS_LURE', score: 6.9, via: 'submitted', unsubscribe: 'one-click',
    text: 'You have 240 points. Use them in the shop before 30 November.',
    also: [['CT_POINTS_LURE', 6.7, 'Your points expire on 30 November']], total: 22, traffic: traffic(5000, 5000) },
  { ip: '192.0.2.34', hoursAgo: 13, from: 'Ole Berg <ole.berg@halden-hosting.example>', mailFrom: 'sailors-bounces@halden-hosting.example',
    to: 'crew@empfang.example', subject: '[sailors] Spring regatta: who brings the buoys?', rule: 'LIST_FORGED_FROM', score: 6.2, via: 'list', unsubscribe: 'one-click',
    text: 'I have three of the large ones. Who has the small ones?',
    also: [['LIST_FORGED_FROM', 6.1, '[sailors] Harbour fees 2027']], total: 4, traffic: traffic(29, 3811, 12) },
];
