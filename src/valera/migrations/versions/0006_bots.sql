-- A bot's life: paused by a person or by Telegram, removed, its webhook's key changed without losing an update.

-- removed: its token is destroyed, its chats and messages stay. The same bot may be added again, here or in another shop.
alter table bots drop constraint bots_state_check;
alter table bots add constraint bots_state_check check (state in ('active', 'paused', 'held', 'removed'));
alter table bots add constraint bots_removed_has_no_token check (state <> 'removed' or token = '');
alter table bots drop constraint bots_telegram_id_key;
create unique index bots_telegram_id_key on bots (telegram_id) where state <> 'removed';

-- Until Telegram uses the new address, and a little longer, the one before it is taken as well.
alter table bots
    add column paused_at             timestamptz,          -- by a person, who alone ends it; null and state paused: Telegram refuses the token
    add column previous_webhook_key  text unique check (length(previous_webhook_key) >= 22),
    add column previous_secret_hash  bytea check (length(previous_secret_hash) = 32),
    add column previous_until        timestamptz,
    add constraint bots_previous_key_is_whole
        check (num_nulls(previous_webhook_key, previous_secret_hash, previous_until) in (0, 3));
grant select (previous_webhook_key, previous_secret_hash, previous_until) on bots to valera_ingest;

alter table notices drop constraint notices_kind_check;
alter table notices add constraint notices_kind_check check (
    kind in ('token_revoked', 'restored', 'used_elsewhere', 'polled_elsewhere', 'webhook_changed', 'webhook_failing'));
