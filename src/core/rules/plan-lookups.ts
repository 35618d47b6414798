import type { Message } from '../headers/message';
import type { Facts } from './analysis';
import { RULES } from './catalogue';
import type { Dns, RecordKind } from './dns/dns';
import { evaluate } from './evaluate';
import { Reading } from './reading';

const ASKING = RULES.filter((rule) => rule.asksDns);

export interface Lookup { kind: RecordKind; name: string }

/**
 * What the rules would still have to know from DNS, in the order in which they ask (the address first, deep SPF includes last): the rules
 * are run over what is known so far, and what they ask in vain is what must be looked up. Repeat with the answers until nothing is
 * left. So no rule can ask what was never planned, and nothing is looked up that no rule asks.
 */
export function planLookups(message: Message, facts: Facts): Lookup[] {
  const known: Facts = { ...facts, dns: facts.dns ?? { ptr: {}, a: {}, aaaa: {}, mx: {}, txt: {}, asked: [] } };
  const reading = new Reading(message, known);
  evaluate(ASKING, { message, facts: known, reading });
  return wantedOf(reading.dns, known.dns?.failed ?? []);
}

/** What was asked of `dns` in vain, without what was tried already and failed. */
export function wantedOf(dns: Dns, failed: readonly string[]): Lookup[] {
  return [...dns.wanted].filter((key) => !failed.includes(key)).map((key) => {
    const [kind, name = ''] = key.split(' ', 2);
    return { kind: kind as RecordKind, name };
  });
}
