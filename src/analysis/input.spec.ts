import { dns, facts, headers, ID } from '../../test/fixtures/cases';
import { analyse } from '../core/rules/analyse';
import { planLookups } from '../core/rules/plan-lookups';
import { factsOf, messageOf, operatorFacts } from './input';

const NOTHING = { trusted: { authservIds: [], hosts: [], networks: [] } };

describe('what an analysis starts from', () => {
  it('H011: a Message-ID alone weighs nothing and says nothing of what is missing', () => {
    const input = { messageId: ' <20261120021231.8C41D2007F@SHOP.example>' };
    const given = facts({ claim: { ip: '203.0.113.45', ...input }, dns: dns() });
    const { findings, assessment } = analyse(messageOf(input, {}), given);
    const found = findings.flatMap((finding) => finding.code ?? []);
    expect(found).toEqual(expect.arrayContaining(['input-message-id-only', 'claim-message-id-match']));
    expect(found.filter((code) => ['dkim-missing', 'spf-missing', 'unsub-missing', 'body-not-assessed', 'hdr-missing-required'].includes(code))).toEqual([]);
    expect(findings.find((finding) => finding.code === 'claim-message-id-match')).toMatchObject({ weight: 0, weighs: 'neutral', trust: 'claimed' });
    expect(assessment).toBe('insufficient_evidence');
  });

  it('takes a pasted text that is nothing but a Message-ID for one', () => {
    const input = { headers: `  <${ID}>\n` };
    const message = messageOf(input, {});
    expect(message.supplied).toBe('message_id');
    expect(factsOf(input, message, new Date(0), NOTHING).claim.messageId).toBe(`<${ID}>`);
    expect(messageOf({ headers: headers() }, {}).supplied).toBe('headers');
    expect(messageOf({ headers: 'Dear desk, please unblock me@shop.example\nThanks' }, {}).supplied).toBe('none');
  });

  it('says nothing of headers that nobody sent', () => {
    const { findings } = analyse(messageOf({}, {}), facts({ claim: { ip: '203.0.113.45' }, dns: dns() }));
    expect(findings.filter(({ code }) => ['input-repaired', 'input-unreadable'].includes(code ?? ''))).toEqual([]);
  });

  it('asks the operator\'s blocklists, but never where the facts are given', () => {
    const config = { TRUSTED_AUTHSERV_IDS: [], OWN_HOSTS: [], OWN_NETWORKS: [], BLOCKLISTS: ['bl.example'] };
    const message = messageOf({ headers: headers() }, {});
    const found = factsOf({ ip: '203.0.113.45', headers: headers() }, message, new Date(0), operatorFacts(config));
    expect(planLookups(message, found)).toContainEqual({ kind: 'a', name: '45.113.0.203.bl.example' });
    expect(factsOf({ facts: { claim: { ip: '203.0.113.45' } } }, message, new Date(0), operatorFacts(config)).blocklists).toBeUndefined();
  });

  it('lets what is said beside the facts count more than what stands in them', () => {
    const given = { claim: { ip: '192.0.2.1', kind: 'hack' as const }, block: { ip: '192.0.2.2', blockedAt: '2026-11-20T00:00:00Z' } };
    const message = messageOf({ headers: headers() }, {});
    expect(factsOf({ ip: '192.0.2.9', facts: given }, message, new Date(0), NOTHING).claim).toEqual({ ip: '192.0.2.9', kind: 'hack', blockedAt: '2026-11-20T00:00:00Z' });
    expect(factsOf({ facts: given }, message, new Date(0), NOTHING)).toMatchObject({ now: '1970-01-01T00:00:00.000Z', dns: null, ...NOTHING });
  });
});
