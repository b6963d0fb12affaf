-- Fewer round trips on the main path.

-- Many deliveries are marked as sent by one statement, over all shops.
grant update (sent_at, telegram_message_id, error) on deliveries to valera_queue;

-- The shop of these rows is vouched for by their chat or turn; asking accounts too locked its one row for every message.
alter table messages drop constraint messages_account_id_fkey;
alter table turns drop constraint turns_account_id_fkey;
alter table turn_steps drop constraint turn_steps_account_id_fkey;
alter table deliveries drop constraint deliveries_account_id_fkey;
alter table deliveries drop constraint deliveries_account_id_bot_id_fkey;

-- Written three times a turn and read by nothing: whoever looks for a chat's turns comes from its messages.
drop index turns_chat;

-- A mailbox of a dead worker is free when the worker is known to be dead; one of a worker that only waits for a connection stays its own.
alter table mailboxes add column worker int;
create index mailboxes_leased on mailboxes (account_id) where leased_until is not null;
grant select (worker), update (worker) on mailboxes to valera_queue;

-- Tries of a turn that ended in an error of its own, apart from `attempts`: being killed or waiting for the database is not its fault.
alter table turns add column failures int not null default 0;
grant update (failures) on turns to valera_app;
grant select (failures) on turns to valera_queue;

-- A plan made while a table was small is kept until the table is analysed: tables that grow with every message are, early and often.
do $$
declare
    t text;
begin
    foreach t in array array['telegram_users', 'clients', 'chats', 'telegram_updates', 'mailboxes', 'turns', 'turn_steps', 'messages', 'deliveries',
                             'bookings', 'proposals', 'slot_offers', 'analytics_events'] loop
        execute format('alter table %I set (autovacuum_analyze_threshold = 50, autovacuum_analyze_scale_factor = 0.05)', t);
    end loop;
end $$;
