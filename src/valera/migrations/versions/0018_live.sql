-- What a page hears of at once: topics, told by the tables themselves, so that no writer can forget it.

-- Ids, no contents; rows live an hour. Unlogged: after a crash every page fetches what it shows anyway.
create unlogged table live_changes (
    account_id  bigint not null,
    id          bigint generated always as identity,
    xid         xid8 not null default pg_current_xact_id(),
    at          timestamptz not null default clock_timestamp(),
    topic       text not null check (length(topic) between 1 and 100),
    primary key (account_id, id)
);
create index live_changes_xid on live_changes (xid);
create index live_changes_at on live_changes (account_id, at);

alter table live_changes enable row level security;
alter table live_changes force row level security;
create policy owner on live_changes to valera_owner using (true) with check (true);
create policy app on live_changes to valera_app
    using (account_id = (select current_setting('app.account_id')::bigint))
    with check (account_id = (select current_setting('app.account_id')::bigint));
create policy valera_queue_select on live_changes for select to valera_queue using (true);
create policy valera_queue_insert on live_changes for insert to valera_queue with check (true);
create policy valera_queue_delete on live_changes for delete to valera_queue using (at < now() - interval '1 hour');
grant insert (account_id, topic) on live_changes to valera_app, valera_queue;
grant select (ctid, account_id, id, xid, at, topic), delete on live_changes to valera_queue;

-- Arguments: topics. What stands behind a colon is a column of the row: 'chat-:chat_id'.
create function tell_live() returns trigger language plpgsql as $$
declare
    told   constant jsonb := to_jsonb(coalesce(new, old));
    topic  text;
    suffix text;
begin
    foreach topic in array tg_argv loop
        if strpos(topic, ':') > 0 then
            suffix := told ->> split_part(topic, ':', 2);
            continue when suffix is null;
            topic := split_part(topic, ':', 1) || suffix;
        end if;
        insert into live_changes (account_id, topic) values ((told ->> 'account_id')::bigint, topic);
    end loop;
    return null;
end $$;

-- Declares the triggers of one table, also for later migrations. `changed`: which updates are worth telling. Restores and imports write
-- as the owner and tell nobody.
create procedure live_on(tbl regclass, changed text, variadic topics text[]) language plpgsql as $$
declare
    told  constant text := (select string_agg(quote_literal(t), ', ') from unnest(topics) t);
    by_us constant text := 'current_user in (''valera_app'', ''valera_queue'')';
begin
    execute format('create trigger live_inserted after insert on %s for each row when (%s) execute function tell_live(%s)', tbl, by_us, told);
    execute format('create trigger live_updated after update on %s for each row when (%s and %s) execute function tell_live(%s)',
                   tbl, by_us, changed, told);
end $$;
-- The same for tables of which rows are taken out by a person's hand.
create procedure live_on_delete(tbl regclass, variadic topics text[]) language plpgsql as $$
begin
    execute format('create trigger live_deleted after delete on %s for each row when (current_user = ''valera_app'') execute function tell_live(%s)',
                   tbl, (select string_agg(quote_literal(t), ', ') from unnest(topics) t));
end $$;

call live_on('messages', 'old is distinct from new', 'chat-:chat_id', 'chats');
call live_on('chats', 'old.status is distinct from new.status or old.assignee_id is distinct from new.assignee_id'
             ' or old.human_called_at is distinct from new.human_called_at or old.client_id is distinct from new.client_id', 'chat-:id', 'chats');
call live_on('deliveries', 'old.state <> new.state or old.unsure <> new.unsure', 'chat-:chat_id');
call live_on('turns', 'old.state <> new.state', 'chat-:chat_id');
call live_on('attachments', 'old.state <> new.state', 'chat-:chat_id');
call live_on('bookings', 'old is distinct from new', 'bookings', 'chat-:chat_id');
call live_on('callbacks', 'old is distinct from new', 'callbacks');
call live_on('waitlist', 'old is distinct from new', 'waitlist');
call live_on('waitlist_offers', 'old is distinct from new', 'waitlist');
call live_on('clients', 'old is distinct from new', 'clients');
call live_on('vehicles', 'old is distinct from new', 'clients');
call live_on_delete('vehicles', 'clients');
call live_on('notices', 'old is distinct from new', 'notices');
call live_on('price_lists', 'old is distinct from new', 'prices');
call live_on('price_drafts', 'old is distinct from new', 'prices');
call live_on('price_corrections', 'old is distinct from new', 'prices');
call live_on('prompts', 'old is distinct from new', 'prompts');
call live_on('bots', 'old is distinct from new', 'bots');
call live_on('memberships', 'old is distinct from new', 'team');
call live_on_delete('memberships', 'team');
call live_on('facts', 'old is distinct from new', 'facts');
call live_on_delete('facts', 'facts');
