import { facts, headers, IP } from '../../test/fixtures/cases';
import { readMessage } from '../core/headers/read-message';
import { analyse } from '../core/rules/analyse';
import type { Lookup } from '../core/rules/plan-lookups';
import type { DnsClient, LookupAnswer } from './dns.client';
import { GatherService } from './gather.service';

/** A DNS that gives these answers; what it has none for it never answers, until it is stopped. */
function dnsThat(answer: (lookup: Lookup) => LookupAnswer | null) {
  const asked: string[] = [];
  const client = {
    open: () => {
      const open: ((answer: LookupAnswer) => void)[] = [];
      return {
        ask: (lookup: Lookup) => {
          asked.push(`${lookup.kind} ${lookup.name}`);
          const known = answer(lookup);
          return known === null ? new Promise<LookupAnswer>((resolve) => open.push(resolve)) : Promise.resolve(known);
        },
        stop: () => open.forEach((end) => end('failed')),
      };
    },
  } as unknown as DnsClient;
  return { asked, gathering: new GatherService(client) };
}

describe('GatherService', () => {
  beforeEach(() => void jest.useFakeTimers());
  afterEach(() => void jest.useRealTimers());
  const message = readMessage(headers());

  it('waits three seconds for all look-ups together, and takes what did not come for unknown', async () => {
    const { gathering } = dnsThat(({ kind }) => (kind === 'ptr' ? ['mail.shop.example'] : null));
    let done = false;
    const gathered = gathering.gather(message, facts({ dns: null })).finally(() => { done = true; });
    await jest.advanceTimersByTimeAsync(2_900);
    expect(done).toBe(false);
    await jest.advanceTimersByTimeAsync(200);
    const found = await gathered;
    expect(found.dns).toMatchObject({ ptr: { [IP]: ['mail.shop.example'] }, txt: {} });
    expect(found.dns?.failed).toEqual(expect.arrayContaining(['txt shop.example', 'txt _dmarc.shop.example']));
    const codes = analyse(message, found).findings.flatMap(({ code }) => code ?? []);
    expect(codes.filter((code) => /^(?:spf|dmarc|ptr|fcrdns|helo)-/.test(code))).toEqual([]);
  });

  it('begins no further round behind the deadline, however often a new question comes up', async () => {
    let asked = 0;
    const { gathering } = dnsThat(() => []);
    const found = gathering.lookUp(() => {
      jest.setSystemTime(Date.now() + 1_100);
      return [{ kind: 'txt', name: `n${++asked}.example` }];
    });
    await jest.advanceTimersByTimeAsync(10_000);
    expect((await found).asked?.length).toBeLessThanOrEqual(3);
  });

  it('asks no more than thirty names, and lists the others as failed', async () => {
    const { gathering, asked } = dnsThat(() => ['x']);
    const names = Array.from({ length: 45 }, (_, i): Lookup => ({ kind: 'txt', name: `n${i}.example` }));
    const found = await gathering.lookUp((dns) => names.filter(({ name }) => !dns.txt[name]));
    expect(asked).toHaveLength(30);
    expect(found.failed).toHaveLength(15);
  });
});
