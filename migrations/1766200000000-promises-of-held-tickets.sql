-- A hold is a wait of ours: its promise runs on, is warned of and can be missed. Few tickets are on hold at a time; they are found without a walk through all.
create index if not exists ticket_held_due on ticket (due_at) where state = 'on_hold';
