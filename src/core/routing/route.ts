import { secondPersonFor, type SecondPersonCode } from '../policy/needs-second-person';
import type { Assessment } from '../rules/analysis';
import type { BlockKind, Claim } from '../ticket/block';

export interface RouteInput {
  kind: BlockKind;
  claim: Claim;
  /** as the NOC names it: "premium", "business" … */
  tier: string | null;
  /** earlier blocks of the address within 30 days */
  repeats: number;
  assessment: Assessment | null;
  liftFailed: boolean;
  /** the network that the block covers, when it is more than the address */
  prefix?: string | null;
}

export interface Route {
  /** `spam`, `hack` or `lift-failed` */
  queue: string;
  /** higher is more urgent */
  priority: number;
  /** minutes until a decision is promised, from receipt */
  promiseMinutes: number;
  /** why a lift would need two people, as far as it is known before anybody decides */
  secondPerson: SecondPersonCode[];
}

interface RoutingRule {
  why: string;
  applies: (input: RouteInput) => boolean;
  adds: number;
}

/** What makes a ticket urgent, in points; the page shows the sum. Order does not matter. */
export const ROUTING: RoutingRule[] = [
  { why: 'the lift failed', applies: (i) => i.liftFailed, adds: 1000 },
  { why: 'premium customer', applies: (i) => /premium/i.test(i.tier ?? ''), adds: 30 },
  { why: 'business customer', applies: (i) => /business|reseller/i.test(i.tier ?? ''), adds: 10 },
  { why: 'probably our mistake', applies: (i) => i.assessment === 'likely_false_positive', adds: 20 },
  { why: 'blocked again', applies: (i) => i.repeats > 0, adds: 10 },
  { why: 'blocked as an attacker', applies: (i) => i.kind === 'hack', adds: 5 },
];

/** Minutes until a decision is promised, from receipt, by tier. */
export const PROMISE_MINUTES = { premium: 120, business: 240, standard: 480 };

/** Where a ticket waits, how urgent it is, and what is promised. */
export function route(input: RouteInput): Route {
  const tier = /premium/i.test(input.tier ?? '') ? 'premium' : /business|reseller/i.test(input.tier ?? '') ? 'business' : 'standard';
  return {
    queue: input.liftFailed ? 'lift-failed' : input.kind,
    priority: ROUTING.filter((rule) => rule.applies(input)).reduce((sum, rule) => sum + rule.adds, 0),
    promiseMinutes: PROMISE_MINUTES[tier],
    secondPerson: secondPersonFor(input),
  };
}
