-- The roles of one cluster. Run once by an administrator (CREATEROLE is enough); `valera migrate --bootstrap` runs or prints it.
-- Every statement may be repeated.
do $$
declare
    wanted text;
begin
    foreach wanted in array array[
        'valera_owner',    -- migrates, backs up
        'valera_app',      -- runs, one shop at a time
        'valera_ingest',   -- stores updates of all shops, reads no body
        'valera_queue',    -- claims work of all shops, sees ids and states
        'valera_identity', -- finds out who is asking, opens accounts
        'valera_platform'  -- serves the backoffice
    ] loop
        if not exists (select from pg_roles where rolname = wanted) then
            execute format('create role %I nologin', wanted);
        end if;
    end loop;
    if not exists (select from pg_roles where rolname = 'valera_login') then
        create role valera_login login;
    end if;
end $$;

-- One login for everything. INHERIT FALSE: without SET ROLE it may do nothing.
grant valera_owner, valera_app, valera_ingest, valera_queue, valera_identity, valera_platform
   to valera_login with set true, inherit false;

-- ALTER ROLE … SET is read at login and not by SET ROLE: settings belong to the login.
-- A worker that is stopped inside a transaction must not keep its row locks.
alter role valera_login set idle_in_transaction_session_timeout = '2s';
alter role valera_login set lock_timeout = '5s';

-- Creating a database for another role needs SET on that role (since PostgreSQL 16).
grant valera_owner to current_user with set true, inherit false;
