import { MailboxService, type Delivered, type MailSummary } from '../../src/mailbox/mailbox.service';
import type { MailDesk } from './mail-desk';
import { waitFor } from './wait-for';

let number = 0;

/** A letter with a From, a Message-ID of its own and CRLF line ends; `more` adds or replaces fields. */
export function letter(text: string, more: Record<string, string> = {}): string {
  const fields = { From: 'Ops <ops@shop.example>', To: 'unblock@desk.example', Subject: 'Blocked', Date: 'Fri, 20 Nov 2026 10:00:00 +0000', 'Message-ID': `<letter.${++number}.${process.pid}@shop.example>`, ...more };
  return `${Object.entries(fields).map(([name, value]) => `${name}: ${value}`).join('\r\n')}\r\n\r\n${text.replace(/\r?\n/g, '\r\n')}\r\n`;
}

/** Stores a mail and waits for its end. By default over SMTP from this machine, so that its sender has to be proven. */
export async function arrive(desk: MailDesk, raw: string | Buffer, how: Partial<Delivered> = {}): Promise<MailSummary> {
  const mailbox = desk.app.get(MailboxService);
  const { id } = await mailbox.store({ door: 'smtp', peerIp: '127.0.0.1', helo: 'mail.example', envelopeFrom: 'ops@shop.example', raw: Buffer.from(raw as string), ...how });
  return waitFor('its end', async () => ((await mailbox.find(id)).state === 'stored' ? null : mailbox.find(id)));
}
