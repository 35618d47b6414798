import { parseMail, type Parsed } from './parse-mail';
import type { AddressInfo } from 'node:net';
import { SMTPServer } from 'smtp-server';
import { waitFor } from './wait-for';

export interface SunkMail extends Parsed {
  /** Envelope, as the server heard it. */
  from: string;
  to: string[];
  raw: Buffer;
}

export interface SmtpSink {
  /** For SMTP_URL. */
  url: string;
  port: number;
  mails: SunkMail[];
  /** The first mail, past or to come, of which `wanted` is true. */
  waitFor(wanted: (mail: SunkMail) => boolean, milliseconds?: number): Promise<SunkMail>;
  /** The next `times` mails are answered with this code and text instead of being kept. */
  refuse(code: number, text: string, times?: number): void;
  close(): Promise<void>;
}

/** A real SMTP server that keeps what it is given. */
export async function startSmtpSink(): Promise<SmtpSink> {
  const mails: SunkMail[] = [];
  const refusals: { code: number; text: string }[] = [];
  const server = new SMTPServer({
    authOptional: true,
    disabledCommands: ['STARTTLS', 'AUTH'],
    logger: false,
    onData(stream, session, done) {
      const chunks: Buffer[] = [];
      stream.on('data', (chunk: Buffer) => chunks.push(chunk));
      stream.on('end', () => {
        const refusal = refusals.shift();
        if (refusal) {
          done(Object.assign(new Error(refusal.text), { responseCode: refusal.code }));
          return;
        }
        const raw = Buffer.concat(chunks);
        const from = session.envelope.mailFrom ? session.envelope.mailFrom.address : '';
        parseMail(raw).then(
          (parsed) => {
            mails.push({ ...parsed, raw, from, to: session.envelope.rcptTo.map((to) => to.address) });
            done();
          },
          (error: Error) => done(error),
        );
      });
    },
  });
  server.on('error', () => undefined); // a desk that is killed hangs up in the middle of a sentence
  await new Promise<void>((ready) => server.listen(0, '127.0.0.1', () => ready()));
  const { port } = server.server.address() as AddressInfo;
  return {
    url: `smtp://127.0.0.1:${port}`,
    port,
    mails,
    waitFor: (wanted, milliseconds) =>
      waitFor(`a mail (there are: ${mails.map((mail) => `"${mail.subject}" to ${mail.to.join()}`).join(', ') || 'none'})`, () => mails.find(wanted), milliseconds),
    refuse: (code, text, times = 1) => void refusals.push(...Array.from({ length: times }, () => ({ code, text }))),
    close: () => new Promise((closed) => server.close(() => closed())),
  };
}
