import type { Message } from '../headers/message';
import type { DnsFacts, Facts } from './analysis';
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
  return planner(message, facts)(facts.dns ?? { ptr: {}, a: {}, aaaa: {}, mx: {}, txt: {}, asked: [] });
}

/** The same for all rounds of one message: what is understood without DNS is understood in the first. */
export function planner(message: Message, facts: Facts): (dns: DnsFacts) => Lookup[] {
  let reading: Reading | undefined;
  return (dns) => {
    const known: Facts = { ...facts, dns };
    reading = new Reading(message, known, reading);
    evaluate(ASKING, { message, facts: known, reading });
    return wantedOf(reading.dns, dns.failed ?? []);
  };
}

/** What was asked of `dns` in vain, without what was tried already and failed. */
export function wantedOf(dns: Dns, failed: readonly string[]): Lookup[] {
  return [...dns.wanted].filter((key) => !failed.includes(key)).map((key) => {
    const [kind, name = ''] = key.split(' ', 2);
    return { kind: kind as RecordKind, name };
  });
}
