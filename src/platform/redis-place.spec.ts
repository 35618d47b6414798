import { readRedisUrl } from './redis-place';

describe('REDIS_URL', () => {
  it.each([
    ['redis://localhost', { kind: 'single', tls: false, nodes: [{ host: 'localhost', port: 6379 }] }],
    ['rediss://desk:p%40ss:word@10.0.0.1:7000/3', { kind: 'single', tls: true, nodes: [{ host: '10.0.0.1', port: 7000 }], username: 'desk', password: 'p@ss:word', db: 3 }],
    ['redis://:secret@[::1]:6380', { kind: 'single', tls: false, nodes: [{ host: '::1', port: 6380 }], password: 'secret' }],
    ['redis+sentinel://:secret@s1,s2:26380,s3/desk?sentinelPassword=other&db=1', {
      kind: 'sentinel', tls: false, nodes: [{ host: 's1', port: 26_379 }, { host: 's2', port: 26_380 }, { host: 's3', port: 26_379 }], password: 'secret', master: 'desk', sentinelPassword: 'other', db: 1,
    }],
    ['rediss+cluster://desk:secret@c1:7001,c2:7002', { kind: 'cluster', tls: true, nodes: [{ host: 'c1', port: 7001 }, { host: 'c2', port: 7002 }], username: 'desk', password: 'secret' }],
  ])('%s', (text, place) => expect(readRedisUrl(text)).toEqual(place));

  it.each(['localhost:6379', 'http://localhost', 'redis://', 'redis://a,b', 'redis://localhost:99999', 'redis://localhost/zero', 'redis+sentinel://s1:26379', 'redis+cluster://c1/0', 'redis://a b', 'redis://%zz@host'])(
    'refuses %s', (text) => expect(readRedisUrl(text)).toBeNull());
});
