-- Bays that do only some works, days with hours of their own, and what a booking needs of its bay.

-- A bay without rows does everything.
create table bay_works (
    account_id  bigint not null default current_setting('app.account_id')::bigint references accounts,
    bay_id      bigint not null,
    section     text not null check (section <> ''),       -- of the price list; a new version of the list does not change it
    primary key (account_id, bay_id, section),
    foreign key (account_id, bay_id) references bays on delete cascade
);

-- Instead of what the weekday says: «31 декабря 10–15».
create table special_hours (
    account_id  bigint not null default current_setting('app.account_id')::bigint references accounts,
    on_day      date not null,
    opens       time not null,
    closes      time not null,                              -- 00:00 means midnight at the end of the day
    primary key (account_id, on_day, opens),
    check (closes > opens or closes = '00:00')
);

-- minutes: how long the work takes, nights and closed days not counted; null: as long as it stands. sections: what its bay must do; empty:
-- nobody knows.
alter table bookings
    add column minutes int check (minutes between 1 and 10080),
    add column sections text[] not null default '{}';

-- So that a press need not find out anew.
alter table slot_offers add column sections text[] not null default '{}';

-- Who comes past the search is refused here. A bay that lost a work keeps what stands in it.
create function check_bay_works() returns trigger language plpgsql as $$
begin
    if exists (select from bay_works w where (w.account_id, w.bay_id) = (new.account_id, new.bay_id))
       and exists (select from unnest(new.sections) as needed
                    where not exists (select from bay_works w
                                       where (w.account_id, w.bay_id, w.section) = (new.account_id, new.bay_id, needed))) then
        raise exception 'bay % does not do this work', new.bay_id using errcode = 'check_violation', constraint = 'bookings_bay_works';
    end if;
    return new;
end $$;
create trigger booking_bay_works before insert or update of bay_id, sections on bookings
    for each row when (current_user = 'valera_app' and new.bay_id is not null and new.sections <> '{}') execute function check_bay_works();

do $$
declare
    tbl text;
begin
    foreach tbl in array array['bay_works', 'special_hours'] loop
        execute format('alter table %I enable row level security', tbl);
        execute format('alter table %I force row level security', tbl);
        execute format('create policy owner on %I to valera_owner using (true) with check (true)', tbl);
        execute format('create policy app on %I to valera_app using (account_id = (select current_setting(''app.account_id'')::bigint))'
                       ' with check (account_id = (select current_setting(''app.account_id'')::bigint))', tbl);
        execute format('grant select, insert, update, delete on %I to valera_app', tbl);
    end loop;
end $$;
