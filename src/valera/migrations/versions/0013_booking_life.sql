-- The whole life of a booking, and who may change what: steps, events and times are held by the database, whoever writes.

-- ---- a request has no time until the shop names one ---------------------------------------------

alter table bookings alter column during drop not null, alter column bay_id drop not null, alter column scheduled_at drop not null;
alter table bookings
    add constraint bookings_stay check ((during is null) = (bay_id is null)),
    add constraint bookings_timeless check (during is not null or status in ('held', 'requested', 'cancelled', 'expired'));

-- ---- each change has its event ------------------------------------------------------------------

-- revision counts the changes of a booking's state: status, number, time and bay. The event that tells of a change carries its number
-- and the state after it, stamped by the database, so that events read in order are the life of the booking.
alter table bookings add column revision int not null default 1 check (revision > 0);
alter table booking_events
    drop constraint booking_events_event_check,
    add constraint booking_events_event_check check (event in (
        'held', 'requested', 'confirmed', 'moved', 'arrived', 'in_work', 'done', 'cancelled', 'no_show', 'expired')),
    add column revision int not null default 1 check (revision > 0),
    add column status text,
    add column during tstzrange,
    add column bay_id bigint;

update booking_events e set revision = told.revision
  from (select account_id, id, row_number() over (partition by account_id, booking_id order by id) as revision from booking_events) told
 where (e.account_id, e.id) = (told.account_id, told.id);
update bookings b set revision = told.revision
  from (select account_id, booking_id, max(revision) as revision from booking_events group by account_id, booking_id) told
 where (b.account_id, b.id) = (told.account_id, told.booking_id);
update booking_events set status = case event when 'moved' then 'confirmed' else event end;
update booking_events e set status = b.status, during = b.during, bay_id = b.bay_id
  from bookings b where (b.account_id, b.id, b.revision) = (e.account_id, e.booking_id, e.revision);

create unique index booking_events_revision on booking_events (account_id, booking_id, revision);

-- ---- which step may follow which ----------------------------------------------------------------

create function booking_may_become(before text, after text) returns boolean language sql immutable as $$
    select (before, after) in (
        ('held', 'requested'), ('held', 'confirmed'), ('held', 'expired'),
        ('requested', 'confirmed'), ('requested', 'cancelled'),
        ('confirmed', 'confirmed'),                                            -- another time
        ('confirmed', 'arrived'), ('confirmed', 'cancelled'), ('confirmed', 'no_show'),
        ('arrived', 'in_work'), ('arrived', 'cancelled'),
        ('in_work', 'done'),
        ('no_show', 'arrived'))                                                -- late, and still the same day
$$;

create function check_booking_step() returns trigger language plpgsql as $$
begin
    if tg_op = 'INSERT' then
        if new.status not in ('held', 'confirmed') then
            raise exception 'a booking does not begin as %', new.status using errcode = 'check_violation', constraint = 'bookings_step';
        end if;
        new.revision := 1;
        return new;
    end if;
    new.revision := old.revision;
    if (new.status, new.number, new.during, new.bay_id) is distinct from (old.status, old.number, old.during, old.bay_id) then
        if not booking_may_become(old.status, new.status) then
            raise exception 'a booking that is % does not become %', old.status, new.status
                using errcode = 'check_violation', constraint = 'bookings_step';
        end if;
        if old.number is not null and new.number is distinct from old.number then
            raise exception 'a booking keeps its number' using errcode = 'check_violation', constraint = 'bookings_number';
        end if;
        new.revision := old.revision + 1;
    end if;
    return new;
end $$;

create function stamp_booking_event() returns trigger language plpgsql as $$
declare
    now_is  bookings%rowtype;
    before  text;
begin
    select * into now_is from bookings b where (b.account_id, b.id) = (new.account_id, new.booking_id);
    if not found then
        return new;                                  -- another shop's, or nobody's: row-level security and the foreign key refuse it
    end if;
    select coalesce(e.status, case e.event when 'moved' then 'confirmed' else e.event end) into before from booking_events e
     where (e.account_id, e.booking_id, e.revision) = (new.account_id, new.booking_id, now_is.revision - 1);
    if new.event <> (case when before = now_is.status then 'moved' else now_is.status end) then
        raise exception 'the booking is %, which the event % does not tell', now_is.status, new.event
            using errcode = 'check_violation', constraint = 'booking_events_tells';
    end if;
    new.revision := now_is.revision;
    new.status := now_is.status;
    new.during := now_is.during;
    new.bay_id := now_is.bay_id;
    return new;
end $$;

-- At the commit: every change that was made has its event, and so it was written in the same transaction.
create function require_booking_event() returns trigger language plpgsql as $$
begin
    if not exists (select from booking_events e
                    where (e.account_id, e.booking_id, e.revision) = (new.account_id, new.id, new.revision)) then
        raise exception 'booking %: nothing tells of its change to %', new.id, new.status
            using errcode = 'check_violation', constraint = 'bookings_told';
    end if;
    return null;
end $$;

-- For the one role that changes bookings. Restores write as the owner, rows and events as they were.
create trigger booking_step before insert or update on bookings
    for each row when (current_user = 'valera_app') execute function check_booking_step();
create trigger booking_event before insert on booking_events
    for each row when (current_user = 'valera_app') execute function stamp_booking_event();
create constraint trigger booking_told after insert or update of status, number, during, bay_id on bookings
    deferrable initially deferred for each row when (current_user = 'valera_app') execute function require_booking_event();

-- No booking disappears: numbers stay dense.
revoke delete on bookings from valera_app;

-- ---- a second wish is never silent --------------------------------------------------------------

-- The numbers of the client's bookings that he was told of when this one was proposed.
alter table proposals add column beside bigint[] not null default '{}';

-- ---- telling: members' changes, requests, calendar files ----------------------------------------

alter table turns drop constraint turns_trigger_check;
alter table turns add constraint turns_trigger_check check (trigger in ('message', 'button', 'start', 'hand_back', 'booking'));

-- {"name", "media_type", "text"}: a small file that is sent in place of a message; `text` of the delivery is its caption.
alter table deliveries add column document jsonb;

do $$
declare
    kinds text := (select string_agg(distinct quote_literal(named[1]), ', ')
                     from pg_constraint c, regexp_matches(pg_get_constraintdef(c.oid), '''([a-z_]+)''', 'g') named
                    where c.conrelid = 'notices'::regclass and c.conname = 'notices_kind_check');
begin
    alter table notices drop constraint notices_kind_check;
    execute format('alter table notices add constraint notices_kind_check check (kind in (%s, %s))', kinds, '''booking_requested''');
end $$;
