import { Logger } from '@nestjs/common';
import { Clock } from '../platform/clock';
import { TooMany } from '../platform/http/errors';
import { ANOMALOUS, Anomalies } from './anomalies.service';
import { Attempts } from './attempts.service';

describe('anomalies', () => {
  afterEach(() => jest.restoreAllMocks());

  it('raise the alarm once an hour, when there are too many', () => {
    const alarm = jest.spyOn(Logger.prototype, 'error').mockImplementation(() => undefined);
    const clock = new Clock();
    const now = jest.spyOn(clock, 'now').mockReturnValue(new Date(0));
    const anomalies = new Anomalies(clock);
    const many = (n: number): void => Array.from({ length: n }).forEach(() => anomalies.note('strangers'));
    many(ANOMALOUS - 1);
    expect(alarm).not.toHaveBeenCalled();
    many(50);
    expect(alarm.mock.calls).toEqual([[expect.stringMatching(/^ALERT: 200 sign-in links were asked for with addresses that nobody has/)]]);
    expect(anomalies.figures()).toEqual([{ what: 'refused', value: 0 }, { what: 'strangers', value: ANOMALOUS + 49 }]);
    now.mockReturnValue(new Date(3_600_000));
    expect(anomalies.lately('strangers')).toBe(0);
    many(ANOMALOUS);
    expect(alarm).toHaveBeenCalledTimes(2);
  });

  it('are also tries that are refused', () => {
    const clock = new Clock();
    const anomalies = new Anomalies(clock);
    const attempts = new Attempts(clock, anomalies);
    attempts.count('anna', 1, 60);
    expect(() => attempts.count('anna', 1, 60)).toThrow(TooMany);
    expect(anomalies.lately('refused')).toBe(1);
  });
});
