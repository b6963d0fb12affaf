-- Cards of clients that are one person's, what a shop notes of a client, and the requests of programs that may come twice.

-- ---- cards ----------------------------------------------------------------------------------------

-- A card that was merged stays as a row: its number goes on leading somewhere, and a person of Telegram who was met with it is met again.
alter table clients
    add column note         text not null default '' check (length(note) <= 2000),     -- the shop's own, no client sees it
    add column merged_into  bigint check (merged_into <> id),                          -- the card that it is part of; null: a card by itself
    add foreign key (account_id, merged_into) references clients (account_id, id) on delete cascade;
create index clients_merged on clients (account_id, merged_into) where merged_into is not null;

-- Two cars of one model are told apart by their plates.
do $$
begin
    execute format('alter table vehicles drop constraint %I', (select conname from pg_constraint
        where conrelid = 'vehicles'::regclass and contype = 'u' and pg_get_constraintdef(oid) like '%(account_id, client_id, make, model)'));
end $$;
alter table vehicles add constraint vehicles_once unique nulls not distinct (account_id, client_id, make, model, plate);

-- What became of a merge: `moved` says which rows changed their card and what was written over, so that it can be undone exactly.
create table client_merges (
    account_id  bigint not null default current_setting('app.account_id')::bigint references accounts,
    id          bigint generated always as identity,
    kept_id     bigint not null,
    merged_id   bigint not null,
    moved       jsonb not null,
    made_by     bigint,
    made_at     timestamptz not null default now(),
    undone_by   bigint,
    undone_at   timestamptz,
    primary key (account_id, id),
    check (kept_id <> merged_id),
    foreign key (account_id, kept_id) references clients on delete cascade,
    foreign key (account_id, merged_id) references clients on delete cascade,
    foreign key (account_id, made_by) references memberships (account_id, id) on delete set null (made_by),
    foreign key (account_id, undone_by) references memberships (account_id, id) on delete set null (undone_by)
);
create unique index client_merges_standing on client_merges (account_id, merged_id) where undone_at is null;
create index client_merges_kept on client_merges (account_id, kept_id);

-- Whoever read the number of a card before it was merged may write it afterwards: a turn that was running, a form that was open. What they
-- write lands in the card that it is part of. Locked for the moment, so that a merge and a new row are in one order or the other.
create function follow_merge() returns trigger language plpgsql as $$
declare
    card bigint := (select merged_into from clients where id = new.client_id for key share);
begin
    new.client_id := coalesce(card, new.client_id);
    return new;
end $$;

-- Declares it for one table, also for later migrations. Restores write as the owner, rows as they were.
create procedure clients_follow_merge(tbl regclass) language plpgsql as $$
begin
    execute format('create trigger follow_merge before insert or update of client_id on %s for each row'
                   ' when (current_user = ''valera_app'' and new.client_id is not null) execute function follow_merge()', tbl);
end $$;
call clients_follow_merge('vehicles');
call clients_follow_merge('chats');
call clients_follow_merge('bookings');
call clients_follow_merge('disclosures');
call clients_follow_merge('client_spending');
call clients_follow_merge('callbacks');
call clients_follow_merge('waitlist');

-- ---- programs ---------------------------------------------------------------------------------------

-- What a request with an Idempotency-Key made: asked again, it makes nothing and is told the same. Of the request only a fingerprint.
create table api_requests (
    account_id       bigint not null default current_setting('app.account_id')::bigint references accounts,
    key_id           bigint not null,
    idempotency_key  text not null check (length(idempotency_key) between 1 and 200),
    fingerprint      bytea not null check (length(fingerprint) = 32),
    made_id          bigint,                           -- the message, or the number of the booking
    created_at       timestamptz not null default now(),
    primary key (account_id, key_id, idempotency_key),
    foreign key (account_id, key_id) references api_keys on delete cascade
);

-- ---- row-level security, grants -----------------------------------------------------------------------

do $$
declare
    t    text;
    own  constant text := '(select current_setting(''app.account_id'')::bigint)';
begin
    foreach t in array array['client_merges', 'api_requests'] loop
        execute format('alter table %I enable row level security', t);
        execute format('alter table %I force row level security', t);
        execute format('create policy owner on %I to valera_owner using (true) with check (true)', t);
        execute format('create policy app on %1$I to valera_app using (account_id = %2$s) with check (account_id = %2$s)', t, own);
        execute format('grant select, insert on %I to valera_app', t);
    end loop;
    execute format('create policy valera_platform on client_merges to valera_platform'
                   ' using (account_id = %1$s) with check (account_id = %1$s)', own);
end $$;
grant update (moved, undone_by, undone_at) on client_merges to valera_app;
grant update (made_id) on api_requests to valera_app;
grant update (client_id) on disclosures, client_spending, callbacks, waitlist to valera_app;
grant select, delete on client_merges to valera_platform;

-- A program that repeats a request does so within minutes.
grant select (ctid, created_at), delete on api_requests to valera_queue;
create policy valera_queue_select on api_requests for select to valera_queue using (true);
create policy valera_queue_delete on api_requests for delete to valera_queue using (created_at < now() - interval '1 day');

call live_on('client_merges', 'old is distinct from new', 'clients');
