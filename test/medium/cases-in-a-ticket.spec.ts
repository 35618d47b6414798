import type { INestApplicationContext } from '@nestjs/common';
import { randomUUID } from 'node:crypto';
import { DataSource } from 'typeorm';
import { AnalysisService } from '../../src/analysis/analysis.service';
import { DnsClient } from '../../src/analysis/dns.client';
import { GatherService } from '../../src/analysis/gather.service';
import type { Analysis, DnsFacts, Facts } from '../../src/core/rules/analysis';
import { reversedIp } from '../../src/core/headers/ip';
import type { Block } from '../../src/core/ticket/block';
import { EvidenceService } from '../../src/evidence/evidence.service';
import { SubmitService, type Submission } from '../../src/evidence/submit.service';
import { Clock } from '../../src/platform/clock';
import { serveDns } from '../../src/simulator/dns';
import { Faults } from '../../src/simulator/faults';
import type { DnsRecords } from '../../src/simulator/types';
import { TicketsService } from '../../src/tickets/tickets.service';
import { allCases } from '../fixtures/all-cases';
import { codes, facts, NO_DNS, type Case } from '../fixtures/cases';
import { testDatabase, type TestDatabase } from '../support/database';
import { spine } from '../support/spine';

/** What the facts of a case say of DNS, as zones that a resolver can be asked about. */
function zonesOf(dns: DnsFacts): DnsRecords[] {
  const all = (type: DnsRecords['type'], from: Record<string, string[]>, value = (text: string): string => text, name = (text: string): string => text) =>
    Object.entries(from).map(([key, values]) => ({ name: name(key), type, values: values.map(value) }));
  const pointer = (ip: string): string => `${reversedIp(ip)}.${ip.includes(':') ? 'ip6' : 'in-addr'}.arpa`;
  return [...all('PTR', dns.ptr, undefined, pointer), ...all('A', dns.a), ...all('AAAA', dns.aaaa), ...all('MX', dns.mx, (host) => `10 ${host}`), ...all('TXT', dns.txt)];
}

/** Header text holds no NUL and at most a megabyte: such bytes come as a message, as the contract says. */
const asEvidence = (text: string | Uint8Array): Submission['evidence'] =>
  typeof text === 'string' && text.length < 1_000_000 && !text.includes('\0') ? { headers: text } : { message: Buffer.from(text).toString('base64') };

describe('the cases of the header analysis in a ticket', () => {
  let records: DnsRecords[] = [];
  let dns: Awaited<ReturnType<typeof serveDns>>;
  let database: TestDatabase;
  let app: INestApplicationContext;

  beforeAll(async () => {
    [dns, database] = await Promise.all([serveDns('127.0.0.1', 0, () => records, new Faults()), testDatabase()]);
    app = await spine(database.url, { ROLES: 'web' });
  });
  afterAll(async () => {
    await app?.close();
    dns?.close();
    await database?.drop();
  });

  /** As in production, but for the operator's settings and the time, which a case brings; a client of its own, since a case changes the zones. */
  function serviceOf({ trusted, blocklists, now }: Facts): AnalysisService {
    const settings = { TRUSTED_AUTHSERV_IDS: trusted.authservIds, OWN_HOSTS: trusted.hosts, OWN_NETWORKS: trusted.networks, BLOCKLISTS: blocklists ?? [], MAIL_DOMAIN: 'desk.example' };
    const clock = { now: () => new Date(now) } as Clock;
    return new AnalysisService(settings, app.get(DataSource), clock, new GatherService(new DnsClient({ DNS_SERVERS: [`127.0.0.1:${dns.port}`] })), app.get(EvidenceService));
  }

  async function readInTicket({ text, facts: given = facts() }: Case): Promise<Analysis> {
    records = zonesOf(given.dns ?? NO_DNS);
    const { ip = '203.0.113.45', kind = 'spam', blockedAt = '2026-11-20T02:14:00Z' } = given.claim;
    const { detections, detectionsTotal, traffic } = given.block ?? {};
    const block: Block = { ip, kind, blockedAt, blockId: randomUUID(), ...(detections ? { detections } : {}), ...(detectionsTotal ? { detectionsTotal } : {}), ...(traffic ? { traffic } : {}) };
    const submission: Submission = { claim: 'mistake', channel: 'noc', account: { id: 'A-1', email: 'ops@shop.example' }, block, evidence: asEvidence(text) };
    const { ticket } = await app.get(SubmitService).submit(submission, { kind: 'noc', id: 'key', name: 'NOC' });
    return serviceOf(given).analyseTicket(await app.get(TicketsService).find(ticket.id));
  }

  it('give every expected code, with names looked up, and none that is forbidden', async () => {
    const wrong: unknown[] = [];
    const cases = await allCases();
    for (const each of cases) {
      const analysis = await readInTicket(each);
      const found = codes(analysis);
      const missing = each.expected.filter((code) => !found.includes(code));
      const forbidden = (each.forbidden ?? []).filter((code) => found.includes(code));
      const broken = analysis.findings.filter(({ outcome }) => outcome === 'error').map(({ rule, tells }) => `${rule}: ${tells}`);
      if (missing.length + forbidden.length + broken.length > 0) {
        wrong.push({ id: each.id, what: each.what, missing, forbidden, broken, failed: analysis.facts.dns?.failed });
      }
    }
    expect(cases.length).toBeGreaterThan(94);
    expect(wrong).toEqual([]);
  });
});
