import { Clock } from '../platform/clock';
import { TooMany } from '../platform/http/errors';
import { Anomalies } from './anomalies.service';
import { Attempts } from './attempts.service';

describe('tries', () => {
  it('are refused beyond the limit, until the time is over', () => {
    const clock = new Clock();
    const now = jest.spyOn(clock, 'now').mockReturnValue(new Date(0));
    const attempts = new Attempts(clock, new Anomalies(clock));
    attempts.count('anna', 2, 60);
    attempts.count('anna', 2, 60);
    expect(() => attempts.count('anna', 2, 60)).toThrow(TooMany);
    expect(() => attempts.count('milan', 2, 60)).not.toThrow();
    now.mockReturnValue(new Date(61_000));
    expect(() => attempts.count('anna', 2, 60)).not.toThrow();
  });

  it('that were no guesses are taken back one by one; the wrong ones stay', () => {
    const clock = new Clock();
    const attempts = new Attempts(clock, new Anomalies(clock));
    attempts.count('anna', 2, 60);
    for (let i = 0; i < 5; i++) {
      attempts.count('anna', 2, 60);
      attempts.takeBack('anna');
    }
    attempts.count('anna', 2, 60);
    expect(() => attempts.count('anna', 2, 60)).toThrow(TooMany);
    expect(() => attempts.takeBack('nobody')).not.toThrow();
  });
});
