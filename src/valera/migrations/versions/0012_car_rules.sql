-- What a shop decided itself about the class of a car, against or beside what its list and the dictionary say.

create table car_rules (
    account_id   bigint not null default current_setting('app.account_id')::bigint references accounts,
    subject      text not null check (length(subject) between 2 and 100),   -- as people read it: «Toyota Camry», «внедорожники», «Буханка 4х4»
    make         text,                              -- of the dictionary; null: any
    model        text check (model is null or make is not null),
    segments     text[] not null default '{}',      -- kinds of car; empty: any
    car_classes  text[] not null check (cardinality(car_classes) between 1 and 20),   -- names as lists have them; parts of a list may go by different ones
    created_at   timestamptz not null default now(),
    primary key (account_id, subject)
);

alter table car_rules enable row level security;
alter table car_rules force row level security;
create policy owner on car_rules to valera_owner using (true) with check (true);
create policy app on car_rules to valera_app
    using (account_id = (select current_setting('app.account_id')::bigint))
    with check (account_id = (select current_setting('app.account_id')::bigint));
grant select, insert, update, delete on car_rules to valera_app;
