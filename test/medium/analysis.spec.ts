import { Module, type INestApplicationContext } from '@nestjs/common';
import { Test } from '@nestjs/testing';
import { randomUUID } from 'node:crypto';
import { DataSource } from 'typeorm';
import { AnalysisModule } from '../../src/analysis/analysis.module';
import { AnalysisService } from '../../src/analysis/analysis.service';
import { replay } from '../../src/analysis/replay';
import { replayCommand } from '../../src/analysis/replay.command';
import { AuditModule } from '../../src/audit/audit.module';
import { AuthModule } from '../../src/auth/auth.module';
import { NocModule } from '../../src/noc/noc.module';
import type { Analysis } from '../../src/core/rules/analysis';
import { EvidenceModule } from '../../src/evidence/evidence.module';
import { EvidenceService } from '../../src/evidence/evidence.service';
import { SubmitService, type Submission } from '../../src/evidence/submit.service';
import { OutboxModule } from '../../src/outbox/outbox.module';
import { loadConfig } from '../../src/platform/config/config';
import { ConfigModule } from '../../src/platform/config/config.module';
import { DatabaseModule } from '../../src/platform/database/database.module';
import { PagesModule } from '../../src/platform/http/pages.module';
import { Log } from '../../src/platform/log';
import { serveDns } from '../../src/simulator/dns';
import { Faults } from '../../src/simulator/faults';
import type { DnsRecords } from '../../src/simulator/types';
import { TicketsModule } from '../../src/tickets/tickets.module';
import { TicketsService } from '../../src/tickets/tickets.service';
import { AT, codes, headers, ID, IP } from '../fixtures/cases';
import { NO_DATA_DIR, testDatabase, type TestDatabase } from '../support/database';
import { fakeRooms } from '../support/fake-rooms';
import { waitFor } from '../support/wait-for';

const noc = { kind: 'noc' as const, id: 'key', name: 'NOC' };

let records: DnsRecords[] = [];
const RECORDS: DnsRecords[] = [
  { name: '45.113.0.203.in-addr.arpa', type: 'PTR', values: ['mail.shop.example'] },
  { name: 'mail.shop.example', type: 'A', values: [IP] },
  { name: 'shop.example', type: 'MX', values: ['10 mail.shop.example'] },
  { name: 'shop.example', type: 'TXT', values: ['v=spf1 include:_spf.shop.example -all'] },
  { name: '_spf.shop.example', type: 'TXT', values: [`v=spf1 ip4:${IP} -all`] },
];

