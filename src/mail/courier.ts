import { Inject, Injectable, type BeforeApplicationShutdown } from '@nestjs/common';
import { createTransport, type Transporter } from 'nodemailer';
import { setTimeout as wait } from 'node:timers/promises';
import { CONFIG, type Config } from '../platform/config/config';

/** What became of handing a mail over. An outside failure is a value. */
export type Handed = { result: 'sent' | 'later' | 'refused'; answer: string };

/** The whole conversation with the mail server must end within this, in milliseconds: well inside the lease of the job. */
const LIMIT_MS = 40_000;

/** Hands mails to the mail server of SMTP_URL. */
@Injectable()
export class Courier implements BeforeApplicationShutdown {
  private readonly transport: Transporter | null;

  constructor(@Inject(CONFIG) config: Pick<Config, 'SMTP_URL'>) {
    this.transport = config.SMTP_URL
      ? createTransport({ url: config.SMTP_URL, pool: true, maxConnections: 4, connectionTimeout: 8_000, greetingTimeout: 8_000, socketTimeout: 20_000, dnsTimeout: 5_000, disableFileAccess: true, disableUrlAccess: true })
      : null;
    // A server that ends an idle connection is no event for a desk.
    this.transport?.on('error', () => undefined);
  }

  /** False without SMTP_URL: mails are then kept and read in the desk. */
  get canSend(): boolean {
    return this.transport !== null;
  }

  /** @param from the reverse path; '' is the null sender, so that an answer to it goes nowhere (RFC 3834 §3.3) */
  async hand(raw: Buffer, from: string, to: string): Promise<Handed> {
    if (!this.transport) {
      return { result: 'later', answer: 'No mail server is set (SMTP_URL).' };
    }
    const ended = new AbortController();
    try {
      const sending = this.transport.sendMail({ envelope: { from, to: [to] }, raw });
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

  beforeApplicationShutdown(): void {
    this.transport?.close();
  }
}
