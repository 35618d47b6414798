import type { Hop } from '../headers/message';
import { quoteHop } from './quote';
import type { Rule } from './rule';

/** Steps under five minutes are noise. */
const NOISE = 5 * 60_000;

export const clocksAgree: Rule = {
  id: 'clocks-agree',
  asks: 'Do the clocks on the way agree?',
  cites: 'RFC 5321 §4.4',
  strength: 'note',
  kinds: ['spam'],
  appliesTo: ({ message }) => message.hops.length > 1,
  check: ({ message }) => {
    let worst: { hop: Hop; ahead: number } | null = null;
    let above: number | null = null;
    for (const hop of message.hops) {
      if (hop.at !== null && above !== null && hop.at - above > NOISE && hop.at - above > (worst?.ahead ?? 0)) {
        worst = { hop, ahead: hop.at - above };
      }
      above = hop.at ?? above;
    }
    return worst ? [{ code: 'hop-clock-skew', says: { minutes: Math.round(worst.ahead / 60_000) }, evidence: [quoteHop(worst.hop)] }] : [];
  },
};
