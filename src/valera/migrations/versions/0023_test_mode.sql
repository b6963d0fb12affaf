-- Bots that answer their testers only.

-- Not null: the bot is private. The key stands in the link that makes somebody a tester.
alter table bots add column test_key text check (length(test_key) between 16 and 59);

-- Whoever opened that link. No reference to telegram_users: whoever is erased as a client is deleted here as well.
create table testers (
    account_id        bigint not null default current_setting('app.account_id')::bigint references accounts,
    bot_id            bigint not null,
    telegram_user_id  bigint not null,
    name              text not null default '',          -- as Telegram said it when they came
    joined_at         timestamptz not null default now(),
    primary key (account_id, bot_id, telegram_user_id),
    foreign key (account_id, bot_id) references bots on delete cascade
);
alter table testers enable row level security;
alter table testers force row level security;
create policy owner on testers to valera_owner using (true) with check (true);
create policy app on testers to valera_app using (account_id = (select current_setting('app.account_id')::bigint))
    with check (account_id = (select current_setting('app.account_id')::bigint));
create policy valera_platform on testers to valera_platform using (account_id = (select current_setting('app.account_id')::bigint))
    with check (account_id = (select current_setting('app.account_id')::bigint));
grant select, insert, delete on testers to valera_app;
grant select, delete on testers to valera_platform;

call live_on('testers', 'old is distinct from new', 'bots');
call live_on_delete('testers', 'bots');
