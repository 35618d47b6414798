import type { DataSource } from 'typeorm';
import type { FixesService } from '../evidence/fixes.service';
import type { RequiredFix } from '../evidence/required-fix.entity';
import type { OutboxMessage } from '../outbox/outbox-message.entity';
import { Clock } from '../platform/clock';
import type { DnsFacts } from '../core/rules/analysis';
import type { Lookup } from '../core/rules/plan-lookups';
import type { TicketsService } from '../tickets/tickets.service';
import type { AnalysisService } from './analysis.service';
import type { GatherService } from './gather.service';
import { VerifyFixesHandler } from './verify-fixes.handler';

const IP = '203.0.113.45';
const fix = (code: string, state: RequiredFix['state']): RequiredFix => ({ id: code, code, state }) as RequiredFix;
const NAMED: Partial<DnsFacts> = { ptr: { [IP]: ['mail.shop.example'] }, a: { 'mail.shop.example': [IP] } };

function handler(fixes: RequiredFix[], dns: Partial<DnsFacts>, state = 'awaiting_fixes', newer = false) {
  const settle = jest.fn(() => Promise.resolve());
  const known: DnsFacts = { ptr: {}, a: {}, aaaa: {}, mx: {}, txt: {}, ...dns };
  const planned: Lookup[][] = [];
  const made = new VerifyFixesHandler(
    { find: () => Promise.resolve({ id: 't', state, block: { ip: IP } }) } as unknown as TicketsService,
    { of: () => Promise.resolve(fixes), settle } as unknown as FixesService,
    { latest: () => Promise.resolve({ body: { message: { from: 'orders@shop.example', returnPath: null }, path: [], facts: { dns: { txt: {}, asked: [] } } } }) } as unknown as AnalysisService,
    { lookUp: (plan: (given: DnsFacts) => Lookup[]) => { planned.push(plan({ ...known, ptr: {}, a: {}, asked: [] })); return Promise.resolve(known); } } as unknown as GatherService,
    new Clock(),
    { query: () => Promise.resolve(newer ? [{}] : []) } as unknown as DataSource,
  );
  return { run: (attempts = 1) => made.verify({ ticketId: 't', attempts } as OutboxMessage), settle, planned };
}

describe('verifying fixes', () => {
  it('plans what it must know, ticks what DNS shows and leaves the rest to people', async () => {
    const { run, settle, planned } = handler([fix('set_ptr', 'open'), fix('publish_dmarc', 'open'), fix('secure_account', 'reported')], NAMED);
    expect(await run()).toBe('done');
    expect(planned[0]).toContainEqual({ kind: 'ptr', name: IP });
    expect(settle).toHaveBeenCalledWith('t', [expect.objectContaining({ id: 'set_ptr', state: 'verified' }), expect.objectContaining({ id: 'publish_dmarc', state: 'open' })]);
  });

  it('says that a reported one is not there yet, and looks again for a while', async () => {
    const { run, settle } = handler([fix('publish_dmarc', 'reported')], NAMED);
    const minutes = async (attempts: number): Promise<number> => Math.round((((await run(attempts)) as { retryAt: Date }).retryAt.getTime() - Date.now()) / 60_000);
    expect([await minutes(1), await minutes(4), await minutes(50)]).toEqual([1, 10, 360]);
    expect(settle).toHaveBeenCalledWith('t', [expect.objectContaining({ state: 'failed', says: 'There is no DMARC record at _dmarc.shop.example yet.' })]);
  });

  it('never takes a failed look-up for a failed fix', async () => {
    const { run, settle } = handler([fix('set_ptr', 'reported')], { failed: [`ptr ${IP}`] });
    await run();
    expect(settle).toHaveBeenCalledWith('t', [expect.objectContaining({ state: 'reported' })]);
  });

  it('leaves further looks to a newer round', async () => {
    const { run, settle } = handler([fix('publish_dmarc', 'reported')], NAMED, 'awaiting_fixes', true);
    expect(await run(2)).toBe('skipped');
    expect(settle).not.toHaveBeenCalled();
    expect(await run(1)).toMatchObject({ retryAt: expect.any(Date) as Date });
  });

  it('skips a ticket that has moved on', async () => {
    const { run, settle } = handler([fix('set_ptr', 'open')], NAMED, 'closed');
    expect(await run()).toBe('skipped');
    expect(settle).not.toHaveBeenCalled();
  });
});
