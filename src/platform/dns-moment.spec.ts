import { DnsMoment, dnsMoment, saysAbsent } from './dns-moment';

const error = (code: string): Error => Object.assign(new Error(code), { code });

describe('what DNS said a moment ago', () => {
  afterEach(() => jest.useRealTimers());

  it('is told for five seconds, whatever the case of the name, and never to who wants nothing from before', () => {
    jest.useFakeTimers({ now: 1_000_000 });
    const moment = new DnsMoment();
    moment.note('TXT', 'S1._domainkey.Example.org', [['v=DKIM1']]);
    expect(moment.recall('txt', 's1._domainkey.example.org')).toEqual({ answer: [['v=DKIM1']], at: 1_000_000 });
    expect(moment.recall('MX', 's1._domainkey.example.org')).toBeNull();
    expect(moment.recall('TXT', 's1._domainkey.example.org', 1_000_001)).toBeNull();
    jest.setSystemTime(1_005_001);
    expect(moment.recall('TXT', 's1._domainkey.example.org')).toBeNull();
  });

  it('is another one for other servers', () => {
    dnsMoment(['192.0.2.53']).note('A', 'example.org', ['192.0.2.1']);
    expect(dnsMoment(['192.0.2.53']).recall('A', 'example.org')?.answer).toEqual(['192.0.2.1']);
    expect(dnsMoment(['192.0.2.54']).recall('A', 'example.org')).toBeNull();
    expect(dnsMoment(null).recall('A', 'example.org')).toBeNull();
  });

  it('knows absence from failure', () => {
    expect([error('ENOTFOUND'), error('ENODATA'), error('ETIMEOUT'), error('ESERVFAIL'), null].map(saysAbsent)).toEqual([true, true, false, false, false]);
  });
});
