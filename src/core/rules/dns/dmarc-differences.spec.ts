import { dmarc } from 'mailauth/lib/dmarc';
import { dns } from '../../../../test/fixtures/cases';
import { Dns } from './dns';
import { findDmarc, organisationalDomain } from './dmarc';

/** Each difference of docs/analysis.md, by its name there: what mailauth 4.13 makes of the same records (RFC 7489), and what we make of them (RFC 9989). */
interface Both {
  /** its policy, or null when it finds no record */
  theirs: string | null;
  aligned: boolean;
  ours: ReturnType<typeof findDmarc>;
  oursAligned: boolean;
}

type Checked = { policy?: string; status: { result: string } };
const verify = dmarc as unknown as (given: object) => Promise<Checked>;

async function both(from: string, records: Record<string, string>, signedBy = 'unrelated.example'): Promise<Both> {
  const zone = Object.fromEntries(Object.entries(records).map(([name, text]) => [`_dmarc.${name}`, [text]]));
  const resolver = (name: string): Promise<string[][]> => (zone[name] ? Promise.resolve(zone[name].map((text) => [text])) : Promise.reject(Object.assign(new Error(name), { code: 'ENOTFOUND' })));
  const checked = await verify({ headerFrom: [`x@${from}`], spfDomains: [], dkimDomains: [{ id: '1', domain: signedBy }], resolver });
  const facts = new Dns(dns({ txt: zone, a: { 'shop.example': ['203.0.113.45'], 'mail.shop.example': ['203.0.113.45'] } }));
  return {
    theirs: checked.policy?.trim() ?? null, aligned: checked.status.result === 'pass',
    ours: findDmarc(from, facts), oursAligned: organisationalDomain(from, facts) === organisationalDomain(signedBy, facts),
  };
}

describe('DMARC by RFC 9989, beside mailauth 4.13 which knows RFC 7489', () => {
  it('says the same where nothing changed', async () => {
    for (const policy of ['none', 'quarantine', 'reject']) {
      expect(await both('shop.example', { 'shop.example': `v=DMARC1; p=${policy}` }, 'mail.shop.example')).toMatchObject({ theirs: policy, aligned: true, ours: { state: 'found', policy }, oursAligned: true });
    }
    expect(await both('mail.shop.example', { 'shop.example': 'v=DMARC1; p=reject; sp=none' })).toMatchObject({ theirs: 'none', aligned: false, ours: { policy: 'none' }, oursAligned: false });
    expect(await both('shop.example', {})).toMatchObject({ theirs: null, ours: { state: 'none' } });
  });

  it('1, tree walk: finds a record between the name and its registration', async () => {
    const records = { 'shop.example': 'v=DMARC1; p=none', 'dept.shop.example': 'v=DMARC1; p=reject; psd=n' };
    expect(await both('a.dept.shop.example', records)).toMatchObject({ theirs: 'none', ours: { policy: 'reject', record: { domain: 'dept.shop.example' } } });
  });

  it('2, tree walk: finds a record above a public suffix', async () => {
    const records = { 'co.uk': 'v=DMARC1; p=reject; psd=y' };
    expect(await both('shop.co.uk', records)).toMatchObject({ theirs: null, ours: { policy: 'reject', record: { domain: 'co.uk' } } });
  });

  it('3, np: a name that does not exist has a policy of its own', async () => {
    const records = { 'shop.example': 'v=DMARC1; p=none; sp=none; np=reject' };
    expect(await both('invented.shop.example', records)).toMatchObject({ theirs: 'none', ours: { policy: 'reject' } });
    expect(await both('mail.shop.example', records)).toMatchObject({ theirs: 'none', ours: { policy: 'none' } });
  });

  it('4, t: a test is announced by a tag of its own', async () => {
    expect(await both('shop.example', { 'shop.example': 'v=DMARC1; p=reject; t=y' })).toMatchObject({ theirs: 'reject', ours: { policy: 'reject', test: true } });
  });

  it('5, psd=n: a department is an organisation of its own', async () => {
    const records = { 'shop.example': 'v=DMARC1; p=reject', 'law.shop.example': 'v=DMARC1; p=reject; psd=n' };
    expect(await both('law.shop.example', records, 'shop.example')).toMatchObject({ aligned: true, oursAligned: false });
  });

  it('6, psd=y: who registers below a suffix is no relative of the next', async () => {
    const records = { 'host.example': 'v=DMARC1; p=none; psd=y', 'a.host.example': 'v=DMARC1; p=reject' };
    expect(await both('a.host.example', records, 'b.host.example')).toMatchObject({ aligned: true, oursAligned: false });
  });

  it('7, pct, rf and ri are no longer read', async () => {
    const { ours } = await both('shop.example', { 'shop.example': 'v=DMARC1; p=reject; pct=0; rf=afrf; ri=3600' });
    expect(ours).toMatchObject({ state: 'found', policy: 'reject', test: false });
    expect(await verify({ headerFrom: ['x@shop.example'], spfDomains: [], dkimDomains: [], resolver: () => Promise.resolve([['v=DMARC1; p=reject; pct=0']]) })).toMatchObject({ pct: 0 });
  });

  it('8, p may be missing when reports are asked for', async () => {
    expect(await both('shop.example', { 'shop.example': 'v=DMARC1; rua=mailto:d@shop.example' })).toMatchObject({ theirs: null, ours: { state: 'found', policy: 'none' } });
  });

  it('10, a p that is none counts as none when reports are asked for', async () => {
    expect(await both('shop.example', { 'shop.example': 'v=DMARC1; p=foo; rua=mailto:d@shop.example' })).toMatchObject({ theirs: 'foo', ours: { state: 'found', policy: 'none' } });
  });

  it('no difference: several records at one name are none, and authors of two domains have no policy', async () => {
    const resolver = (name: string): Promise<string[][]> => Promise.resolve(name === '_dmarc.shop.example' ? [['v=DMARC1; p=reject'], ['v=DMARC1; p=none']] : []);
    expect(await verify({ headerFrom: ['x@shop.example'], spfDomains: [], dkimDomains: [], resolver })).toMatchObject({ status: { result: 'none' } });
    const several = { '_dmarc.shop.example': ['v=DMARC1; p=reject', 'v=DMARC1; p=none'] };
    expect(findDmarc('shop.example', new Dns(dns({ txt: several })))).toMatchObject({ state: 'invalid' });
    expect(findDmarc('a.shop.example', new Dns(dns({ txt: { '_dmarc.a.shop.example': several['_dmarc.shop.example'], '_dmarc.shop.example': ['v=DMARC1; p=reject'] } })))).toMatchObject({ state: 'found', policy: 'reject' });
    expect(await verify({ headerFrom: ['x@shop.example', 'y@else.example'], spfDomains: [], dkimDomains: [], resolver })).toBe(false);
  });

  it('9, the version counts by its case', async () => {
    expect(await both('shop.example', { 'shop.example': 'v=dmarc1; p=reject' })).toMatchObject({ theirs: 'reject', ours: { state: 'none' } });
  });
});
