import { readDate } from '../../headers/read-date';
import { readIp } from '../../headers/ip';

/** The usual forms of log lines. */
export type LogKind = 'sshd' | 'fail2ban' | 'web access' | 'web error' | 'firewall' | 'mail' | 'netflow' | 'other';

export interface LogLine {
  kind: LogKind;
  /** milliseconds since 1970; null when the line has no readable time */
  at: number | null;
  /** the line names no zone: the time may be 14 hours off either way */
  zoneless: boolean;
  /** addresses in the line, RFC 5952 form */
  ips: string[];
  /** a sign-in that succeeded, or failed */
  login: 'accepted' | 'failed' | null;
  /** how often it happened: syslog gathers what repeats ("message repeated 5 times") */
  times: number;
  /** ids by which a mail log names a message: Message-IDs and queue ids */
  ids: string[];
  text: string;
}

const LINES_AT_MOST = 5_000;
const LONGEST_LINE = 2_000;
const MONTHS = 'Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec';
const SYSLOG = new RegExp(`^(?:<\\d{1,3}>)?(${MONTHS})\\s{1,2}(\\d{1,2})\\s(\\d\\d:\\d\\d:\\d\\d)\\b`);
const WEB = new RegExp(`\\[(\\d{1,2})/(${MONTHS})/(\\d{4}):(\\d\\d:\\d\\d:\\d\\d)\\s([+-]\\d{4})\\]`);
/** Apache's error log: "[Fri Nov 20 03:10:01.123456 2026]". */
const APACHE_ERROR = new RegExp(`^\\[\\w{3} (${MONTHS})\\s{1,2}(\\d{1,2}) (\\d\\d:\\d\\d:\\d\\d)(?:\\.\\d{1,9})? (\\d{4})\\]`);
const ISO = /\b(\d{4}[-/]\d\d[-/]\d\d)[T ](\d\d:\d\d:\d\d)(?:[.,]\d{1,9})?\s?(Z|[+-]\d\d:?\d\d)?/;

/** Reads log excerpts line by line. Bounded (5,000 lines of 2,000 characters), linear, never throws. `now` gives syslog lines their year. */
export function readLog(text: string, now: string): LogLine[] {
  return text.split(/\r\n|\n|\r/, LINES_AT_MOST).map((line) => line.slice(0, LONGEST_LINE)).filter((line) => line.trim() !== '').map((line) => readLine(line, now));
}

function readLine(text: string, now: string): LogLine {
  const { at, zoneless } = timeOf(text, now);
  const kind = kindOf(text);
  return { kind, at, zoneless, ips: addresses(text), login: loginOf(text), times: timesOf(text), ids: kind === 'mail' ? idsOf(text) : [], text };
}

