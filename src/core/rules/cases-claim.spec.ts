import { AT, check, codes, facts, headers, ID, IP, read } from '../../../test/fixtures/cases';
import { CLAIM_CASES, others } from '../../../test/fixtures/cases-claim';
import { readMessage } from '../headers/read-message';
import { analyse } from './analyse';

describe('the claim beside the record', () => {
  it.each([ID, `Message-ID: <${ID}>`, `Message-ID: <${ID}>\nX-Note: ours`, `Message-ID: <${ID}>\nSubject: Your order`, `From: orders@shop.example\nMessage-ID: <${ID}>`])('gives an id that may come from our own list no weight: %s', (text) => {
    const analysis = read(text);
    expect(analysis.findings.find(({ code }) => code === 'claim-message-id-match')).toMatchObject({ weight: 0, trust: 'claimed' });
    expect(analysis.assessment).not.toBe('likely_false_positive');
  });

  it('does not speak of a Message-ID where nothing at all was supplied', () => {
    const nothing = { ...readMessage(''), supplied: 'message_id' as const };
    expect(codes(analyse(nothing, facts()))).not.toContain('input-message-id-only');
    expect(codes(analyse(nothing, facts({ claim: { ip: IP, kind: 'spam', messageId: ID } })))).toContain('input-message-id-only');
  });

  it('names the kinds that are not explained, and shows no empty brackets when the record names none', () => {
    const tells = (detections: { messageId: string; at: string; subject?: string }[]) =>
      read(headers(), facts({ block: { detections, detectionsTotal: 10 } })).findings.find(({ code }) => code === 'sample-not-representative')?.tells;
    expect(tells([{ messageId: ID, at: AT }, ...others(3)])).toMatch(/or unknown \(.+\)\.$/);
    expect(tells(Array(3).fill({ messageId: ID, at: AT }))).toMatch(/7 are of another kind or unknown\.$/);
  });

  it.each(CLAIM_CASES.map((each) => [each.id, each.what, each] as const))('%s: %s', (_id, _what, each) => check(each));
});
