-- What the inbox is searched by, in which order it is listed, and who has read what.

-- ---- messages by their words ----------------------------------------------------------------------

create schema search;

-- Every word bears its shop's number: «7:бампер». A search walks through the words of one shop, however many there are, and finds nothing
-- of another one. ё is е, as people write.
create function search.words(account_id bigint, content text) returns tsvector language sql immutable parallel safe
    return array_to_tsvector(array(
        select account_id || ':' || stem from unnest(tsvector_to_array(to_tsvector('russian'::regconfig, translate(content, 'ёЁ', 'еЕ')))) stem));

-- A short pending list: nobody's message waits while thousands of others are sorted in.
create index messages_words on messages using gin (search.words(account_id, content)) with (gin_pending_list_limit = 512)
    where deleted_at is null and role in ('user', 'assistant', 'manager');

-- Row-level security keeps every condition that might tell something of a row away from an index until the policy has been asked, and @@
-- is such a one: for valera_app the index above would not exist. So the words are looked up here, by the owner, with the number of the
-- shop that the transaction belongs to. What is found are numbers; whoever reads the rows behind them does it under the policy again.
--
-- Each of `groups` is one word in all its forms, separated by spaces; all are wanted. `beginning` may stand for the last of them and goes on
-- in any way, as the word of somebody who is still typing. The newest messages first. By the index alone: a plan that walks back through
-- a shop in the hope of finding enough soon takes a second where the word is rare.
create function search.find_messages(groups text[], beginning text, most int) returns setof bigint
    language plpgsql stable security definer rows 30 set search_path = pg_catalog, pg_temp
    set enable_indexscan = off set enable_indexonlyscan = off set enable_seqscan = off set max_parallel_workers_per_gather = 0 as $$
declare
    shop   constant text := current_setting('app.account_id')::bigint || ':';
    wanted constant tsquery := (
        select string_agg('(' || word.stems || ')', ' & ') from (
            select string_agg(distinct quote_literal(shop || stem) || case when goes_on then ':*' else '' end, ' | ') as stems
              from unnest(groups) with ordinality given (forms, at)
             cross join lateral (
                 select unnest(tsvector_to_array(to_tsvector('russian', translate(given.forms, 'ёЁ', 'еЕ')))) as stem, false as goes_on
                 union all select beginning, true where given.at = cardinality(groups) and beginning <> '') stems
             group by given.at) word);
begin
    return query
        select m.id from public.messages m
         where m.deleted_at is null and m.role in ('user', 'assistant', 'manager')
           and search.words(m.account_id, m.content) @@ wanted
         order by m.id desc limit most;
end $$;
revoke all on all functions in schema search from public;
grant usage on schema search to valera_app;
grant execute on all functions in schema search to valera_app;

-- ---- the list of chats ----------------------------------------------------------------------------

create index chats_listed on chats (account_id, last_message_at, id) where status <> 'closed';
create index chats_closed on chats (account_id, last_message_at, id) where status = 'closed';
create index chats_waiting on chats (account_id, human_called_at) where human_called_at is not null and status <> 'closed';
create index chats_taken on chats (account_id, assignee_id) where status = 'human';

-- How far a member has read a chat. Who answers is everybody's concern, what one has seen is one's own.
create table chat_reads (
    account_id  bigint not null default current_setting('app.account_id')::bigint,
    member_id   bigint not null,
    chat_id     bigint not null,
    upto_id     bigint not null default 0,           -- messages.id: this one and those before it were seen
    seen_at     timestamptz,
    marked_at   timestamptz,                         -- "mark as unread": until it is seen again
    primary key (account_id, member_id, chat_id),
    foreign key (account_id, member_id) references memberships (account_id, id) on delete cascade,
    foreign key (account_id, chat_id) references chats on delete cascade
);
create index chat_reads_chat on chat_reads (account_id, chat_id);

alter table chat_reads enable row level security;
alter table chat_reads force row level security;
create policy owner on chat_reads to valera_owner using (true) with check (true);
create policy app on chat_reads to valera_app
    using (account_id = (select current_setting('app.account_id')::bigint))
    with check (account_id = (select current_setting('app.account_id')::bigint));
grant select, insert, update on chat_reads to valera_app;
create policy valera_platform on chat_reads to valera_platform
    using (account_id = (select current_setting('app.account_id')::bigint))
    with check (account_id = (select current_setting('app.account_id')::bigint));
grant select, delete on chat_reads to valera_platform;

-- ---- the thread -----------------------------------------------------------------------------------

-- A client's press: the button's own data, and Telegram's number of the message that it stood under.
alter table messages add column pressed text check (length(pressed) <= 64), add column pressed_under bigint;

create index deliveries_message on deliveries (account_id, message_id) where message_id is not null;
create index bookings_chat on bookings (account_id, chat_id) where chat_id is not null;
create index messages_pressed on messages (account_id, chat_id, pressed_under) where pressed_under is not null;
