import type { BlockKind, Claim } from '../ticket/block';
import type { Evidence } from './evidence';
import { findAddresses } from './find-addresses';
import { findClaim } from './find-claim';
import { findHeaders, findMessageIds, withoutHeaders } from './find-headers';
import { findLogs } from './find-logs';
import { findTime } from './find-time';
import type { Mail, MailAttachment } from './mail';
import { ownWords } from './own-words';
import { readAlert, type Alert, type AlertForm } from './read-alert';
import { readTime, type ReadTime } from './read-time';

/** What a mail was understood to mean. Where the mail is silent it says null; the block record may know more. */
export interface MailClaim {
  from: string;
  messageId: string | null;
  /** every address that the customer's own words, subject or a forwarded alert name */
  ips: string[];
  kind: BlockKind | null;
  claim: Claim | null;
  /** when the block began, as they wrote it */
  blockTime: (ReadTime & { text: string }) | null;
  /** everything found, headers and messages included; the words count as both account and explanation */
  evidence: Evidence;
  references: string[];
  /** what was found where, in words for staff and for the answer */
  alert: Alert | null;
}

const SAMPLES = 20;
const LOGS = 1024 * 1024;

/** Reads a claim out of a mail: address, time, kind, claim, headers in the text, quoted or attached. Pure; guesses nothing. */
export function readMailClaim(mail: Mail, now: Date, alertForm?: AlertForm): MailClaim {
  const messages = mail.attachments.filter(isMessage);
  const texts = mail.attachments.filter((part) => part.type.startsWith('text/') && part.type !== 'text/html').map(textOf);
  const letter = withoutHeaders(mail.text);
  const words = ownWords(letter);
  const alert = [mail.text, ...texts, ...messages.map(textOf)].map((text) => readAlert(text, alertForm, now)).find((found) => found !== null) ?? null;
  const said = findClaim(mail.subject, words || letter);
  const ips = [...new Set([...(alert ? [alert.ip] : []), ...findAddresses(`${mail.subject}\n${words}`)])];
  return {
    from: mail.from[0] ?? '',
    messageId: mail.messageId,
    ips: ips.length > 0 ? ips : findAddresses(letter),
    kind: said.kind ?? alert?.kind ?? null,
    claim: said.claim,
    blockTime: timeOf(alert, words, letter, now),
    evidence: evidenceOf(mail, messages, texts, words, alert),
    references: said.references,
    alert,
  };
}

function timeOf(alert: Alert | null, words: string, letter: string, now: Date): MailClaim['blockTime'] {
  const alerted = alert?.blockedAt ? readTime(alert.blockedAt, now) : null;
  return alerted && alert?.blockedAt ? { ...alerted, text: alert.blockedAt } : (findTime(words, now) ?? findTime(letter, now));
}

function evidenceOf(mail: Mail, messages: MailAttachment[], texts: string[], words: string, alert: Alert | null): Evidence {
  const [first, ...more] = messages.map((part) => Buffer.from(part.bytes).toString('base64'));
  const headers = [mail.text, ...texts].map(findHeaders).find((found) => found !== null);
  const ids = [...new Set([...(alert?.messageIds ?? []), ...findMessageIds(mail.text)])];
  const logs = [findLogs(mail.text), ...texts.map((text) => findLogs(text))].filter((found) => found !== null).join('\n').slice(0, LOGS);
  return {
    ...(first === undefined ? {} : { message: first }),
    ...(more.length > 0 ? { samples: more.slice(0, SAMPLES) } : {}),
    ...(headers === undefined ? {} : { headers }),
    ...(ids.length > 0 ? { messageIds: ids } : {}),
    ...(logs === '' ? {} : { logs }),
    ...(words === '' ? {} : { explanation: words, remediation: words }),
  };
}

/** Attached messages: message/rfc822, or a file that mail programs call .eml. */
function isMessage(part: MailAttachment): boolean {
  return part.type === 'message/rfc822' || part.type === 'message/global' || (/\.(?:eml|msg\.txt)$/i.test(part.name) && part.type !== 'text/html');
}

const textOf = (part: MailAttachment): string => Buffer.from(part.bytes.subarray(0, 256 * 1024)).toString('utf8');
