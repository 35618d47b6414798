-- The event feed stops before the first decision that may still be taken back: it looks at the newest lines only.
create index audit_entry_at on audit_entry (at);
