-- Who may enter: sessions, links, invites, keys.

-- ---- members --------------------------------------------------------------------------------------

-- Who was in the team stays in the shop's books by name, and is nobody any more: no sign-in finds them.
alter table memberships
    add column removed_at timestamptz,
    add check (removed_at is null or telegram_user_id is null);
create index memberships_person on memberships (telegram_user_id) where telegram_user_id is not null;

-- ---- sessions -------------------------------------------------------------------------------------

-- A browser that is signed in: as a person of Telegram, in all their shops, or as one member of one shop, who came by a link.
-- No address and no browser's own words are kept, only what a person tells their devices apart by.
create table sessions (
    id                bigint generated always as identity primary key,
    token_hash        bytea not null unique check (length(token_hash) = 32),
    telegram_user_id  bigint references telegram_users on delete cascade,
    account_id        bigint references accounts,
    member_id         bigint,
    method            text not null check (method in ('telegram', 'widget', 'link', 'invite', 'demo')),
    device            text not null default '',
    language          text check (language in ('ru', 'en')),
    created_at        timestamptz not null,
    seen_at           timestamptz not null,
    ends_at           timestamptz not null,          -- the earlier of its idle and its absolute end
    check ((account_id is null) = (member_id is null)),
    check ((telegram_user_id is null) <> (member_id is null)),
    foreign key (account_id, member_id) references memberships on delete cascade
);
create index sessions_person on sessions (telegram_user_id) where telegram_user_id is not null;
create index sessions_member on sessions (account_id, member_id) where member_id is not null;

-- A sign-in that has begun: what its browser holds, where it wants to go, and for which session Telegram is being added. Used up, it has
-- expired.
create table sign_ins (
    browser_hash  bytea primary key check (length(browser_hash) = 32),
    return_to     text not null,
    session_id    bigint,                            -- checked when it is used
    expires_at    timestamptz not null
);

-- What Telegram has vouched for once and will not be believed twice.
create table used_sign_ins (
    hash        bytea primary key check (length(hash) = 32),
    expires_at  timestamptz not null
);

-- ---- links and keys -------------------------------------------------------------------------------

-- One-time ways in for a member, made at the command line.
create table login_links (
    account_id  bigint not null default current_setting('app.account_id')::bigint references accounts,
    id          bigint generated always as identity,
    member_id   bigint not null,
    token_hash  bytea not null unique check (length(token_hash) = 32),
    expires_at  timestamptz not null,
    used_at     timestamptz,
    created_at  timestamptz not null default now(),
    primary key (account_id, id),
    foreign key (account_id, member_id) references memberships on delete cascade
);

-- Whoever opens the link first and accepts is in the team, in the role that was decided when it was made.
create table invites (
    account_id  bigint not null default current_setting('app.account_id')::bigint references accounts,
    id          bigint generated always as identity,
    token_hash  bytea not null unique check (length(token_hash) = 32),
    role        text not null check (role in ('admin', 'support')),
    name        text not null default '',            -- for whom it is, as the inviter calls them
    created_by  bigint not null,
    expires_at  timestamptz not null,
    used_at     timestamptz,
    revoked_at  timestamptz,
    created_at  timestamptz not null,
    primary key (account_id, id),
    check (used_at is null or revoked_at is null),
    foreign key (account_id, created_by) references memberships on delete cascade
);

-- Programs of the shop. The key itself is shown once; its first characters tell keys apart.
create table api_keys (
    account_id    bigint not null default current_setting('app.account_id')::bigint references accounts,
    id            bigint generated always as identity,
    name          text not null check (name <> ''),
    prefix        text not null,
    key_hash      bytea not null unique check (length(key_hash) = 32),
    scope         text not null check (scope in ('read', 'write')),
    created_by    bigint not null,                   -- in whose name it acts
    created_at    timestamptz not null default now(),
    last_used_at  timestamptz,
    revoked_at    timestamptz,
    primary key (account_id, id),
    foreign key (account_id, created_by) references memberships on delete cascade
);

-- ---- limits ---------------------------------------------------------------------------------------

