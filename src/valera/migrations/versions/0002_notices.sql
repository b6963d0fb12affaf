-- What a shop's team has to know and may have to do something about. A row stays for good: resolved_at says until when it was so.
create table notices (
    account_id   bigint not null default current_setting('app.account_id')::bigint references accounts,
    id           bigint generated always as identity,
    kind         text not null check (kind in ('token_revoked', 'restored')),
    bot_id       bigint,                                 -- null: it concerns the whole shop
    details      jsonb not null default '{}',
    created_at   timestamptz not null default now(),
    resolved_at  timestamptz,
    primary key (account_id, id),
    foreign key (account_id, bot_id) references bots
);
create unique index notices_open on notices (account_id, kind, bot_id) nulls not distinct where resolved_at is null;

alter table notices enable row level security;
alter table notices force row level security;
create policy owner on notices to valera_owner using (true) with check (true);
create policy app on notices to valera_app
    using (account_id = (select current_setting('app.account_id')::bigint))
    with check (account_id = (select current_setting('app.account_id')::bigint));
grant select, insert, update (resolved_at) on notices to valera_app;

-- Telegram said 429 to all that the bot does: what is written until then waits, too.
alter table bots add column flood_until timestamptz;
