import { MEGABYTES } from '../../../test/fixtures/hostile';
import { analyse } from '../rules/analyse';
import type { Facts } from '../rules/analysis';
import { decodeWords } from './decode-words';
import { LIMITS } from './limits';
import { normaliseMessageId } from './normalise-message-id';
import { readAddresses } from './read-addresses';
import { readDate } from './read-date';
import { readMessage } from './read-message';
import { readTags } from './read-tags';

/** Three looks at each character of what is read at most (256 kB of header, 256 kB of text). */
const MOST_STEPS = 3 * 512 * 1024;

const FACTS: Facts = { now: '2026-11-20T09:00:00Z', claim: { ip: '203.0.113.45', kind: 'spam', blockedAt: '2026-11-20T02:14:00Z' }, block: null, dns: null, trusted: { authservIds: ['a'], hosts: ['c'], networks: [] } };

/**
 * How often our own loops look at a character: their work, counted. A clock would say the same less surely on a busy machine. What regular expressions
 * do cannot be counted; one that is not linear would run for minutes, far beyond the time that a test may take.
 */
function steps(work: () => unknown): number {
  const { charCodeAt } = String.prototype;
  let count = 0;
  String.prototype.charCodeAt = function (at) {
    count++;
    return charCodeAt.call(this, at);
  };
  try {
    work();
  } finally {
    String.prototype.charCodeAt = charCodeAt;
  }
  return count;
}

describe('T34: a megabyte made to be slow', () => {
  test.each(MEGABYTES)('of %s is answered in a bounded number of steps', (_what, text) => {
    expect(text.length).toBeGreaterThan(900_000);
    let message = readMessage('');
    const taken = steps(() => {
      message = readMessage(text);
      const broken = analyse(message, FACTS).findings.filter((finding) => finding.outcome === 'error');
      expect(broken).toEqual([]);
    });
    expect(message.fields.length).toBeLessThanOrEqual(LIMITS.fields);
    expect(message.hops.length).toBeLessThanOrEqual(LIMITS.hops);
    expect(taken).toBeLessThan(MOST_STEPS);
  });

  test.each<[string, (value: string) => unknown]>([
    ['addresses', readAddresses], ['tags', readTags], ['dates', readDate], ['words', decodeWords], ['message ids', normaliseMessageId],
  ])('of what may be %s is answered in a bounded number of steps', (_what, read) => {
    for (const piece of ['(', '"', '<', ',', 'a@', '=?utf-8?q?', '=', ';', '\\', ' ', '=?utf-8?b?YQ==?= ']) {
      const text = piece.repeat(1_000_000 / piece.length);
      expect([piece, steps(() => read(text)) < MOST_STEPS]).toEqual([piece, true]);
    }
  });
});
