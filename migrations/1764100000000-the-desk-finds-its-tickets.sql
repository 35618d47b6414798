-- The desk asks these at every look at the queue; without an index each is a walk over all that waits.

-- Take next: only what nobody has, in the order of urgency.
create index ticket_take on ticket (priority desc, due_at, id) where state = 'queued';
-- The counts of "overdue" and "lift failed".
create index ticket_overdue on ticket (due_at) where state in ('queued','in_review','second_review');
create index ticket_lift_failed on ticket (id) where lift_failed is not null;
-- How a rule of the filter fared: the last thousand decisions.
create index decision_recent on decision (decided_at desc);
-- What a reviewer can still take back.
create index decision_undoable on decision (undo_until) where state = 'undoable';
