import { Inject, Injectable, Logger, type BeforeApplicationShutdown, type OnApplicationBootstrap } from '@nestjs/common';
import type { ImapFlow } from 'imapflow';
import { randomUUID } from 'node:crypto';
import { setTimeout as wait } from 'node:timers/promises';
import { CONFIG, type Config } from '../platform/config/config';
import { readImapUrl, type ImapAddress } from './imap-address';
import { ImapLedger, LEASE_SECONDS } from './imap-ledger';
import { visit } from './imap-visit';
import { MailboxService } from './mailbox.service';

const RENEWED_MS = (LEASE_SECONDS * 1000) / 3;
/** How soon another process looks whether the mailbox is free. */
const ELSEWHERE_MS = 2_000;
const [BACKOFF_MS, BACKOFF_AT_MOST_MS] = [1_000, 60_000];
/** A wrong password that is tried every second locks the mailbox. */
const REFUSED_MS = 30_000;

/** Fetches the mailbox of IMAP_URL: one process at a time, told of new mail by the server (IDLE) and looking by itself as well. */
@Injectable()
export class ImapDoor implements OnApplicationBootstrap, BeforeApplicationShutdown {
  private readonly log = new Logger('Mailbox');
  private readonly holder = randomUUID();
  private readonly end = new AbortController();
  private running: Promise<void> = Promise.resolve();
  private wake: () => void = () => undefined;

  constructor(
    @Inject(CONFIG) private readonly config: Config,
    private readonly mailbox: MailboxService,
    private readonly ledger: ImapLedger,
  ) {}

  onApplicationBootstrap(): void {
    if (this.config.IMAP_URL && this.config.ROLES.includes('mail')) {
      this.running = this.run(readImapUrl(this.config.IMAP_URL));
    }
  }

  /** The mail at hand is committed or left; the next process begins at once. */
  async beforeApplicationShutdown(): Promise<void> {
    this.end.abort();
    this.wake();
    await Promise.race([this.running, wait(10_000, undefined, { ref: false })]);
  }

  private async run(address: ImapAddress): Promise<void> {
    let failures = 0;
    while (!this.end.signal.aborted) {
      let pause = ELSEWHERE_MS;
      try {
        if (await this.ledger.hold(address.name, this.holder)) {
          await this.session(address, () => (failures = 0));
          pause = BACKOFF_MS;
        }
      } catch (error) {
        const { authenticationFailed, message, responseText } = error as Error & { authenticationFailed?: boolean; responseText?: string };
        const why = authenticationFailed ? 'the server refuses the user or the password of IMAP_URL' : (responseText ?? message);
        this.log.warn(`${address.name}: ${why}. It is tried again; nothing that lies there is lost.`);
        await this.ledger.failed(address.name, why).catch(() => undefined);
        pause = authenticationFailed ? REFUSED_MS : Math.min(BACKOFF_AT_MOST_MS, BACKOFF_MS * 2 ** failures++) * (0.75 + Math.random() / 2);
      }
      await wait(pause, undefined, { signal: this.end.signal, ref: false }).catch(() => undefined);
    }
    await this.ledger.release(address.name, this.holder).catch(() => undefined);
  }

  /** One connection, until it breaks, the mailbox is held by somebody else, or the process ends. */
  private async session(address: ImapAddress, well: () => void): Promise<void> {
    const client = await this.connect(address);
    let broken: Error | null = null;
    const ring = (): void => this.wake();
    client.on('error', (error: Error) => (broken = error)).on('close', () => {
      broken ??= new Error('the server hung up');
      ring();
    }).on('exists', ring);
    const held = setInterval(() => void this.ledger.hold(address.name, this.holder).then((mine) => {
      if (!mine) {
        client.close();
      }
    }, () => client.close()), RENEWED_MS);
    try {
      await client.connect();
      await client.mailboxOpen(address.mailbox);
      const folder = await this.folder(client);
      this.log.log(`Mail is fetched from ${address.name}.`);
      while (!this.end.signal.aborted && !broken) {
        const rung = new Promise<void>((done) => (this.wake = done));
        await visit({ client, address, folder, mailbox: this.mailbox, ledger: this.ledger, stopped: () => this.end.signal.aborted });
        well();
        const look = setTimeout(ring, this.config.IMAP_POLL_SECONDS * 1000);
        await rung;
        clearTimeout(look);
      }
      if (broken && !this.end.signal.aborted) {
        throw broken as Error;
      }
    } finally {
      clearInterval(held);
      await Promise.race([client.usable ? client.logout().catch(() => undefined) : undefined, wait(2_000, undefined, { ref: false })]);
      client.close();
    }
  }

  private async connect(address: ImapAddress): Promise<ImapFlow> {
    // Loaded by the process that fetches: it is large, and the others never need it.
    const { ImapFlow } = await import('imapflow');
    return new ImapFlow({
      host: address.host, port: address.port, secure: address.secure, auth: { user: address.user, pass: address.password }, logger: false,
      ...(address.secure || address.local ? {} : { doSTARTTLS: true }), clientInfo: { name: 'unblock-desk' },
      connectionTimeout: 20_000, greetingTimeout: 16_000, socketTimeout: 120_000, autoIdleDelay: 250, maxIdleTime: this.config.IMAP_POLL_SECONDS * 1000,
      maxLiteralSize: 64 * 1024 * 1024, maxResponseSize: 80 * 1024 * 1024, maxLineLength: 64 * 1024 * 1024,
    });
  }

  /** The folder for what was stored, made when it is missing. A name without the server's own prefix is put below it. */
  private async folder(client: ImapFlow): Promise<string> {
    const wanted = this.config.IMAP_PROCESSED;
    return wanted ? (await client.mailboxCreate(wanted)).path : '';
  }
}