describe('the analysis of a ticket', () => {
  const faults = new Faults();
  let dns: Awaited<ReturnType<typeof serveDns>>;
  let database: TestDatabase;
  let app: INestApplicationContext;
  let source: DataSource;
  let analyses: AnalysisService;

  beforeAll(async () => {
    [dns, database] = await Promise.all([serveDns('127.0.0.1', 0, () => records, faults), testDatabase()]);
    const config = loadConfig({ DATABASE_URL: database.url, DATA_DIR: NO_DATA_DIR, SECRET: 's'.repeat(40), NOC_URL: 'http://127.0.0.1:1', NOC_TOKEN: 'token', ROLES: 'worker', LOG_LEVEL: 'silent', DNS_SERVERS: `127.0.0.1:${dns.port}` });
    @Module({
      imports: [ConfigModule.with(config), DatabaseModule, PagesModule, OutboxModule.carriedBy(undefined, true), AuditModule, AuthModule, NocModule, TicketsModule, EvidenceModule, AnalysisModule],
      providers: [fakeRooms(['analyse-ticket', 'verify-fixes', 'check-test-message'])],
    })
    class Rooms {}
    app = await (await Test.createTestingModule({ imports: [Rooms] }).setLogger(new Log('silent')).compile()).init();
    source = app.get(DataSource);
    analyses = app.get(AnalysisService);
  });
  beforeEach(() => {
    records = RECORDS;
  });
  afterAll(async () => {
    await app?.close();
    dns?.close();
    await database?.drop();
  });

  const submit = async (evidence: Submission['evidence'], more: Partial<Submission> = {}): Promise<string> => {
    const block = { ip: IP, kind: 'spam' as const, blockedAt: '2026-11-20T02:14:00Z', blockId: randomUUID(), detections: [{ messageId: `<${ID}>`, at: AT }] };
    const { ticket } = await app.get(SubmitService).submit({ claim: 'mistake', channel: 'noc', account: { id: 'A-1', email: 'ops@shop.example' }, block, evidence, ...more }, noc);
    return ticket.id;
  };
  const queued = (id: string) => waitFor('the ticket in the queue', async () => {
    const ticket = await app.get(TicketsService).find(id);
    return ticket.state === 'queued' ? ticket : null;
  });

  it('looks names up, stores the reading with its facts, and queues the ticket', async () => {
    const ticket = await queued(await submit({ headers: headers() }));
    expect(ticket).toMatchObject({ assessment: 'likely_false_positive', summary: expect.stringContaining('mistake of the filter') as string });
    const row = await analyses.latest(ticket.id);
    expect(row).toMatchObject({ id: ticket.analysisId, assessment: ticket.assessment, catalogue: expect.stringMatching(/^2026\./) as string });
    expect(codes(row?.body as Analysis)).toEqual(expect.arrayContaining(['claim-message-id-match', 'ptr-confirmed', 'spf-authorised', 'dmarc-missing', 'dkim-missing']));
    expect(row?.body.facts.dns).toMatchObject({ ptr: { [IP]: ['mail.shop.example'] }, txt: { '_spf.shop.example': [`v=spf1 ip4:${IP} -all`] }, failed: [] });
    const audit = (await source.query('select event, from_state, to_state from audit_entry where ticket_id = $1', [ticket.id])) as object[];
    expect(audit).toContainEqual({ event: 'analysed', from_state: 'analysing', to_state: 'queued' });
    await waitFor('the reading to be settled', async () => ((await source.query(`select from outbox_message where ticket_id = $1 and job = 'analyse-ticket' and state = 'done'`, [ticket.id])) as object[]).length === 1);
  });

  it('takes a look-up that fails for unknown, and says which it was', async () => {
    const input = { headers: headers({ From: 'x@other.example', 'Return-Path': '<x@other.example>' }), ip: '203.0.113.46', block: { detections: [] } };
    faults.add({ call: 'dns', mode: 'servfail', times: 200 });
    const failed = await analyses.analyseInput(input);
    while (faults.take('dns')) { /* none is left for the next */ }
    expect(failed.facts.dns?.failed).toEqual(expect.arrayContaining(['ptr 203.0.113.46', 'txt other.example']));
    expect(codes(failed)).toEqual(expect.not.arrayContaining(['ptr-missing', 'spf-missing', 'dmarc-missing']));
    expect(codes(await analyses.analyseInput(input))).toEqual(expect.arrayContaining(['ptr-missing', 'spf-missing', 'dmarc-missing']));
  });

  it('never makes more than 30 look-ups, and names those that were left out', async () => {
    const includes = Array.from({ length: 60 }, (_, i) => ({ name: `i${i}.many.example`, type: 'TXT' as const, values: ['v=spf1 ip4:192.0.2.1 ?all'] }));
    records = [...includes, { name: 'many.example', type: 'TXT', values: [`v=spf1 ${includes.map(({ name }) => `include:${name}`).join(' ')} -all`] }];
    const { facts, findings } = await analyses.analyseInput({ headers: headers({ From: 'x@many.example', 'Return-Path': '<x@many.example>' }), ip: '203.0.113.47' });
    expect(facts.dns?.asked?.length).toBeLessThanOrEqual(30);
    expect(facts.dns?.failed?.length).toBeGreaterThan(10);
    expect(findings.map((finding) => finding.code)).toContain('spf-permerror-lookups');
  });

  it('reads again what came meanwhile, and picks the message of the alert', async () => {
    const id = await submit({ headers: headers({ 'Message-ID': '<other@shop.example>' }) });
    await queued(id);
    await app.get(EvidenceService).supply(id, { samples: [Buffer.from(`${headers()}\r\n\r\nHello`).toString('base64')] }, noc, 'noc');
    await queued(id);
    const body = (await analyses.latest(id))?.body;
    expect(body?.message.messageId).toBe(ID);
    expect(body?.facts.alsoSupplied).toEqual(['other@shop.example']);
    expect(await source.query('select count(*)::int as n from analysis where ticket_id = $1', [id])).toEqual([{ n: 2 }]);
  });

  it('sends a ticket on to a person when the reading breaks', async () => {
    const broken = jest.spyOn(analyses, 'analyseTicket').mockRejectedValueOnce(new Error('out of order'));
    const ticket = await queued(await submit({ headers: headers() }));
    expect(ticket.assessment).toBeNull();
    const audit = (await source.query('select event from audit_entry where ticket_id = $1', [ticket.id])) as { event: string }[];
    expect(audit.map(({ event }) => event)).toContain('analysis_failed');
    broken.mockRestore();
  });

  it('runs stored readings again: the same rules say the same, and other evidence does not creep in', async () => {
    await queued(await submit({ headers: headers() }));
    const [{ n: stored }] = (await source.query('select count(*)::int as n from analysis a join ticket t on t.analysis_id = a.id')) as [{ n: number }];
    const again = [];
    // One at a time: each begins behind the last, whose time may have microseconds, as the database's own have.
    await source.query(`update analysis set created_at = created_at + interval '7 microseconds'`);
    for await (const each of replay(source, new Date(0), 1)) {
      again.push(each);
      expect(again.length).toBeLessThanOrEqual(stored);
    }
    expect(new Set(again.map((each) => each.ref)).size).toBe(stored);
    expect(again.filter((each) => each.gained.length + each.lost.length > 0 || each.was.assessment !== each.now.assessment)).toEqual([]);
    const told: string[] = [];
    const stdout = { write: (text: string) => told.push(text) } as unknown as NodeJS.WritableStream;
    expect(await replayCommand([], { stdin: process.stdin, stdout, stderr: stdout }, source)).toBe(0);
    expect(told.join('')).toMatch(/^\d+ tickets, 0 would read otherwise now/);
    expect(await replayCommand(['--since', 'someday'], { stdin: process.stdin, stdout, stderr: stdout }, source)).toBe(2);
  });

  it('stores what hostile headers hold', async () => {
    const ticket = await queued(await submit({ message: Buffer.from(`${headers({ Subject: 'a\u0000b' })}\r\n\r\n\u0000`).toString('base64') }));
    expect(ticket.analysisId).not.toBeNull();
  });
});
