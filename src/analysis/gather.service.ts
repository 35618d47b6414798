import type { Message } from '../core/headers/message';
import type { DnsFacts, Facts } from '../core/rules/analysis';
import { planner, type Lookup } from '../core/rules/plan-lookups';
import type { DnsClient, LookupAnswer } from './dns.client';
import { prove } from './prove';

/** One deadline for all look-ups of an analysis, and how many there may be. */
const DEADLINE_MS = 3_000;
const LOOKUPS_AT_MOST = 30;

/** Gathers what the rules may know besides the evidence: names in DNS and proofs. Judging comes after and looks nothing up. */
export class GatherService {
  constructor(private readonly dns: DnsClient) {}

  /** The facts with DNS and proofs. Never throws for the outside: what could not be had in time is listed in `dns.failed`. */
  async gather(message: Message, facts: Facts, fresh = false): Promise<Facts> {
    const withDns = { ...facts, dns: await this.lookUp(planner(message, facts), fresh) };
    return { ...withDns, proofs: await prove(message, withDns) };
  }

  /**
   * Rounds: what is still wanted is looked up together; an answer may raise the next question (an include, a PTR's address).
   * @param plan what one would still have to know, given this much
   * @param fresh takes no answer that was kept from before
   */
  async lookUp(plan: (dns: DnsFacts) => Lookup[], fresh = false): Promise<DnsFacts> {
    const dns: DnsFacts = { ptr: {}, a: {}, aaaa: {}, mx: {}, txt: {}, failed: [], asked: [] };
    const conversation = this.dns.open(fresh);
    const ends = Date.now() + DEADLINE_MS;
    const timer = setTimeout(conversation.stop, DEADLINE_MS);
    try {
      for (let left = LOOKUPS_AT_MOST; ; ) {
        const wanted = plan(dns);
        const now = Date.now() < ends ? wanted.slice(0, left) : [];
        if (now.length === 0) {
          note(dns, wanted.map((lookup) => [lookup, 'failed']));
          return dns;
        }
        left -= now.length;
        note(dns, await Promise.all(now.map(async (lookup): Promise<[Lookup, LookupAnswer]> => [lookup, await conversation.ask(lookup)])));
      }
    } finally {
      clearTimeout(timer);
    }
  }
}

function note(dns: DnsFacts, answers: [Lookup, LookupAnswer][]): void {
  for (const [{ kind, name }, answer] of answers) {
    if (answer === 'failed') {
      dns.failed?.push(`${kind} ${name}`);
    } else {
      dns.asked?.push(`${kind} ${name}`);
      if (answer.length > 0) {
        dns[kind][name] = answer;
      }
    }
  }
}
