-- What was understood of a price list before it is published, and what people corrected in it.

-- One draft is open in a shop at a time. It is never changed: corrections stand beside it, so that each can be undone.
create table price_drafts (
    account_id         bigint not null default current_setting('app.account_id')::bigint references accounts,
    id                 bigint generated always as identity,
    source             text not null,                      -- file name
    base_version       int not null default 0,             -- the newest version when it was begun; 0: there was none
    content            jsonb not null,                     -- as it was read: classes, rows, what was skipped
    created_at         timestamptz not null default now(),
    closed_at          timestamptz,                        -- published, or replaced by another draft
    published_version  int,
    primary key (account_id, id),
    check (published_version is null or closed_at is not null)
);
create unique index price_drafts_open on price_drafts (account_id) where closed_at is null;

create table price_corrections (
    account_id  bigint not null default current_setting('app.account_id')::bigint references accounts,
    draft_id    bigint not null,
    no          int not null check (no > 0),               -- in the order in which they are applied
    correction  jsonb not null,
    made_at     timestamptz not null default now(),
    undone_at   timestamptz,
    primary key (account_id, draft_id, no),
    foreign key (account_id, draft_id) references price_drafts on delete cascade
);

do $$
declare
    t    text;
    own  constant text := '(select current_setting(''app.account_id'')::bigint)';
begin
    foreach t in array array['price_drafts', 'price_corrections'] loop
        execute format('alter table %I enable row level security', t);
        execute format('alter table %I force row level security', t);
        execute format('create policy owner on %I to valera_owner using (true) with check (true)', t);
        execute format('create policy app on %I to valera_app using (account_id = %s) with check (account_id = %s)', t, own, own);
    end loop;
end $$;
grant select, insert, delete on price_drafts to valera_app;
grant update (closed_at, published_version) on price_drafts to valera_app;
grant select, insert on price_corrections to valera_app;
grant update (undone_at) on price_corrections to valera_app;

-- What was published stays as it was: quotes and answers name its version and rows.
revoke update on price_lists from valera_app;
revoke update, delete on price_items from valera_app;
