-- What a restored installation may not send until an operator says so.

-- held: the shop came back from a backup. What stands in its outbox may have been sent by the installation that the backup is of.
alter table bots drop constraint bots_state_check;
alter table bots add constraint bots_state_check check (state in ('active', 'paused', 'held'));

-- Each time a shop came back from a backup. What has a higher number arrived afterwards: identity columns count on, clocks may differ.
create table restores (
    account_id        bigint not null default current_setting('app.account_id')::bigint references accounts,
    id                bigint generated always as identity,
    backed_up_at      timestamptz not null,
    restored_at       timestamptz not null default now(),
    last_update_seq   bigint not null,                   -- telegram_updates
    last_conflict_seq bigint not null,                   -- telegram_update_conflicts
    last_turn_id      bigint not null,
    last_delivery_id  bigint not null,
    released_at       timestamptz,                       -- null: nothing is sent
    primary key (account_id, id)
);
create unique index restores_held on restores (account_id) where released_at is null;

alter table restores enable row level security;
alter table restores force row level security;
create policy owner on restores to valera_owner using (true) with check (true);
create policy app on restores to valera_app
    using (account_id = (select current_setting('app.account_id')::bigint))
    with check (account_id = (select current_setting('app.account_id')::bigint));
grant select, update (released_at) on restores to valera_app;

-- What a held shop would send and may have sent already: unsent deliveries that were in the backup, and those that answer nothing but what
-- was in it.
create function deliveries_before_restore() returns setof bigint language sql stable as $$
    select d.id from restores r join deliveries d using (account_id)
     where r.released_at is null and d.state in ('ready', 'sending')
       and (d.id <= r.last_delivery_id or d.turn_id is not null and not exists (
            select from messages m
              left join telegram_updates u using (account_id, bot_id, update_id)
              left join telegram_update_conflicts c using (account_id, bot_id, update_id)
             where (m.account_id, m.chat_id, m.turn_id) = (d.account_id, d.chat_id, d.turn_id) and m.role = 'user'
               and (u.seq > r.last_update_seq or c.seq > r.last_conflict_seq)))
$$;

-- What was in the backup and is still being taken in or answered: updates, and turns in whose chats such messages are open.
create function work_before_restore() returns bigint language sql stable as $$
    select (select count(*) from telegram_updates u where u.account_id = r.account_id and u.done_at is null and u.seq <= r.last_update_seq)
         + (select count(*) from telegram_update_conflicts c
             where c.account_id = r.account_id and c.done_at is null and c.seq <= r.last_conflict_seq)
         + (select count(*) from turns t
             where t.account_id = r.account_id and t.state in ('waiting', 'running') and (t.id <= r.last_turn_id or exists (
                   select from messages m
                     left join telegram_updates u using (account_id, bot_id, update_id)
                     left join telegram_update_conflicts c using (account_id, bot_id, update_id)
                    where (m.account_id, m.chat_id) = (t.account_id, t.chat_id) and m.role = 'user' and m.turn_id is null
                      and u.seq <= r.last_update_seq and coalesce(c.seq <= r.last_conflict_seq, true))))
      from restores r where r.released_at is null
$$;