-- How often somebody may do something: the moment at which all that was used up is there again. One row each, for all processes.
create table limits (
    what        text not null,
    who         bytea not null check (length(who) = 32),
    free_at     timestamptz not null,
    primary key (what, who)
);

-- ---- row-level security, grants -------------------------------------------------------------------

do $$
declare
    t    text;
    own  constant text := '(select current_setting(''app.account_id'')::bigint)';
begin
    foreach t in array array['sessions', 'sign_ins', 'used_sign_ins', 'limits', 'login_links', 'invites', 'api_keys'] loop
        execute format('alter table %I enable row level security', t);
        execute format('alter table %I force row level security', t);
        execute format('create policy owner on %I to valera_owner using (true) with check (true)', t);
    end loop;
    foreach t in array array['login_links', 'invites', 'api_keys'] loop
        execute format('create policy app on %1$I to valera_app using (account_id = %2$s) with check (account_id = %2$s)', t, own);
        execute format('grant select, insert on %I to valera_app', t);
    end loop;
end $$;
grant update (revoked_at) on invites, api_keys to valera_app;

-- Sees of every shop who is in its team and what they call themselves; one line, one grant, and a policy where there is none yet.
do $$
declare
    a record;
begin
    for a in select * from (values
        ('accounts',      'select', 'time_zone, currency, owner_id'),
        ('memberships',   'select', 'name, removed_at'),
        ('memberships',   'update', 'telegram_user_id'),
        ('sessions',      'select', 'id, token_hash, telegram_user_id, account_id, member_id, method, device, language, created_at, seen_at, ends_at'),
        ('sessions',      'insert', 'token_hash, telegram_user_id, account_id, member_id, method, device, language, created_at, seen_at, ends_at'),
        ('sessions',      'update', 'language, seen_at, ends_at'),
        ('sign_ins',      'select', 'browser_hash, return_to, session_id, expires_at'),
        ('sign_ins',      'insert', 'browser_hash, return_to, session_id, expires_at'),
        ('sign_ins',      'update', 'expires_at'),
        ('used_sign_ins', 'select', 'hash, expires_at'),
        ('used_sign_ins', 'insert', 'hash, expires_at'),
        ('login_links',   'select', 'account_id, id, member_id, token_hash, expires_at, used_at'),
        ('login_links',   'update', 'used_at'),
        ('invites',       'select', 'account_id, id, token_hash, role, name, expires_at, used_at, revoked_at'),
        ('invites',       'update', 'used_at'),
        ('api_keys',      'select', 'account_id, id, key_hash, scope, created_by, last_used_at, revoked_at'),
        ('api_keys',      'update', 'last_used_at'),
        ('limits',        'select', 'what, who, free_at'),
        ('limits',        'insert', 'what, who, free_at'),
        ('limits',        'update', 'free_at')
    ) as allowed (tbl, verb, columns) loop
        execute format('grant %s (%s) on %I to valera_identity', a.verb, a.columns, a.tbl);
        if not exists (select from pg_policies where tablename = a.tbl and policyname = 'valera_identity_' || a.verb) then
            execute format('create policy %I on %I for %s to valera_identity %s %s', 'valera_identity_' || a.verb, a.tbl, a.verb,
                case when a.verb <> 'insert' then 'using (true)' end,
                case when a.verb <> 'select' then 'with check (true)' end);
        end if;
    end loop;
end $$;
-- What is over is pruned a day later.
do $$
declare
    a record;
begin
    for a in select * from (values
        ('sessions',      'ends_at'),
        ('sign_ins',      'expires_at'),
        ('used_sign_ins', 'expires_at'),
        ('login_links',   'expires_at'),
        ('limits',        'free_at')
    ) as prunable (tbl, over) loop
        execute format('grant select (ctid, %s), delete on %I to valera_queue', a.over, a.tbl);
        execute format('create policy valera_queue_delete on %I for delete to valera_queue using (%I < now() - interval ''1 day'')', a.tbl, a.over);
        execute format('create policy valera_queue_select on %I for select to valera_queue using (true)', a.tbl);
    end loop;
end $$;
