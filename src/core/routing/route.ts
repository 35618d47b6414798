import { secondPersonFor, TWO_PEOPLE, type SecondPersonCode, type TwoPeopleRule } from '../policy/needs-second-person';
import { fits, ROUTING, type RoutingFacts, type RoutingRule } from './routing-rule';

export interface RouteInput extends RoutingFacts {
  liftFailed: boolean;
  /** somebody asked a lead */
  escalated?: boolean;
}

export interface Route {
  /** `lift-failed`, `lead`, what a rule says, else the kind of the block */
  queue: string;
  /** higher is more urgent */
  priority: number;
  /** why a lift would need two people, as far as it is known before anybody decides */
  secondPerson: SecondPersonCode[];
  /** the rules that spoke, in order */
  because: string[];
}

/** A failed lift stands above everything, whatever rules say: nobody can configure it away. */
export const LIFT_FAILED_POINTS = 1000;
export const ESCALATED_POINTS = 100;
/** All rules together stay below a failed lift. */
const MOST = 800;

export const LEAD_QUEUE = 'lead';
export const LIFT_FAILED_QUEUE = 'lift-failed';
/** Queues with a meaning of their own; rules may not send tickets there. */
export const OWN_QUEUES = [LEAD_QUEUE, LIFT_FAILED_QUEUE] as const;

/** Where a ticket waits, how urgent it is, and whether two are due. */
export function route(input: RouteInput, rules: readonly RoutingRule[] = ROUTING, twoPeople: TwoPeopleRule = TWO_PEOPLE): Route {
  const spoke = rules.filter((rule) => fits(rule, input));
  const points = Math.min(Math.max(spoke.reduce((sum, rule) => sum + rule.points, 0), -MOST), MOST);
  return {
    queue: input.liftFailed ? LIFT_FAILED_QUEUE : input.escalated ? LEAD_QUEUE : (spoke.find((rule) => rule.queue !== null)?.queue ?? input.kind),
    priority: points + (input.liftFailed ? LIFT_FAILED_POINTS : 0) + (input.escalated ? ESCALATED_POINTS : 0),
    secondPerson: secondPersonFor({ ...input, routed: spoke.some((rule) => rule.secondPerson) }, twoPeople),
    because: spoke.map((rule) => rule.name),
  };
}

/** The points that rules gave: a failed lift or a question to a lead changes the place in the queue, not what was promised. */
export const promisedPriority = (priority: number, { liftFailed, escalated }: { liftFailed: boolean; escalated: boolean }): number =>
  priority - (liftFailed && priority >= LIFT_FAILED_POINTS - MOST ? LIFT_FAILED_POINTS : 0) - (escalated ? ESCALATED_POINTS : 0);
