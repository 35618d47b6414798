import { ESCALATED_POINTS, LIFT_FAILED_POINTS } from '../core/routing/route';
import { fits, type RoutingRule } from '../core/routing/routing-rule';
import type { QueueRow } from './queue.query';

/**
 * Why a ticket stands where it stands: the promise, and which rules gave it how many points. A rule that asks for a rule of the filter is
 * not asked here (the list does not carry the detections), nor one that was changed since: what they gave is the rest.
 */
export function whyHere(row: QueueRow, waits: string, routing: readonly RoutingRule[]): string {
  const facts = { kind: row.kind, claim: row.claim, tier: row.tier, language: row.language, repeats: row.repeats, assessment: row.assessment, ip: row.ip, prefix: row.prefix };
  const given = [
    ...(row.liftFailed ? [{ name: 'its lift failed', points: LIFT_FAILED_POINTS }] : []), ...(row.escalatedAt ? [{ name: 'a lead was asked', points: ESCALATED_POINTS }] : []),
    ...routing.filter((rule) => rule.points !== 0 && rule.when.filterRule === undefined && fits(rule, facts)),
  ];
  const rest = row.priority - given.reduce((sum, { points }) => sum + points, 0);
  const points = [...given, ...(rest === 0 ? [] : [{ name: 'rules of the filter, or changed since', points: rest }])].map(({ name, points }) => `${name} (${points})`);
  return `${waits}; ${row.priority === 1 ? '1 point' : `${row.priority} points`}${points.length > 0 ? `: ${points.join(', ')}` : ''}`;
}
