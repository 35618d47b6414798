import fc from 'fast-check';
import { decodeWords } from './decode-words';
import { findBoundary } from './find-boundary';
import { LIMITS } from './limits';
import { normaliseMessageId } from './normalise-message-id';
import { organisation } from './organisation';
import { proveArcSeal } from './prove-arc-seal';
import { proveDkimHeaders } from './prove-dkim-headers';
import { readAddresses } from './read-addresses';
import { readArcSets } from './read-arc-sets';
import { readAuthenticationResults } from './read-authentication-results';
import { readContentType } from './read-content-type';
import { readDate } from './read-date';
import { readDkimSignature } from './read-dkim-signature';
import { readIp } from './ip';
import { readListUris } from './read-list-uris';
import { readMessage } from './read-message';
import { readReceived } from './read-received';
import { readTags } from './read-tags';

/** Pieces of which headers are made, in any order: the shortest way to the corners of a grammar. */
const PIECES = [
  'Received: ',
  'from ',
  'by ',
  'with ',
  'id ',
  'for ',
  'ESMTPSA ',
  '(',
  ')',
  '[',
  ']',
  '<',
  '>',
  '"',
  '\\',
  ';',
  '=',
  ',',
  ':',
  '@',
  '.',
  ' ',
  '\t',
  '\r\n',
  '\n',
  '\r',
  '\r\n\r\n',
  '\0',
  '\u00e9',
  '\ud83d\ude00',
  '\ud800',
  'a.example',
  '203.0.113.7',
  '300.1.1.1',
  'IPv6:2001:db8::1',
  '20 Nov 2026 02:12:31 +0000',
  'Message-ID: ',
  'DKIM-Signature: ',
  'ARC-Seal: i=1; ',
  'Authentication-Results: ',
  'spf=pass ',
  'b=',
  '> ',
  '&lt;',
  '<br>',
  '=?utf-8?q?',
  '?=',
  '--b',
  'Content-Type: multipart/mixed; boundary=b\n',
  'Content-Type: message/rfc822\n',
  'Content-Transfer-Encoding: base64\n',
  'List-Unsubscribe: ',
];
const text = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 300 }),
  fc.array(fc.constantFrom(...PIECES), { maxLength: 60 }).map((pieces) => pieces.join('')),
);

test('no reader throws, whatever it is given', () => {
  fc.assert(
    fc.property(text, (value) => {
      const message = readMessage(value);
      for (const field of [...message.fields, { name: 'Received', key: 'received', value, raw: `Received:${value}`, line: 1, lines: 1 }]) {
        readReceived(field, 0);
        readAuthenticationResults(field);
        proveDkimHeaders(message.fields, readDkimSignature(field), `v=DKIM1; p=${value}`);
        readArcSets([field]);
      }
      findBoundary(message.hops, { hosts: [value], networks: [value] });
      proveArcSeal(message.fields, {});
      [readAddresses, readListUris, readDate, readTags, readIp, decodeWords, normaliseMessageId, organisation, readContentType].forEach((read) =>
        read(value),
      );
    }),
    { numRuns: 1_500 },
  );
});

test('no bytes make it throw, and what it gives stays within its limits', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 600 }), (bytes) => {
      const message = readMessage(bytes);
      return (
        message.fields.length <= LIMITS.fields && message.hops.length === Math.min(message.fields.filter((field) => field.key === 'received').length, LIMITS.hops)
      );
    }),
    { numRuns: 500 },
  );
});

test('the fields say where they stand: their raw lines are the lines of the block', () => {
  const name = fc.stringMatching(/^[A-Za-z][A-Za-z-]{0,12}$/);
  const value = fc.stringMatching(/^[!-~]{1,20}( [!-~]{1,10})?(\n [!-~]{1,10})?$/);
  fc.assert(
    fc.property(fc.array(fc.tuple(name, value), { minLength: 1, maxLength: 20 }), (pairs) => {
      // With fewer than four fields a block is repaired as a paste first.
      const block = ['Message-ID: <a@b.example>', 'X-A: a', 'X-B: b', 'X-C: c', ...pairs.map(([key, written]) => `${key}: ${written}`)].join('\n');
      const { fields } = readMessage(block);
      const written = block.split('\n');
      expect(fields.map((field) => field.raw).join('\n')).toBe(block);
      expect(fields.every((field) => written[field.line - 1]?.startsWith(field.name))).toBe(true);
    }),
  );
});
