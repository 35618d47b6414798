import { Inject, Injectable, type BeforeApplicationShutdown } from '@nestjs/common';
import type { Transporter } from 'nodemailer';
import { CONFIG, type Config } from '../platform/config/config';

/** What became of handing a mail over. An outside failure is a value. */
export type Handed = { result: 'sent' | 'later' | 'refused'; answer: string };

/** The whole conversation with the mail server must end within this, in milliseconds: well inside the lease of the job. */
const LIMIT_MS = 40_000;

/** So many conversations at a time. */
const CONVERSATIONS = 4;

/** Hands mails to the mail server of SMTP_URL. */
@Injectable()
export class Courier implements BeforeApplicationShutdown {
  private transport: Promise<Transporter> | null = null;
  private talking = 0;
  private stopped = false;
  private readonly waiting: ((mine: boolean) => void)[] = [];

  constructor(@Inject(CONFIG) private readonly config: Pick<Config, 'SMTP_URL'>) {}

  /** Loaded with the first mail: a process that sends none needs no mail library. */
  private async made(url: string): Promise<Transporter> {
    const { createTransport } = await import('nodemailer');
    const transport = createTransport({ url, pool: true, maxConnections: CONVERSATIONS, connectionTimeout: 8_000, greetingTimeout: 8_000, socketTimeout: 20_000, dnsTimeout: 5_000, disableFileAccess: true, disableUrlAccess: true });
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
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<null>((done) => {
      timer = setTimeout(() => done(null), LIMIT_MS).unref();
    });
    try {
      const sending = (await (this.transport ??= this.made(SMTP_URL))).sendMail({ envelope: { from, to: [to] }, raw });
      sending.catch(() => undefined);
      const info = await Promise.race([sending, late]);
      return info ? { result: 'sent', answer: info.response ?? '250' } : { result: 'later', answer: `The mail server did not answer within ${LIMIT_MS / 1000} seconds.` };
    } catch (error) {
      const { responseCode, response, message } = error as { responseCode?: number; response?: string; message: string };
      // RFC 5321 §4.2.1: 5yz is final, 4yz and everything that never got an answer is tried again.
      return { result: responseCode !== undefined && responseCode >= 500 ? 'refused' : 'later', answer: response ?? message };
    } finally {
      clearTimeout(timer);
    }
  }

  /**
   * Runs what takes a mail and hands it over when it is its turn: a mail is not taken, and no limit of time begins, while others are in the way of it.
   * Null, and nothing done, when the process is being stopped before that.
   */
  async inTurn<T>(work: () => Promise<T>): Promise<T | null> {
    if (this.stopped) {
      return null;
    }
    if (this.talking < CONVERSATIONS) {
      this.talking++;
    } else if (!(await new Promise<boolean>((turn) => this.waiting.push(turn)))) {
      return null;
    }
    try {
      return await work();
    } finally {
      const next = this.waiting.shift();
      if (next) {
        next(true); // it has this place
      } else {
        this.talking--;
      }
    }
  }

  async beforeApplicationShutdown(): Promise<void> {
    this.stopped = true;
    this.waiting.splice(0).forEach((turn) => turn(false));
    (await this.transport)?.close();
  }
}
