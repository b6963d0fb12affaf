-- Fair claims. A claim asks shop by shop: its index begins with the shop, and holds nothing but what waits.

drop index mailboxes_due;
create index mailboxes_due on mailboxes (account_id, due_at) where due_at is not null;

-- Running turns are few and found by turns_running. Without an index on the lease, extending one touches no index at all.
drop index turns_due, turns_leased;
create index turns_due on turns (account_id, due_at) where state = 'waiting';

-- What is ready and what is being sent each have an index of their own: none of them serves the other's condition, so that no plan made
-- in a quiet hour walks through a backlog.
drop index deliveries_due;
create index deliveries_due on deliveries (account_id, due_at) where state = 'ready';
create index deliveries_sending on deliveries (account_id, chat_id) where state = 'sending';

-- A lease that nobody gave back counts as a failure: an update may kill whoever takes it in.
grant update (failures) on mailboxes to valera_queue;

-- Pruning: what is finished and old, in the order in which it lies on disk (ctid). The policies say how old at the least, whatever is set.
do $$
declare
    a record;
begin
    for a in select * from (values
        ('telegram_updates',          'done_at',            $q$ done_at < now() - interval '8 days' $q$),
        ('telegram_update_conflicts', 'done_at',            $q$ done_at < now() - interval '8 days' $q$),
        ('button_presses',            'received_at',        $q$ received_at < now() - interval '1 day' $q$),
        ('quarantined_updates',       'received_at',        $q$ received_at < now() - interval '30 days' $q$),
        ('deliveries',                'state, created_at',  $q$ state in ('sent', 'failed', 'withdrawn') and created_at < now() - interval '30 days' $q$),
        ('turn_steps',                'created_at',         $q$ created_at < now() - interval '30 days' $q$),
        ('slot_offers',               'expires_at',         $q$ expires_at < now() - interval '1 day' $q$),
        ('proposals',                 'state, expires_at',  $q$ state <> 'open' and expires_at < now() - interval '30 days' $q$),
        ('workers',                   'alive_until',        $q$ alive_until < now() - interval '1 day' $q$)
    ) as prunable (tbl, columns, old) loop
        execute format('grant select (ctid, %s), delete on %I to valera_queue', a.columns, a.tbl);
        execute format('create policy valera_queue_delete on %I for delete to valera_queue using (%s)', a.tbl, a.old);
        if not exists (select from pg_policies where tablename = a.tbl and policyname = 'valera_queue_select') then
            execute format('create policy valera_queue_select on %I for select to valera_queue using (true)', a.tbl);
        end if;
    end loop;
end $$;
