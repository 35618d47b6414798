-- Links that a proven contact's own mail asked for are counted apart: whoever writes in their name uses up nothing of theirs.
alter table mail_confirmation add column proven boolean not null default false;
