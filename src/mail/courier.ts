import { Inject, Injectable, type BeforeApplicationShutdown } from '@nestjs/common';
import type { Transporter } from 'nodemailer';
import { setTimeout as wait } from 'node:timers/promises';
import { CONFIG, type Config } from '../platform/config/config';

/** What became of handing a mail over. An outside failure is a value. */
export type Handed = { result: 'sent' | 'later' | 'refused'; answer: string };

/** The whole conversation with the mail server must end within this, in milliseconds: well inside the lease of the job. */
const LIMIT_MS = 40_000;

/** Hands mails to the mail server of SMTP_URL. */
@Injectable()
export class Courier implements BeforeApplicationShutdown {
  private transport: Promise<Transporter> | null = null;

  constructor(@Inject(CONFIG) private readonly config: Pick<Config, 'SMTP_URL'>) {}

  /** Loaded with the first mail: a process that sends none needs no mail library. */
  private async made(url: string): Promise<Transporter> {
    const { createTransport } = await import('nodemailer');
    const transport = createTransport({ url, pool: true, maxConnections: 4, connectionTimeout: 8_000, greetingTimeout: 8_000, socketTimeout: 20_000, dnsTimeout: 5_000, disableFileAccess: true, disableUrlAccess: true });
    // A server that ends an idle connection is no event for a desk.
    transport.on('error', () => undefined);
    return transport;
  }

  /** False without SMTP_URL: mails are then kept and read in the desk. */
  get canSend(): boolean {
    return this.config.SMTP_URL !== undefined;
  }

  /** @param from the reverse path; '' is the null sender, so that an answer to it goes nowhere (RFC 3834 §3.3) */
  async hand(raw: Buffer, from: string, to: string): Promise<Handed> {
    const { SMTP_URL } = this.config;
    if (!SMTP_URL) {
      return { result: 'later', answer: 'No mail server is set (SMTP_URL).' };
    }
    const ended = new AbortController();
    try {
      const sending = (await (this.transport ??= this.made(SMTP_URL))).sendMail({ envelope: { from, to: [to] }, raw });
      sending.catch(() => undefined);
      const info = await Promise.race([sending, wait(LIMIT_MS, null, { signal: ended.signal, ref: false })]);
      return info ? { result: 'sent', answer: info.response ?? '250' } : { result: 'later', answer: `The mail server did not answer within ${LIMIT_MS / 1000} seconds.` };
    } catch (error) {
      const { responseCode, response, message } = error as { responseCode?: number; response?: string; message: string };
      // RFC 5321 §4.2.1: 5yz is final, 4yz and everything that never got an answer is tried again.
      return { result: responseCode !== undefined && responseCode >= 500 ? 'refused' : 'later', answer: response ?? message };
    } finally {
      ended.abort();
    }
  }

  async beforeApplicationShutdown(): Promise<void> {
    (await this.transport)?.close();
  }
}
