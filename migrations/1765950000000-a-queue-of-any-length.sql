-- Urgency as one ascending key: a place in the queue is then one comparison of rows, (-priority, due_at, id) > (…), however many tickets have the
-- same priority. With "priority desc" in the index every deep page, and "the next ticket", walked through all of them.
-- While an index is built, writing waits and reading goes on; only the change of names at the end stops both, for a moment. On a desk that must
-- not wait, the indexes are built before, by hand and concurrently (docs/operations.md): what is there already is left as it is.
create index if not exists ticket_waiting_next on ticket ((-priority), due_at, id) where state in ('queued','in_review','second_review');
-- The filters that people set: each combination is one stretch of this index, in the order of urgency (src/review/queue.facets.ts).
create index if not exists ticket_facets on ticket (kind, claim, (coalesce(assessment, '')), (-priority), due_at, id) where state in ('queued','in_review','second_review');
create index if not exists ticket_taken_next on ticket (taken_by, (-priority), due_at, id) where taken_by is not null;
-- An undo looks for the work of its decision. What an intake writes has no ref_id, so this costs it nothing.
create index if not exists outbox_ref on outbox_message (ref_id) where ref_id is not null;
-- Every search by words first asks whether the words are an account or a reference of the NOC's own: without this, by reading the whole table.
create index if not exists ticket_external_ref on ticket (external_ref) where external_ref is not null;

drop index ticket_waiting, ticket_taken;
alter index ticket_waiting_next rename to ticket_waiting;
alter index ticket_taken_next rename to ticket_taken;
