import { Inject, Injectable, Logger, type BeforeApplicationShutdown, type OnApplicationBootstrap } from '@nestjs/common';
import type { AddressInfo } from 'node:net';
import { SMTPServer, type SMTPServerAddress, type SMTPServerDataStream, type SMTPServerSession } from 'smtp-server';
import { AddressTokens } from '../auth/address-tokens.service';
import { Attempts } from '../auth/attempts.service';
import type { SessionFacts } from '../core/evidence/session-facts';
import { Clock } from '../platform/clock';
import { CONFIG, type Config } from '../platform/config/config';
import { answersTogether } from './answers-together';
import { readDoorAddress } from './door-address';
import { readCertificate, writtenAt, type Certificate } from './door-tls';
import { MAIL_LIMIT, MailboxService } from './mailbox.service';

/** How often we look whether the certificate was renewed. */
const RENEWAL_MS = 10 * 60_000;

/** A refusal with its SMTP code (RFC 5321 §4.2). */
const refusal = (responseCode: number, message: string): Error => Object.assign(new Error(message), { responseCode });

/** Test messages that one address takes in an hour: enough to get a server right, too few to fill a disk with. */
const TESTS_AN_HOUR = 20;

/** The doors of MAIL_LISTEN, SMTP and LMTP. 250 only after the mail is stored, 452 when we are in trouble, so that the other side keeps it. */
@Injectable()
export class SmtpDoor implements OnApplicationBootstrap, BeforeApplicationShutdown {
  private readonly log = new Logger('Mailbox');
  private readonly servers: SMTPServer[] = [];
  /** sessions with a mail on its way */
  private readonly taking = new Set<string>();
  private renewal: NodeJS.Timeout | undefined;
  private stopping = false;

  constructor(
    @Inject(CONFIG) private readonly config: Config,
    private readonly mailbox: MailboxService,
    private readonly tokens: AddressTokens,
    private readonly clock: Clock,
    private readonly attempts: Attempts,
  ) {}

  async onApplicationBootstrap(): Promise<void> {
    const { MAIL_LISTEN, MAIL_TLS_CERT, MAIL_TLS_KEY, ROLES } = this.config;
    if (!ROLES.includes('mail')) {
      return;
    }
    const certificate = readCertificate(MAIL_TLS_CERT, MAIL_TLS_KEY);
    for (const address of MAIL_LISTEN) {
      await this.open('MAIL_LISTEN', address, certificate);
    }
    for (const address of this.config.TEST_LISTEN) {
      await this.open('TEST_LISTEN', address, certificate);
    }
    if (certificate) {
      let since = writtenAt(MAIL_TLS_CERT, MAIL_TLS_KEY);
      this.renewal = setInterval(() => (since = this.renew(since)), RENEWAL_MS).unref();
    }
  }

  /** Nothing new is begun: who waits is told at once (421), who is sending a mail may end it. */
  async beforeApplicationShutdown(): Promise<void> {
    this.stopping = true;
    clearInterval(this.renewal);
    await Promise.all(this.servers.map((server) => new Promise<void>((closed) => {
      server.close(() => closed());
      for (const connection of [...server.connections].filter((each) => !this.taking.has(each.id))) {
        connection.send(421, '4.3.2 The desk is closing, please come again');
        connection.close();
      }
    })));
  }

  /** Ports in use, in the order of MAIL_LISTEN, then TEST_LISTEN. */
  ports(): number[] {
    return this.servers.map((server) => (server.server.address() as AddressInfo).port);
  }

  private async open(setting: 'MAIL_LISTEN' | 'TEST_LISTEN', address: string, certificate: Certificate | null): Promise<void> {
    const { lmtp, implicitTls, host, port } = readDoorAddress(setting, address);
    if (implicitTls && !certificate) {
      throw new Error(`${setting}: ${address} needs MAIL_TLS_CERT and MAIL_TLS_KEY`);
    }
    const server = new SMTPServer({
      lmtp, name: this.config.MAIL_DOMAIN, banner: 'unblock desk', size: MAIL_LIMIT, authOptional: true, disableReverseLookup: true, logger: false,
      // Nobody signs in here, so nobody is asked to: a password that is never sent is never lost.
      disabledCommands: certificate && !implicitTls ? ['AUTH'] : ['AUTH', 'STARTTLS'], secure: implicitTls, ...(certificate ? { ...certificate, minVersion: 'TLSv1.2' as const } : {}),
      maxClients: 200, socketTimeout: 60_000, closeTimeout: 2_000,
      // A connection that was kept open learns it at its next mail, and comes back to another process.
      onMailFrom: (_from, _session, done) => done(this.stopping ? refusal(421, '4.3.2 The desk is being restarted, please try again') : null),
      onRcptTo: (to, _session, done) => done(this.refuse(to, setting === 'TEST_LISTEN')),
      // In LMTP the one text is the answer for each recipient (RFC 2033 section 4.2): they share one stored mail.
      onData: (stream, session, done) => void this.take(lmtp ? 'lmtp' : 'smtp', stream, session).then((id) => done(null, `stored as ${id}`), (error: Error) => done(error)),
    });
    server.server.prependListener('connection', answersTogether);
    // A connection that breaks is the other side's to report.
    server.on('error', (error: Error & { code?: string }) => this.log.debug(`${address}: ${error.message}`));
    await new Promise<void>((ready, failed) => {
      server.once('error', (error: Error & { code?: string }) => failed(new Error(`${setting}: ${address} cannot be used (${error.code ?? error.message})`)));
      server.listen(port, host, () => ready());
    });
    this.servers.push(server);
    this.log.log(`Mail is taken at ${address}${implicitTls ? ' (TLS)' : certificate ? ' (with STARTTLS)' : ''}.`);
  }

