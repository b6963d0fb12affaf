-- How a shop reaches a provider with a key of its own. Which models it asks stands in accounts.settings ("models").
create table model_keys (
    account_id  bigint not null default current_setting('app.account_id')::bigint references accounts,
    provider    text not null check (length(provider) between 1 and 40),
    base_url    text check (base_url ~ '^https?://' and length(base_url) <= 500),   -- null: the installation's, or the provider's own
    folder      text check (length(folder) between 1 and 200),                      -- what some providers bill to
    key         bytea,                                                              -- sealed; null: the server wants none
    changed_at  timestamptz not null default now(),
    primary key (account_id, provider),
    check (num_nonnulls(base_url, folder, key) > 0)
);
alter table model_keys enable row level security;
alter table model_keys force row level security;
create policy owner on model_keys to valera_owner using (true) with check (true);
create policy app on model_keys to valera_app
    using (account_id = (select current_setting('app.account_id')::bigint))
    with check (account_id = (select current_setting('app.account_id')::bigint));
grant select, insert, update, delete on model_keys to valera_app;

-- One more kind of notice: a provider refuses the shop's own key. The kinds before it stay as they are.
do $$
declare
    kinds text;
begin
    select pg_get_constraintdef(oid) into strict kinds from pg_constraint
     where conname = 'notices_kind_check' and conrelid = 'notices'::regclass;
    alter table notices drop constraint notices_kind_check;
    execute format('alter table notices add constraint notices_kind_check check (kind = ''model_refused'' or %s)',
                   regexp_replace(kinds, '^CHECK (.*)$', '\1'));
end $$;
