import { wilson } from './wilson';

describe('wilson', () => {
  // Worked out by hand from the formula; 31 of 58 is the example of the design.
  it.each([
    [31, 58, 0.5345, 0.4079, 0.6568], [5, 12, 0.4167, 0.1933, 0.6805], [0, 22, 0, 0, 0.1487], [1, 1, 1, 0.2065, 1], [10, 10, 1, 0.7225, 1],
  ])('%d of %d', (hits, of, rate, low, high) => {
    const share = wilson(hits, of);
    expect(share?.rate).toBeCloseTo(rate, 4);
    expect(share?.low).toBeCloseTo(low, 3);
    expect(share?.high).toBeCloseTo(high, 3);
  });

  it('knows nothing where nothing was counted', () => expect(wilson(0, 0)).toBeNull());

  it('stands a surely wrong rule above one that was wrong once', () => {
    expect(wilson(31, 58)!.low).toBeGreaterThan(wilson(1, 1)!.low);
  });
});