const timesOf = (text: string): number => Number(/\bmessage repeated (\d{1,6}) times: \[/.exec(text)?.[1] ?? 1);

function kindOf(text: string): LogKind {
  if (/\b(?:sshd(?:-session|-auth)?|dropbear)(?:\[\d+\])?:/.test(text)) {
    return 'sshd';
  }
  if (/\bfail2ban\b|\bNOTICE\s+\[[\w-]+\]\s+(?:Ban|Unban|Found)\b/.test(text)) {
    return 'fail2ban';
  }
  if (/\b(?:SRC|DST)=\S+/.test(text) || /\b(?:iptables|nftables|UFW (?:BLOCK|ALLOW)|filterlog)\b/.test(text) || /\bpf: rule \S{1,40}: (?:block|pass) (?:in|out) on /.test(text)) {
    return 'firewall';
  }
  if (/\bpostfix\/|\bdovecot:|\bexim\d?\b|\bsendmail\[|\sH=.{1,300}\brejected (?:RCPT|MAIL|connection|after|EHLO|HELO)\b|\bauthenticator failed for\b|\s(?:<=|=>|->|\*\*|==)\s\S+@/.test(text) || EXIM_ID.test(text)) {
    return 'mail';
  }
  if (/^\[\w{3} \w{3} .{1,40}\] \[[\w:]+\].{1,200}\[client /.test(text) || /\[(?:error|warn|notice|crit)\] \d+#\d+:/.test(text)) {
    return 'web error';
  }
  if (/"[A-Z]{3,10} \S{1,1500} HTTP\/\d/.test(text) || (WEB.test(text) && /"[A-Z]{3,10} \S{1,1500}|\] "[^"]{0,1500}" [1-5]\d\d \d/.test(text))) {
    return 'web access';
  }
  return FLOW.some((form) => form.test(text)) ? 'netflow' : 'other';
}

/** nfdump's table and its comma form, and tcpdump. */
const FLOW = [/\b(?:TCP|UDP|ICMP6?)\b.{1,80}\s(?:->|=>)\s/, /,(?:\d{1,3}\.){3}\d{1,3},(?:\d{1,3}\.){3}\d{1,3},\d{1,5},\d{1,5},(?:TCP|UDP|ICMP)\b/, /\sIP6? \S{3,60} > \S{3,60}: /];
/** "1tDfRk-000AB1-2X", and the longer ids since Exim 4.97, behind the time. */
const EXIM_ID = /^\d{4}-\d\d-\d\d \S{8,18}(?: [+-]\d{4})?(?: \[\d{1,7}\])? [0-9A-Za-z]{6}-[0-9A-Za-z]{6,11}-[0-9A-Za-z]{2,4} /;

function timeOf(text: string, now: string): { at: number | null; zoneless: boolean } {
  const web = WEB.exec(text);
  if (web) {
    return { at: readDate(`${web[1]} ${web[2]} ${web[3]} ${web[4]} ${web[5]}`), zoneless: false };
  }
  const error = APACHE_ERROR.exec(text);
  if (error) {
    return { at: readDate(`${error[2]} ${error[1]} ${error[4]} ${error[3]} +0000`), zoneless: true };
  }
  const iso = ISO.exec(text.slice(0, 200));
  if (iso) {
    return { at: readDate(`${iso[1]?.replace(/\//g, '-')} ${iso[2]} ${(iso[3] ?? 'Z').replace(':', '').replace('Z', '+0000')}`), zoneless: iso[3] === undefined };
  }
  const syslog = SYSLOG.exec(text);
  if (!syslog) {
    return { at: null, zoneless: false };
  }
  // No year in it: the newest one that does not lie in the future.
  const year = Number(now.slice(0, 4));
  const at = readDate(`${syslog[2]} ${syslog[1]} ${year} ${syslog[3]} +0000`);
  const ahead = at !== null && at > Date.parse(now) + 86_400_000;
  return { at: ahead ? readDate(`${syslog[2]} ${syslog[1]} ${year - 1} ${syslog[3]} +0000`) : at, zoneless: true };
}

/** Four octets, or groups that no further group follows: a hardware address has more of them. */
const ADDRESS = /(?<![\w.:-])(?:\d{1,3}(?:\.\d{1,3}){3}(?![\w-]|\.\d)|[0-9a-f]{0,4}(?::[0-9a-f]{0,4}){2,7}(?![\w:-]|\.\d))/gi;
/** tcpdump writes the port behind a dot: "IP 192.0.2.1.51514 > 192.0.2.2.22:". */
const CAPTURED = /(?:\sIP|\son \w{1,15}:) ((?:\d{1,3}\.){3}\d{1,3})\.\d{1,5} > ((?:\d{1,3}\.){3}\d{1,3})\.\d{1,5}:/;

/** Addresses as words of their own: no versions, no times. */
function addresses(text: string): string[] {
  const found = new Set<string>();
  for (const [word] of text.replace(CAPTURED, ' $1 $2 ').matchAll(ADDRESS)) {
    const read = readIp(word);
    if (read && 'ip' in read) {
      found.add(read.ip);
    }
    if (found.size >= 20) {
      break;
    }
  }
  return [...found];
}

function loginOf(text: string): LogLine['login'] {
  // Failures first: Postfix names the user of a failed sign-in as well.
  if (/\bFailed (?:password|publickey|none)|\bInvalid user\b|authentication (?:fail|attempts exceeded)|auth(?:entication)? failed|authenticator failed|\bBad password attempt|(?:closed by|Disconnected from) (?:authenticating|invalid) user|\bFound \d/i.test(text)) {
    return 'failed';
  }
  return /\bAccepted (?:password|publickey|keyboard-interactive)|\bsasl_username=|\sA=\w+:\S|\bLogin: user=<|Password auth succeeded/.test(text) ? 'accepted' : null;
}

function idsOf(text: string): string[] {
  const ids = [...text.matchAll(/message-id=<?([^\s<>]{3,250}@[^\s<>,]{1,250})>?|\bid=([^\s<>]{3,250}@[^\s<>,]{1,250})/gi)].map((match) => match[1] ?? match[2] ?? '');
  const queue = /\]: ([0-9A-F]{8,15}|[0-9A-Za-z]{10,20}):/.exec(text)?.[1] ?? /\b([0-9A-Za-z]{6}-[0-9A-Za-z]{6,11}-[0-9A-Za-z]{2,4})\b/.exec(text)?.[1];
  return queue === undefined ? ids : [...ids, queue];
}
