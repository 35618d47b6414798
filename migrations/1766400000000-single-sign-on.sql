-- Who of the staff somebody is whom an issuer of OpenID Connect names: by issuer and subject, which never change hands.
create table staff_identity (
  iss text not null,
  sub text not null,
  staff_id uuid not null references staff_member (id),
  connected_at timestamptz not null default now(),
  primary key (iss, sub)
);
create index staff_identity_staff on staff_identity (staff_id);