  private renew(since: number): number {
    const { MAIL_TLS_CERT, MAIL_TLS_KEY } = this.config;
    const now = writtenAt(MAIL_TLS_CERT, MAIL_TLS_KEY);
    if (now === since) {
      return since;
    }
    try {
      const certificate = readCertificate(MAIL_TLS_CERT, MAIL_TLS_KEY);
      this.servers.forEach((server) => certificate && server.updateSecureContext(certificate));
      this.log.log('The mail doors show their new certificate.');
      return now;
    } catch (error) {
      // Half of the pair is written: the old one goes on, and the next look takes both.
      this.log.warn((error as Error).message);
      return since;
    }
  }

  /**
   * Only our own addresses: the desk relays for nobody. A token that has ended is refused at once, while its sender still listens.
   * The doors of TEST_LISTEN stand on ports where a blocked server still gets through; they take test messages and nothing else.
   */
  private refuse({ address }: SMTPServerAddress, testsOnly: boolean): Error | null {
    const [local = '', domain = ''] = [address.slice(0, address.lastIndexOf('@')), address.slice(address.lastIndexOf('@') + 1)];
    if (domain.toLowerCase() !== this.config.MAIL_DOMAIN.toLowerCase()) {
      return refusal(550, '5.7.1 We take no mail for this domain');
    }
    const read = this.tokens.read(address, this.clock.now());
    if (read === 'dead') {
      return refusal(550, '5.1.1 This address is not valid, or no longer');
    }
    if (read?.box === 'test') {
      return this.tooOften(read.name) ? refusal(450, '4.7.1 That was often; the next test message is taken in an hour') : null;
    }
    return !testsOnly && /^(?:unblock(?:\+.*)?|bounce\+.*|postmaster|abuse)$/i.test(local) ? null : refusal(550, '5.1.1 No such mailbox');
  }

  private tooOften(name: string): boolean {
    try {
      this.attempts.count(`test messages to ${name}`, TESTS_AN_HOUR, 3600);
      return false;
    } catch {
      return true;
    }
  }

  private async take(door: 'smtp' | 'lmtp', stream: SMTPServerDataStream, session: SMTPServerSession): Promise<string> {
    this.taking.add(session.id);
    try {
      return await this.taken(door, stream, session);
    } finally {
      this.taking.delete(session.id);
    }
  }

  private async taken(door: 'smtp' | 'lmtp', stream: SMTPServerDataStream, session: SMTPServerSession): Promise<string> {
    const chunks: Buffer[] = [];
    let size = 0;
    for await (const chunk of stream as AsyncIterable<Buffer>) {
      size += chunk.length;
      // What is too long is read, so that the line stays in step, and not kept.
      if (size <= MAIL_LIMIT) {
        chunks.push(chunk);
      }
    }
    if (size > MAIL_LIMIT) {
      throw refusal(552, '5.3.4 A mail may have at most 25 MB');
    }
    if (size === 0) {
      throw refusal(554, '5.6.0 The mail is empty');
    }
    const { mailFrom, rcptTo } = session.envelope;
    try {
      const { id } = await this.mailbox.store({
        door, raw: Buffer.concat(chunks), envelopeFrom: mailFrom ? mailFrom.address : '', recipient: rcptTo.map((to) => to.address).join(','),
        peerIp: session.remoteAddress.replace(/%.*$/, ''), helo: session.hostNameAppearsAs || null, session: sessionFacts(session),
      });
      return id;
    } catch (error) {
      this.log.error(`A mail could not be stored and stays with its sender: ${(error as Error).message}`);
      throw refusal(452, '4.3.1 We cannot store mail at the moment, please try again');
    }
  }
}

/** What the live connection showed beside the envelope: smtp-server names the protocol as RFC 3848 does. */
function sessionFacts(session: SMTPServerSession): SessionFacts {
  const tls = session.tlsOptions as { version?: string } | boolean | undefined;
  return { protocol: session.transmissionType, tls: session.secure ? ((typeof tls === 'object' ? tls.version : undefined) ?? 'TLS') : null };
}
