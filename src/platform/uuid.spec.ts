import { isUuid, newId } from './uuid';

describe('newId', () => {
  it('is a UUID of version 7 with the variant of RFC 9562', () => {
    const id = newId();
    expect(isUuid(id)).toBe(true);
    expect(id[14]).toBe('7');
    expect('89ab').toContain(id[19]);
  });

  it('begins with the time in milliseconds', () => {
    const before = Date.now();
    const told = Number.parseInt(newId().slice(0, 13).replace('-', ''), 16);
    expect(told).toBeGreaterThanOrEqual(before);
    expect(told).toBeLessThanOrEqual(Date.now());
  });

  it('follows the time when that moves', () => {
    jest.useFakeTimers({ now: 1_000 });
    try {
      const first = newId();
      jest.setSystemTime(2_000);
      expect([first, newId()].map((id) => id.slice(0, 13))).toEqual(['00000000-03e8', '00000000-07d0']);
    } finally {
      jest.useRealTimers();
    }
  });

  it('is never the same twice within a millisecond', () => {
    const ids = new Set(Array.from({ length: 10_000 }, newId));
    expect(ids.size).toBe(10_000);
  });
});
