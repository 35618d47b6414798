import type { CountedBlock } from './insights.schema';

/**
 * What the figures count. Each statement gives one line for each ticket and row of a block: `ticket_id`, `row` (the line of the table),
 * `marks` (what also holds of this ticket there), `seconds` (a length of time, where the block measures one). The counts and the list of
 * tickets behind a figure read the same lines, so that a figure and its list can never disagree.
 *
 * `p` holds the parameters: since, now, kind, false_positive, watch_hours, zone.
 */
const WAITING = `t.state in ('queued','in_review','second_review')`;
const OF_KIND = '(p.kind is null or t.kind = p.kind)';
/** Decisions that stand, and that answer the claim: a question or a pause does not. */
const JUDGES = `d.state in ('undoable','final') and d.outcome in ('lift','require_fixes','uphold')`;
const IN_PERIOD = 'd.decided_at > p.since and d.decided_at <= p.now';

/** The last word of the period on each ticket. */
const JUDGED = `select distinct on (d.ticket_id) d.ticket_id, d.outcome, d.reasons && p.false_positive as mistaken, t.claim, t.kind, t.block
  from p cross join decision d join ticket t on t.id = d.ticket_id where ${JUDGES} and ${IN_PERIOD} and ${OF_KIND} order by d.ticket_id, d.decided_at desc`;
const OVERTURNED = `case when j.outcome = 'lift' and j.mistaken then '{overturned}' else '{}' end::text[]`;

export const FACTS: Record<CountedBlock, string> = {
  rules: `select j.ticket_id, r.rule as row, ${OVERTURNED} as marks, null::float8 as seconds from (${JUDGED}) j cross join lateral (
      select distinct seen->>'rule' as rule from jsonb_array_elements(coalesce(j.block->'detections', '[]')) seen where seen->>'rule' <> '') r
    where j.claim = 'mistake'`,

  mistakes: `select j.ticket_id, 'all' as row, ${OVERTURNED} as marks, null::float8 as seconds from (${JUDGED}) j where j.claim = 'mistake'`,

  // The first answer to the claim; later ones answer something else (fixes done, an appeal).
  time: `select t.id as ticket_id, to_char(d.decided_at at time zone p.zone, 'YYYY-MM-DD') as row,
      case when t.due_at is null then '{}' when d.decided_at <= t.due_at then '{promised,kept}' else '{promised,late}' end::text[] as marks,
      extract(epoch from d.decided_at - t.created_at)::float8 as seconds
    from p cross join decision d join ticket t on t.id = d.ticket_id where ${JUDGES} and ${IN_PERIOD} and ${OF_KIND}
      and not exists (select from decision e where e.ticket_id = d.ticket_id and e.state in ('undoable','final') and e.outcome in ('lift','require_fixes','uphold')
        and (e.decided_at, e.id) < (d.decided_at, d.id))`,

  outcomes: `select j.ticket_id, j.kind || ' ' || j.claim as row, array[j.outcome] as marks, null::float8 as seconds from (${JUDGED}) j
    union all select t.id, t.kind || ' ' || t.claim, '{closed}'::text[], null from p cross join ticket t
      where t.state = 'closed' and t.state_since > p.since and t.state_since <= p.now and ${OF_KIND}
        and not exists (select from decision d where d.ticket_id = t.id and ${JUDGES} and ${IN_PERIOD})`,

  'blocked-again': `select t.id as ticket_id, case when l.mistaken then 'mistake' when l.fixes > 0 and l.fixes = l.verified then 'verified' else 'believed' end as row,
      array_remove(array[case when t.blocked_again_at <= l.confirmed_at + interval '24 hours' then 'day' end,
        case when t.blocked_again_at <= l.confirmed_at + make_interval(secs => p.watch_hours * 3600) then 'watch' end,
        case when t.blocked_again_at is null and l.confirmed_at + make_interval(secs => p.watch_hours * 3600) > p.now then 'watched' end], null) as marks, null::float8 as seconds
    from p cross join lateral (
      select distinct on (l.ticket_id) l.ticket_id, l.confirmed_at, d.reasons && p.false_positive as mistaken,
        (select count(*) from required_fix f where f.ticket_id = l.ticket_id and f.at = 'before_lift') as fixes,
        (select count(*) from required_fix f where f.ticket_id = l.ticket_id and f.at = 'before_lift' and f.state = 'verified') as verified
      from lift l join decision d on d.id = l.decision_id
      where l.state = 'confirmed' and l.confirmed_at > p.since and l.confirmed_at <= p.now order by l.ticket_id, l.confirmed_at desc) l
    join ticket t on t.id = l.ticket_id where ${OF_KIND}`,

  open: `select t.id as ticket_id, case when age < 1 then 'under_1' when age < 2 then '1_to_2' when age < 4 then '2_to_4' when age < 8 then '4_to_8' else 'over_8' end as row,
      case when t.due_at < p.now then '{overdue}' else '{}' end::text[] as marks, age * 3600 as seconds
    from p cross join ticket t cross join lateral (select extract(epoch from p.now - t.created_at)::float8 / 3600 as age) a where ${WAITING} and ${OF_KIND}`,

  fixes: `select f.ticket_id, f.code as row, case when bool_or(f.state in ('verified','accepted')) then '{done}' else '{}' end::text[] as marks, null::float8 as seconds
    from p cross join required_fix f join decision d on d.id = f.decision_id join ticket t on t.id = f.ticket_id
    where d.state in ('undoable','final') and ${IN_PERIOD} and ${OF_KIND} group by f.ticket_id, f.code`,

  'second-reviews': `select distinct on (t.id) t.id as ticket_id, 'all' as row, case when d.agreed then '{agreed}' else '{}' end::text[] as marks, null::float8 as seconds
    from p cross join decision d join ticket t on t.id = d.ticket_id
    where d.agreed is not null and d.second_at > p.since and d.second_at <= p.now and ${OF_KIND} order by t.id, d.agreed`,
};
