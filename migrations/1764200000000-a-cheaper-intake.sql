-- What an intake pays for each ticket it writes (docs/performance.md).
-- All that is asked of a ticket's address is one address or one network, which a B-tree answers as well (network_subset turns `<<=` into a range);
-- a GiST index costs several times as much at each insert.
drop index ticket_ip;
create index ticket_ip on ticket (ip);
-- Headers are mostly noise that hardly shrinks: up to a page they are stored as they come instead of being pressed first.
alter table evidence_item set (toast_tuple_target = 8160);
