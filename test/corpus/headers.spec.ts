import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Hop } from '../../src/core/headers/message';
import { readAuthenticationResults } from '../../src/core/headers/read-authentication-results';
import { readIp } from '../../src/core/headers/ip';
import { readMessage } from '../../src/core/headers/read-message';
import { readReceived } from '../../src/core/headers/read-received';
import { splitFields } from '../../src/core/headers/split-fields';

const CORPUS = join(__dirname, '../../../shared/mail-corpus');
/**
 * The reference for the peer of every distinct line, as digests of line and peer, so that nothing of a mail lies here. Made with another reading than
 * ours (the last address of the from clause in brackets of its own, the date cut off first), which differs from it on one line (an Exim greeting that
 * is an address literal); that one, all lines without a peer that hold an address, and every ninth of the others were checked by eye.
 * UPDATE_PEERS=1 writes it anew: review each line that changes.
 */
const PEERS = join(__dirname, 'peers.txt');
const digest = (text: string, ip: string | null): string => createHash('sha256').update(`${text}\n${ip ?? 'none'}`).digest('base64url').slice(0, 10);
const found = existsSync(CORPUS);
const files = found ? readdirSync(CORPUS).filter((file) => file.endsWith('.eml')) : [];
const withCorpus = found ? describe : describe.skip;
if (!found) {
  console.warn(`The mail corpus is not at ${CORPUS}: its tests are skipped.`);
}

/** Received lines wherever they stand: in headers, bounces, attached mails. Each distinct one once. */
function receivedLines(): { text: string; hop: Hop }[] {
  const seen = new Map<string, Hop>();
  for (const file of files) {
    const text = readFileSync(join(CORPUS, file), 'latin1').replace(/\r\n?/g, '\n');
    for (const match of text.matchAll(/^received:(?:.*\n)(?:[ \t]+.*\n)*/gim)) {
      const [field] = splitFields(match[0]);
      const key = match[0].replace(/\s+/g, ' ').trim();
      if (field && !seen.has(key)) {
        seen.set(key, readReceived(field, 0));
      }
    }
  }
  return [...seen].map(([text, hop]) => ({ text: text.slice('received:'.length).trim(), hop }));
}

/** The part of a line in which its writer speaks of the peer: up to " by ", or a comment that stands alone. */
function peerPart(text: string): string {
  const at = text.search(/(?:^|[\s)])by\s/i);
  return at < 0 ? text : text.slice(0, at + 1);
}

withCorpus('the mails of the corpus', () => {
  const lines = receivedLines();

  test('are read without a throw, each with fields and a body or a header', () => {
    const unread = files.filter((file) => readMessage(readFileSync(join(CORPUS, file))).fields.length === 0);
    expect(files.length).toBeGreaterThan(300);
    expect(unread).toEqual([]);
  });

  test('show the same chain when they are pasted, quoted or indented', () => {
    for (const file of files.filter((name) => !name.includes('sisimai'))) {
      const message = readMessage(readFileSync(join(CORPUS, file), 'latin1'));
      if (message.embedded || message.hops.length < 2 || message.steps.length > 0) {
        continue;
      }
      const header = message.fields.map((field) => field.raw.replace(/\r\n?/g, '\n')).join('\n');
      for (const mark of ['> ', '    ', '']) {
        const pasted = readMessage(
          header
            .split('\n')
            .map((line) => mark + line)
            .join('\n'),
        );
        expect([file, mark, pasted.hops.map((hop) => hop.ip)]).toEqual([file, mark, message.hops.map((hop) => hop.ip)]);
      }
    }
  });

  test('give a date on at least 99.5 % of the distinct Received lines that write one', () => {
    const dated = lines.filter(({ text }) => /\d\d?:\d\d/.test(text.slice(-80)) && /\b(?:19|20)\d\d\b/.test(text));
    const missed = dated.filter(({ hop }) => hop.at === null);
    expect(dated.length).toBeGreaterThan(1_000);
    expect(missed.length / dated.length).toBeLessThanOrEqual(0.005);
  });

  test('give no address but from where the peer stands', () => {
    const wrong = lines.filter(({ text, hop }) => {
      if (hop.ip === null) {
        return false;
      }
      const written = peerPart(text)
        .split(/[\s()[\],/]+/)
        .map((word) => word.slice(word.lastIndexOf('@') + 1))
        .flatMap((word) => {
          const read = readIp(word);
          return read !== null && 'ip' in read ? [read.ip] : [];
        });
      return !written.includes(hop.ip);
    });
    expect(wrong.map(({ text, hop }) => `${hop.ip}: ${text}`)).toEqual([]);
  });

  test('give the peer that stands last before the writer, on at least 99.5 % of the lines', () => {
    const shown = lines.flatMap(({ text, hop }) => {
      const part = /^from/i.test(text) && / by /i.test(text) ? peerPart(text) : '';
      const last = [...part.matchAll(/(?<![\w.=[])\[?(\d{1,3}(?:\.\d{1,3}){3})(?![\w.])/g)].at(-1)?.[1];
      return last === undefined || readIp(last) === null || 'illegal' in (readIp(last) ?? {}) ? [] : [{ text, ip: hop.ip, last }];
    });
    const different = shown.filter(({ ip, last }) => ip !== last);
    expect(shown.length).toBeGreaterThan(500);
    expect(different.length / shown.length).toBeLessThanOrEqual(0.005);
  });

  test('give the peer of the checked reference on at least 99.5 % of all distinct lines', () => {
    const read = lines.map(({ text, hop }) => digest(text, hop.ip));
    if (process.env['UPDATE_PEERS']) {
      writeFileSync(PEERS, `${read.toSorted().join('\n')}\n`);
    }
    const reference = new Set(readFileSync(PEERS, 'utf8').trim().split('\n'));
    const different = lines.filter((_, i) => !reference.has(read[i] ?? ''));
    expect(reference.size).toBe(lines.length);
    expect(lines.filter(({ hop }) => hop.ip !== null).length).toBeGreaterThan(700);
    expect(different.length / lines.length).toBeLessThanOrEqual(0.005);
  });

  test('give by, with or a reason on every line that is a Received line at all', () => {
    expect(lines.filter(({ hop }) => !hop.readable).map(({ text }) => text)).toEqual(
      expect.not.arrayContaining([expect.stringContaining(' by ')]),
    );
  });

  test('have Authentication-Results whose methods are words', () => {
    const results = files.flatMap((file) =>
      readMessage(readFileSync(join(CORPUS, file)))
        .fields.filter((field) => field.key.endsWith('authentication-results'))
        .map(readAuthenticationResults),
    );
    const methods = new Set(results.flatMap(({ results: all }) => all.map(({ method }) => method)));
    expect(results.length).toBeGreaterThan(40);
    expect(
      [...methods].filter(
        (method) =>
          !/^(?:spf|dkim|dkim-adsp|dkim-atps|dmarc|arc|iprev|auth|bimi|compauth|domainkeys|sender-id|x-[a-z-]+|policy|cv)$/.test(method),
      ),
    ).toEqual([]);
  });
});
