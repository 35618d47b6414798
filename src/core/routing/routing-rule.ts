import ipaddr from 'ipaddr.js';
import type { Assessment } from '../rules/analysis';
import type { BlockKind, Claim } from '../ticket/block';

/** What a rule looks at. What is not named fits every ticket; of a list one entry has to fit. */
export interface RoutingConditions {
  kind?: BlockKind;
  claim?: Claim;
  /** words in the tier as the NOC names it: "premium" fits "Premium Plus" */
  tier?: readonly string[];
  /** "de" fits "de-AT" */
  language?: readonly string[];
  /** blocks of the address in 30 days, this one included: 2 is "blocked before" */
  blocksFrom?: number;
  assessment?: readonly (Assessment | 'none')[];
  /** rules of the filter behind the block, by their names */
  filterRule?: readonly string[];
  /** the block lies within this network */
  prefix?: string;
}

/** One line of the routing. Rules are asked in order: the first that names a queue says where, the points of all that fit add up. */
export interface RoutingRule {
  name: string;
  when: RoutingConditions;
  /** null: this rule says nothing of the queue */
  queue: string | null;
  /** points of urgency, added */
  points: number;
  /** a lift takes a second person, besides the policy's own reasons */
  secondPerson: boolean;
}

/** What the rules are asked about. */
export interface RoutingFacts {
  kind: BlockKind;
  claim: Claim;
  tier: string | null;
  language?: string | null;
  repeats: number;
  assessment: Assessment | null;
  filterRules?: readonly string[];
  ip?: string | null;
  prefix?: string | null;
}

const none = { queue: null, secondPerson: false };

/** How the desk begins; every version that is saved stands on its own. */
export const ROUTING: readonly RoutingRule[] = [
  { name: 'Premium customer', when: { tier: ['premium'] }, points: 30, ...none },
  { name: 'Business customer', when: { tier: ['business', 'reseller'] }, points: 10, ...none },
  { name: 'Probably our mistake', when: { assessment: ['likely_false_positive'] }, points: 20, ...none },
  { name: 'Blocked again', when: { blocksFrom: 2 }, points: 10, ...none },
  { name: 'Blocked as an attacker', when: { kind: 'hack' }, points: 5, ...none },
];

/** Whether a rule speaks of this ticket. */
export function fits({ when }: RoutingRule, facts: RoutingFacts): boolean {
  const tier = (facts.tier ?? '').toLowerCase();
  const language = (facts.language ?? '').toLowerCase();
  return (
    (when.kind === undefined || when.kind === facts.kind) &&
    (when.claim === undefined || when.claim === facts.claim) &&
    (when.tier === undefined || when.tier.some((word) => tier.includes(word.toLowerCase()))) &&
    (when.language === undefined || when.language.some((tag) => language === tag.toLowerCase() || language.startsWith(`${tag.toLowerCase()}-`))) &&
    (when.blocksFrom === undefined || facts.repeats + 1 >= when.blocksFrom) &&
    (when.assessment === undefined || when.assessment.includes(facts.assessment ?? 'none')) &&
    (when.filterRule === undefined || when.filterRule.some((name) => facts.filterRules?.includes(name))) &&
    (when.prefix === undefined || within(facts.prefix ?? facts.ip ?? '', when.prefix))
  );
}

/** Whether an address or a network lies within a network. What cannot be read lies in none. */
function within(inner: string, network: string): boolean {
  const [address = '', bits] = inner.split('/');
  if (!ipaddr.isValid(address) || !ipaddr.isValidCIDR(network)) {
    return false;
  }
  const [one, [base, length]] = [ipaddr.process(address), ipaddr.parseCIDR(network)];
  return one.kind() === base.kind() && (bits === undefined || Number(bits) >= length) && one.match(base, length);
}
