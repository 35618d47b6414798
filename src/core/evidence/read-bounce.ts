import { valuesOf, type Mail } from './mail';

/** What a report about a mail says of its delivery. Everything in it is the reporter's word. */
export interface Bounce {
  /** `hard`: it failed for good; `soft`: it is delayed, failed for now, or was delivered; `unclear`: it does not say */
  verdict: 'hard' | 'soft' | 'unclear';
  /** enhanced status code (RFC 3463), where one stands in it */
  status: string | null;
  /** the mailboxes that it names, lower case */
  recipients: string[];
  /** one line for staff */
  says: string;
}

const REPORT = new Set(['message/delivery-status', 'message/global-delivery-status']);
const SEARCHED = 64 * 1024;
const SAYS = 400;
/** Where the copy of our mail begins: what stands below is ours. */
const COPY = /^[ \t>-]*(?:-+ ?(?:this is a copy of|below this line is a copy|original message|included is a copy|returned message|ursprüngliche nachricht|message d.origine)|received: |return-path: )/im;
const CODE = /(?<![\d.])([245])\.(\d{1,3})\.(\d{1,3})(?![\d.])/;
const REPLY = /(?<![\d.])([45])(\d\d)(?=[ -](?:\D|\d\.\d))/;
const DELAYED =
  /\b(?:warning: (?:could not send|message (?:still|delayed))|delivery (?:delayed|status notification \(delay\))|delayed mail|still (?:being retried|trying)|will (?:be retried|continue to be|keep trying|try again|retry)|no action is required|not yet been delivered|temporar(?:y|ily)|mailbox (?:is )?full|over ?quota|quota exceeded|zustellung verzögert)/i;
const FAILED =
  /\b(?:permanent(?:ly)? (?:fatal |delivery )?(?:error|fail)|(?:user|recipient|mailbox|address|account)(?: \S+){0,4} (?:unknown|not found|does ?n.t exist|does not exist|unavailable|disabled|inactive|rejected)|unknown (?:user|recipient|mailbox|address)|no such (?:user|mailbox|recipient|person|address|local user)|invalid (?:recipient|mailbox|address|user)|host (?:unknown|not found)|domain (?:not found|does not exist)|not (?:a valid|our customer|known|listed)|could not be delivered|was not delivered|undeliverable|delivery (?:has )?failed|failed permanently|giving up|i.ve given up|undelivered mail returned|returned mail:|\(failure\)|notification: error|unzustellbar|n.existe pas|no existe|destinataire inconnu|empfänger unbekannt)/i;

/** Reads a delivery report (RFC 3464), or what mail servers write instead of one. */
export function readBounce(mail: Mail): Bounce {
  const reports = mail.attachments.filter((part) => REPORT.has(part.type)).map((part) => Buffer.from(part.bytes.subarray(0, SEARCHED)).toString('utf8'));
  return reports.length > 0 ? byReport(reports.join('\n\n'), mail) : byText(mail);
}

function byReport(report: string, mail: Mail): Bounce {
  const unfolded = report.replace(/\r?\n[ \t]+/g, ' ');
  const all = (name: string): string[] => [...unfolded.matchAll(new RegExp(`^${name}[ \\t]*:[ \\t]*(.*)$`, 'gim'))].map((match) => (match[1] ?? '').trim());
  const actions = all('action').map((action) => action.toLowerCase().split(/[\s(;]/, 1)[0]);
  const codes = all('status').flatMap((value) => CODE.exec(value)?.[0] ?? []);
  const diagnostics = all('diagnostic-code');
  const status = codes.find((code) => code.startsWith('5')) ?? codes[0] ?? CODE.exec(diagnostics.join(' '))?.[0] ?? null;
  const failed = actions.includes('failed');
  // "failed" with 4.x.x: given up after long trying. The address may be good, so its mail is not stopped.
  const verdict = actions.length > 0 ? (failed ? (status === null || status.startsWith('5') ? 'hard' : 'soft') : 'soft') : status === null ? byText(mail).verdict : status.startsWith('5') ? 'hard' : 'soft';
  return { verdict, status, recipients: mailboxes([...all('final-recipient'), ...all('original-recipient')].join('\n')), says: line(diagnostics[0] ?? status ?? actions[0] ?? mail.subject) };
}

/** Bounces that are no report: what stands above the copy of our mail. */
function byText(mail: Mail): Bounce {
  const head = mail.text.slice(0, SEARCHED);
  const cut = COPY.exec(head);
  const text = cut && cut.index > 0 ? head.slice(0, cut.index) : head;
  const status = CODE.exec(text)?.[0] ?? null;
  const reply = REPLY.exec(text);
  const first = status?.[0] ?? reply?.[1];
  const delayed = DELAYED.test(mail.subject) || (first === undefined && DELAYED.test(text));
  const verdict = delayed ? 'soft' : first === '5' ? 'hard' : first === '4' || first === '2' ? 'soft' : FAILED.test(`${mail.subject}\n${text}`) ? 'hard' : 'unclear';
  const found = status ?? (reply ? `${reply[1] ?? ''}${reply[2] ?? ''}` : null);
  const quoted = found === null ? undefined : text.split(/\r?\n/).find((each) => each.includes(found));
  return { verdict, status, recipients: mailboxes([...valuesOf(mail, 'x-failed-recipients'), text].join('\n')), says: line(quoted ?? mail.subject) };
}

function mailboxes(text: string): string[] {
  return [...new Set([...text.slice(0, SEARCHED).matchAll(/[\w.+=~!#$%&'*/?^`{|}-]{1,64}@[a-z0-9.-]{1,253}[a-z0-9]/gi)].map((match) => match[0].toLowerCase()))].slice(0, 20);
}

const line = (text: string): string => text.replace(/\s+/g, ' ').trim().slice(0, SAYS);
