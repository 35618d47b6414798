import { findAddresses } from './find-addresses';
import { findMessageIds } from './find-headers';
import { readTime } from './read-time';
import type { BlockKind } from '../ticket/block';

/** How the provider's own alert mails look, so that a forwarded one fills address, time and Message-IDs by itself. */
export interface AlertForm {
  /** words of which one must stand in the subject or the text */
  signs: string[];
  /** what stands before the address, the time and the kind; the rest of that line is the value */
  labels: { ip: string[]; blockedAt: string[] };
  kinds: Record<BlockKind, string[]>;
  /** the zone of its times where they name none */
  zone: string;
}

/** An example that reads the usual alerts; operators give the words of their own. */
export const USUAL_ALERT: AlertForm = {
  signs: ['has been blocked', 'was blocked', 'anti-spam alert', 'anti-hack alert', 'abuse alert', 'wurde gesperrt', 'a été bloquée', 'ha sido bloqueada'],
  labels: {
    ip: ['IP address', 'Blocked IP', 'Address', 'IP', 'IP-Adresse', 'Adresse IP', 'Dirección IP'],
    blockedAt: ['Blocked at', 'Block time', 'Blocked since', 'Detected at', 'Gesperrt seit', 'Bloquée depuis', 'Bloqueada desde'],
  },
  kinds: { spam: ['spam'], hack: ['hack', 'attack', 'angriff', 'attaque', 'ataque'] },
  zone: 'UTC',
};

export interface Alert {
  ip: string;
  /** as the alert writes it, with a zone */
  blockedAt: string | null;
  kind: BlockKind | null;
  messageIds: string[];
}

/** Reads the provider's alert in a text (quoted or not). Null when none is in it, or it names no address. */
export function readAlert(text: string, form: AlertForm = USUAL_ALERT, now?: Date): Alert | null {
  const lines = text.slice(0, 200_000).split(/\r\n|\r|\n/, 5_000).map((line) => line.replace(/^(?:[>|] ?)+/, '').trim());
  const whole = lines.join('\n');
  const lower = whole.toLowerCase();
  if (!form.signs.some((sign) => lower.includes(sign.toLowerCase()))) {
    return null;
  }
  const ip = values(lines, form.labels.ip).flatMap(findAddresses)[0];
  if (ip === undefined) {
    return null;
  }
  const times = values(lines, form.labels.blockedAt);
  const blockedAt = now ? (times.map((time) => instant(time, now, form.zone)).find((time) => time !== null) ?? null) : (times[0] ?? null);
  const kind = (['hack', 'spam'] as const).find((name) => form.kinds[name].some((word) => lower.includes(word.toLowerCase()))) ?? null;
  return { ip, blockedAt, kind, messageIds: findMessageIds(whole) };
}

function instant(text: string, now: Date, zone: string): string | null {
  const read = readTime(text, now, zone);
  return read?.exact ? read.from.toISOString() : null;
}

/** What stands behind a label and a colon. */
function values(lines: string[], labels: string[]): string[] {
  const wanted = labels.map((label) => label.toLowerCase());
  return lines.flatMap((line) => {
    const colon = line.indexOf(':');
    return colon > 0 && wanted.includes(line.slice(0, colon).trim().toLowerCase()) ? [line.slice(colon + 1).trim()] : [];
  });
}
