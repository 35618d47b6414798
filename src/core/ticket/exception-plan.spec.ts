import { narrowException, type WantedException } from './exception-plan';

const now = new Date('2026-11-20T12:00:00Z');
const wanted: WantedException = { rule: 'CT_INVOICE_LURE', change: 'exception', scope: 'sender', sender: 'orders@shop.example', until: '2026-12-01T00:00:00Z' };

describe('narrowException', () => {
  it('is one rule, one sender, an end', () => expect(narrowException(wanted, now)).toEqual({ rule: 'CT_INVOICE_LURE', sender: 'orders@shop.example', until: new Date('2026-12-01T00:00:00Z') }));
  it('ends in 30 days where nobody said, and in 90 at the latest', () => {
    expect(narrowException({ ...wanted, until: undefined }, now)?.until).toEqual(new Date('2026-12-20T12:00:00Z'));
    expect(narrowException({ ...wanted, until: '2030-01-01T00:00:00Z' }, now)?.until).toEqual(new Date('2027-02-18T12:00:00Z'));
  });
  it.each<[string, Partial<WantedException> | null]>([
    ['nothing', null], ['a report', { change: 'report' }], ['a domain', { scope: 'domain' }], ['every sender of a domain', { sender: '*@shop.example' }], ['no sender', { sender: undefined }],
    ['a domain as sender', { sender: 'shop.example' }], ['one that is over', { until: '2026-11-20T11:59:59Z' }], ['nonsense', { until: 'soon' }], ['no rule', { rule: '' }],
  ])('is none for %s', (_, more) => expect(narrowException(more && { ...wanted, ...more }, now)).toBeNull());
});
