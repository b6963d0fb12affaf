-- Who of the team is about to call: the others see it and call somebody else.

alter table callbacks
    add column taken_by bigint,
    add column taken_at timestamptz,
    add constraint callbacks_taken check ((taken_by is null) or (taken_at is not null)),
    add foreign key (account_id, taken_by) references memberships (account_id, id) on delete set null (taken_by);

grant update (taken_by, taken_at) on callbacks to valera_app;
