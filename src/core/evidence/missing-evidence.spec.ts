import type { BlockKind, Claim } from '../ticket/block';
import type { Evidence, EvidenceItem } from './evidence';
import { missingEvidence } from './missing-evidence';

const known = { ip: '203.0.113.5', blockedAt: '2026-11-20T08:41:07Z' };
const base64 = (text: string): string => Buffer.from(text, 'latin1').toString('base64');
const account = 'We closed the form and removed 40 mails.';

describe('missingEvidence', () => {
  it.each<[BlockKind, Claim, EvidenceItem[]]>([
    ['spam', 'mistake', ['ip', 'block_time', 'headers']],
    ['spam', 'fixed', ['ip', 'block_time', 'remediation']],
    ['hack', 'mistake', ['ip', 'block_time', 'explanation']],
    ['hack', 'fixed', ['ip', 'block_time', 'remediation', 'logs']],
  ])('%s, %s: names everything, in the fixed order', (kind, claim, expected) => {
    expect(missingEvidence(claim, kind, {}, {})).toEqual(expected);
  });

  it.each<[string, BlockKind, Claim, Evidence, EvidenceItem[]]>([
    ['the block’s own time counts', 'spam', 'mistake', {}, ['headers']],
    ['headers', 'spam', 'mistake', { headers: 'Received: from a by b; Fri, 20 Nov 2026 08:41:07 +0000' }, []],
    ['headers, quoted', 'spam', 'mistake', { headers: '> Message-ID: <a@b.example>' }, []],
    ['headers that are none', 'spam', 'mistake', { headers: 'I do not have any.\nSorry: none' }, ['headers']],
    ['blank headers', 'spam', 'mistake', { headers: ' \n ' }, ['headers']],
    ['a Message-ID', 'spam', 'mistake', { messageId: '<a@b.example>' }, []],
    ['Message-IDs', 'spam', 'mistake', { messageIds: ['a@b.example'] }, []],
    ['no Message-IDs', 'spam', 'mistake', { messageIds: [], messageId: ' ' }, ['headers']],
    ['a whole message', 'spam', 'mistake', { message: base64('From: a@b.example\r\n\r\nhello') }, []],
    ['a sample', 'spam', 'mistake', { samples: [base64('Subject: x\n\n')] }, []],
    ['noise for a message', 'spam', 'mistake', { message: base64('\x00\x01\xff\xfe'.repeat(5000)) }, ['headers']],
    ['an account of 20 characters', 'spam', 'fixed', { remediation: '12345678901234567890' }, []],
    ['an account of 19 characters', 'spam', 'fixed', { remediation: ' 1234567890123456789 ' }, ['remediation']],
    ['headers do not repair', 'spam', 'fixed', { headers: 'Received: x' }, ['remediation']],
    ['an explanation', 'hack', 'mistake', { explanation: 'A load test' }, []],
    ['an account without logs', 'hack', 'fixed', { remediation: account }, ['logs']],
    ['an account with logs', 'hack', 'fixed', { remediation: account, logs: 'sshd[1]: closed' }, []],
    ['what cannot be supplied is answered', 'hack', 'fixed', { remediation: account, cannotSupply: [{ item: 'logs', because: 'The disk was wiped.' }] }, []],
    ['but not without a reason', 'hack', 'fixed', { remediation: account, cannotSupply: [{ item: 'logs', because: ' ' }] }, ['logs']],
  ])('%s', (_, kind, claim, evidence, expected) => {
    expect(missingEvidence(claim, kind, evidence, known)).toEqual(expected);
  });

  it('takes a time in free text where no block is known', () => {
    expect(missingEvidence('mistake', 'hack', { explanation: 'x', blockTime: 'yesterday' }, { ip: '203.0.113.5' })).toEqual([]);
    expect(missingEvidence('mistake', 'hack', { explanation: 'x', blockTime: 'yesterday' }, { ip: ' ' })).toEqual(['ip']);
  });
});
