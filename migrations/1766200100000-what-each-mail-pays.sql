-- What each mail and each ticket pays in processor time (docs/performance.md), half a millisecond together.
-- Kept as they come: PostgreSQL packs them slowly, 12 µs a kilobyte, and a desk has more disk than it has time. What was packed stays readable.
alter table analysis alter column body set storage external;
alter table evidence_item alter column text set storage external, alter column bytes set storage external;
alter table inbound_mail alter column raw set storage external;
alter table mail_delivery alter column raw set storage external;
-- Written for tickets that are there, and deleted with what else names a customer; tickets themselves are never deleted. Looking each up again was a tenth of a move.
alter table ticket_trait drop constraint ticket_trait_ticket_id_fkey;
