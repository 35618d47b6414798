import { generateKeyPairSync } from 'node:crypto';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { dkimSign } from 'mailauth/lib/dkim/sign';
import { simpleParser } from 'mailparser';
import PostalMime from 'postal-mime';
import type { Field } from '../src/core/headers/message';
import { proveDkimHeaders } from '../src/core/headers/prove-dkim-headers';
import { readDkimSignature } from '../src/core/headers/read-dkim-signature';
import { readMessage } from '../src/core/headers/read-message';
import { readReceived } from '../src/core/headers/read-received';

/** One measured figure: median of the repetitions with the smallest and largest. */
export interface HeaderFigure {
  name: string;
  unit: 'per second' | 'ms';
  median: number;
  min: number;
  max: number;
  /** what the figure is held against, where the design names one */
  bar?: string;
}

/**
 * How fast headers are read, on one core and without the network: Received lines, whole messages (beside `postal-mime` on the same bytes), proofs
 * from header fields alone, and the slowest answer to a megabyte of hostile text. Mails come from the corpus beside the checkout, else from samples of our own.
 * @param corpus folder of .eml files
 */
export async function run({
  quick = false,
  corpus = join(__dirname, '../../shared/mail-corpus'),
}: { quick?: boolean; corpus?: string } = {}): Promise<HeaderFigure[]> {
  const mails = existsSync(corpus)
    ? readdirSync(corpus)
        .filter((file) => file.endsWith('.eml'))
        .map((file) => readFileSync(join(corpus, file)))
    : [sample()];
  const fields = mails.flatMap((mail) => readMessage(mail).hops.map((hop) => hop.field));
  const signed = await signedFields();
  const repetitions = quick ? 3 : 7;
  const seconds = quick ? 0.3 : 1;
  return [
    {
      ...(await rate(
        'Received lines read',
        fields.length,
        () => fields.forEach((field, i) => void readReceived(field, i)),
        repetitions,
        seconds,
      )),
      bar: '>= 30,000',
    },
    await rate('messages read', mails.length, () => mails.forEach((mail) => void readMessage(mail)), repetitions, seconds),
    await rate(
      'messages read by postal-mime',
      mails.length,
      async () => {
        for (const mail of mails) {
          await PostalMime.parse(mail).catch(() => null);
        }
      },
      repetitions,
      seconds,
    ),
    await rate(
      'messages read by mailparser',
      mails.length,
      async () => {
        for (const mail of mails) {
          await simpleParser(mail).catch(() => null);
        }
      },
      repetitions,
      seconds,
    ),
    await rate(
      'header proofs (RSA 2,048)',
      1,
      () => void proveDkimHeaders(signed.fields, readDkimSignature(signed.fields[0] as Field), signed.record),
      repetitions,
      seconds,
    ),
    { ...hostile(repetitions), bar: '<= 100' },
  ];
}

async function rate(
  name: string,
  units: number,
  work: () => void | Promise<void>,
  repetitions: number,
  seconds: number,
): Promise<HeaderFigure> {
  const rates: number[] = [];
  for (let i = 0; i <= repetitions; i++) {
    const start = performance.now();
    let done = 0;
    while (performance.now() - start < seconds * 1_000) {
      await work();
      done += units;
    }
    if (i > 0) {
      rates.push((done * 1_000) / (performance.now() - start)); // the first warms up
    }
  }
  return { name, unit: 'per second', ...spread(rates) };
}

/** The slowest of the texts that were the hardest to bound, each timed as often as the other figures. */
function hostile(repetitions: number): HeaderFigure {
  const texts = [
    'X-F: a\n'.repeat(150_000),
    'Received: from a (b [1.2.3.4]) by c with SMTP id 1; Fri, 20 Nov 2026 02:12:31 +0000\n'.repeat(12_000),
    '> Received: x\n'.repeat(75_000),
    'Subject: a\n\n'.repeat(87_000),
    'Received: ' + '('.repeat(1_000_000),
    `Subject: ${'x'.repeat(500_000)}\n${'\0'.repeat(500_000)}`,
    'Content-Type: multipart/report; boundary=a\nFrom: a@b\n\n' + '--a\nContent-Type: message/rfc822\n\nFrom: a\n\n'.repeat(24_000),
  ];
  const times = texts.map((text) => {
    readMessage(text);
    return spread(
      Array.from({ length: repetitions }, () => {
        const start = performance.now();
        readMessage(text);
        return performance.now() - start;
      }),
    );
  });
  return {
    name: 'slowest megabyte of hostile text',
    unit: 'ms',
    ...times.reduce((slowest, time) => (time.median > slowest.median ? time : slowest)),
  };
}

function spread(values: number[]): { median: number; min: number; max: number } {
  const sorted = values.toSorted((a, b) => a - b);
  return { median: sorted[Math.floor(sorted.length / 2)] ?? 0, min: sorted[0] ?? 0, max: sorted.at(-1) ?? 0 };
}

async function signedFields(): Promise<{ fields: Field[]; record: string }> {
  const { privateKey, publicKey } = generateKeyPairSync('rsa', { modulusLength: 2_048 });
  const pem = privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();
  const options = { signatureData: [{ signingDomain: 'shop.example', selector: 's1', privateKey: pem, algorithm: 'rsa-sha256' }] };
  const { signatures } = await dkimSign(sample(), options as unknown as Parameters<typeof dkimSign>[1]);
  const { fields } = readMessage(signatures + sample().toString());
  const record = `v=DKIM1; p=${publicKey.export({ type: 'spki', format: 'der' }).toString('base64')}`;
  const { result, why } = proveDkimHeaders(fields, readDkimSignature(fields[0] as Field), record);
  if (result !== 'proven') {
    throw new Error(`the sample of the bench does not verify: ${why}`);
  }
  return { fields, record };
}

function sample(): Buffer {
  return Buffer.from(
    [
      'Received: from mail.shop.example (mail.shop.example [203.0.113.7])',
      '\tby mx.example.net (Postfix) with ESMTPS id 4cGkX21fQyz9sT',
      '\tfor <bob@example.net>; Fri, 20 Nov 2026 02:12:31 +0000 (UTC)',
      'From: Shop <news@shop.example>',
      'To: bob@example.net',
      'Subject: Hello',
      'Date: Fri, 20 Nov 2026 02:12:28 +0000',
      'Message-ID: <abc.1@shop.example>',
      '',
      'Hello',
      '',
    ].join('\r\n'),
  );
}
