"""Who may do what to which columns, across the whole schema: compared with the catalogue, both ways.

``valera_app`` is bound to one shop by its policies; the other roles look across shops and see only the columns named here.
"""

from __future__ import annotations

from collections.abc import Set as AbstractSet

SHARED_TABLES = {"telegram_users", "workers", "sessions", "sign_ins", "used_sign_ins", "limits"}
JOB_TABLES = {"jobs.pgqueuer", "jobs.pgqueuer_log"}
"""Of pgqueuer, in a schema of their own: `test_jobs.py` says who may do what there."""
"""No account_id: people are shared by shops, worker processes belong to none, sign-ins come before any shop. Closed to valera_app."""

UNIQUE_BY_THEMSELVES = {
    "accounts_pkey",
    "accounts_slug_key",
    "telegram_users_pkey",
    "workers_pkey",
    "bots_telegram_id_key",
    "bots_webhook_key_key",
    "bots_previous_webhook_key_key",
    "sessions_pkey",
    "sessions_token_hash_key",
    "sign_ins_pkey",
    "used_sign_ins_pkey",
    "limits_pkey",
    "login_links_token_hash_key",
    "invites_token_hash_key",
    "api_keys_key_hash_key",
}
"""Found before the account is known, random or somebody else's numbers."""

APP_FULL = frozenset({"select", "insert", "update", "delete"})
JOURNAL = frozenset({"select", "insert"})
READ = frozenset({"select"})
APP_TABLES: dict[str, AbstractSet[str]] = {
    **dict.fromkeys(
        (
            "memberships", "bots", "model_keys", "prompts", "prompt_drafts", "trials", "facts", "clients", "vehicles", "chats", "messages",
            "deliveries",
            "car_rules", "bays", "bay_works", "special_hours", "opening_hours", "holidays", "service_durations", "slot_offers",
            "proposals", "attachments",
        ),
        APP_FULL,
    ),
    **dict.fromkeys(("price_lists", "price_drafts"), frozenset({"select", "insert", "delete"})),
    **dict.fromkeys(("price_items", "price_corrections"), JOURNAL),
    "counters": {"select", "insert", "update"},
    "testers": {"select", "insert", "delete"},
    "drafts": JOURNAL,
    "dialogue_outcomes": {"select", "insert", "delete"},
    **dict.fromkeys(("canned_replies", "desk_presence"), APP_FULL),
    "bookings": {"select", "insert", "update"},
    "chat_reads": {"select", "insert", "update"},
    **dict.fromkeys(("turn_steps", "booking_events", "analytics_events", "quarantined_updates"), JOURNAL),
    **dict.fromkeys(("accounts", "telegram_updates", "telegram_update_conflicts", "mailboxes", "button_presses"), READ),
    "turns": JOURNAL,
    "notices": JOURNAL,
    **dict.fromkeys(("login_links", "invites", "api_keys"), JOURNAL),
    **dict.fromkeys(("reminders", "feedback", "callbacks", "waitlist", "waitlist_offers"), JOURNAL),
    **dict.fromkeys(("summaries", "usage", "spending", "client_spending", "disclosures"), JOURNAL),
    "erasures": READ,
    "live_changes": frozenset(),
    "restores": READ,
    **dict.fromkeys(("client_merges", "api_requests"), JOURNAL),
}  # fmt: skip
APP_COLUMNS: dict[tuple[str, str], set[str]] = {
    ("notices", "update"): {"resolved_at"},
    ("drafts", "update"): {"state", "hint", "decided_by", "decided_at"},
    ("live_changes", "insert"): {"account_id", "topic"},
    ("invites", "update"): {"revoked_at"},
    ("api_keys", "update"): {"revoked_at"},
    ("price_drafts", "update"): {"closed_at", "published_version"},
    ("price_corrections", "update"): {"undone_at"},
    ("reminders", "update"): {"coming_at"},
    ("feedback", "update"): {"turn_id", "mark", "marked_at", "words", "message_id"},
    ("callbacks", "update"): {
        "client_id", "chat_id", "turn_id", "phone", "wish", "reason", "due_at", "attempts", "escalated_at", "outcome", "closed_at",
        "closed_by", "taken_by", "taken_at",
    },
    ("client_merges", "update"): {"moved", "undone_by", "undone_at"},
    ("api_requests", "update"): {"made_id"},
    ("waitlist", "update"): {"client_id", "state", "booking_id", "ended_at"},
    ("waitlist_offers", "update"): {"state", "turn_id", "decided_at"},
    ("disclosures", "update"): {"client_id", "message_id", "told_at"},
    ("restores", "update"): {"released_at"},
    ("usage", "update"): {"answers", "input_tokens", "output_tokens", "cached_tokens", "unpriced", "cost", "charged"},
    ("spending", "update"): {"spent", "near_at", "over_at"},
    ("client_spending", "update"): {"client_id", "spent", "near_at", "over_at"},
    ("accounts", "update"): {"name", "subscription_tier", "settings", "time_zone", "locale", "currency", "owner_id"},
    ("telegram_updates", "update"): {"done_at"},
    ("telegram_update_conflicts", "update"): {"done_at"},
    ("mailboxes", "update"): {"due_at", "leased_until", "failures"},
    ("turns", "update"): {
        "state", "trigger", "due_at", "settle_until", "round", "attempts", "failures", "leased_until", "worker", "finished_at", "is_stale",
        "reserved", "charged_on", "input_tokens", "output_tokens", "cost",
    },
}  # fmt: skip

ACROSS: dict[tuple[str, str, str], set[str]] = {
    ("valera_ingest", "bots", "select"): {
        "account_id", "id", "webhook_key", "webhook_secret_hash", "state", "previous_webhook_key", "previous_secret_hash", "previous_until",
    },
    ("valera_ingest", "telegram_updates", "select"): {"account_id", "bot_id", "update_id", "body_hash"},
    ("valera_ingest", "telegram_updates", "insert"): {"account_id", "bot_id", "update_id", "peer_id", "kind", "body", "body_hash"},
    ("valera_ingest", "telegram_update_conflicts", "select"): {"account_id", "bot_id", "update_id", "body_hash"},
    ("valera_ingest", "telegram_update_conflicts", "insert"): {"account_id", "bot_id", "update_id", "body_hash", "peer_id", "kind", "body"},
    ("valera_ingest", "quarantined_updates", "insert"): {"account_id", "bot_id", "body", "reason"},
    ("valera_ingest", "button_presses", "select"): {"account_id", "bot_id", "callback_query_id"},
    ("valera_ingest", "button_presses", "insert"): {"account_id", "bot_id", "callback_query_id"},
    ("valera_ingest", "mailboxes", "select"): {"account_id", "bot_id", "peer_id", "due_at", "marks"},
    ("valera_ingest", "mailboxes", "insert"): {"account_id", "bot_id", "peer_id", "due_at", "marks"},
    ("valera_ingest", "mailboxes", "update"): {"due_at", "marks"},
    ("valera_queue", "mailboxes", "select"): {
        "account_id", "bot_id", "peer_id", "due_at", "marks", "lease", "leased_until", "failures", "worker",
    },
    ("valera_queue", "mailboxes", "update"): {"lease", "leased_until", "failures", "worker"},
    ("valera_queue", "button_presses", "select"): {"account_id", "bot_id", "callback_query_id", "received_at", "acknowledged_at"},
    ("valera_queue", "button_presses", "update"): {"acknowledged_at"},
    ("valera_queue", "turns", "select"): {
        "account_id", "id", "chat_id", "state", "due_at", "fence", "worker", "leased_until", "attempts", "failures", "round",
        "started_at", "trigger",
    },
    ("valera_queue", "chats", "select"): {"account_id", "id", "status"},
    ("valera_queue", "turns", "update"): {"state", "fence", "worker", "leased_until", "attempts", "started_at"},
    ("valera_queue", "deliveries", "select"): {
        "account_id", "id", "chat_id", "bot_id", "state", "due_at", "fence", "worker", "leased_until", "attempts", "unsure", "created_at",
    },
    ("valera_queue", "deliveries", "update"): {
        "state", "fence", "worker", "leased_until", "attempts", "unsure", "due_at", "sent_at", "telegram_message_id", "error",
    },
    ("valera_queue", "attachments", "select"): {"account_id", "id", "state", "due_at", "fence", "worker", "leased_until", "attempts"},
    ("valera_queue", "attachments", "update"): {"fence", "worker", "leased_until", "attempts"},
    ("valera_queue", "workers", "select"): {"id", "alive_until"},
    ("valera_queue", "workers", "insert"): {"id", "alive_until"},
    ("valera_queue", "workers", "update"): {"alive_until"},
    ("valera_queue", "bookings", "select"): {"account_id", "id", "status", "hold_expires_at"},
    ("valera_queue", "telegram_updates", "select"): {"done_at"},
    ("valera_queue", "telegram_update_conflicts", "select"): {"done_at"},
    ("valera_queue", "quarantined_updates", "select"): {"received_at"},
    ("valera_queue", "turn_steps", "select"): {"created_at"},
    ("valera_queue", "slot_offers", "select"): {"expires_at"},
    ("valera_queue", "proposals", "select"): {"state", "expires_at"},
    ("valera_queue", "api_requests", "select"): {"created_at"},
    ("valera_queue", "trials", "select"): {"touched_at"},
    ("valera_queue", "live_changes", "select"): {"account_id", "id", "xid", "at", "topic"},
    ("valera_queue", "live_changes", "insert"): {"account_id", "topic"},
    ("valera_queue", "sessions", "select"): {"ends_at"},
    ("valera_queue", "sign_ins", "select"): {"expires_at"},
    ("valera_queue", "used_sign_ins", "select"): {"expires_at"},
    ("valera_queue", "login_links", "select"): {"expires_at"},
    ("valera_queue", "limits", "select"): {"free_at"},
    ("valera_identity", "accounts", "select"): {"id", "slug", "name", "locale", "created_at", "time_zone", "currency", "owner_id"},
    ("valera_identity", "accounts", "insert"): {
        "slug", "name", "subscription_tier", "settings", "time_zone", "locale", "currency", "data_key",
    },
    ("valera_identity", "bots", "select"): {"account_id", "id", "telegram_id", "username", "webhook_key", "delivery", "state"},
    ("valera_identity", "memberships", "select"): {"account_id", "id", "telegram_user_id", "role", "name", "removed_at"},
    ("valera_identity", "memberships", "update"): {"telegram_user_id"},
    ("valera_identity", "sessions", "select"): {
        "id", "token_hash", "telegram_user_id", "account_id", "member_id", "method", "device", "language", "created_at", "seen_at",
        "ends_at",
    },
    ("valera_identity", "sessions", "insert"): {
        "token_hash", "telegram_user_id", "account_id", "member_id", "method", "device", "language", "created_at", "seen_at", "ends_at",
    },
    ("valera_identity", "sessions", "update"): {"language", "seen_at", "ends_at"},
    ("valera_identity", "sign_ins", "select"): {"browser_hash", "return_to", "session_id", "expires_at"},
    ("valera_identity", "sign_ins", "insert"): {"browser_hash", "return_to", "session_id", "expires_at"},
    ("valera_identity", "sign_ins", "update"): {"expires_at"},
    ("valera_identity", "used_sign_ins", "select"): {"hash", "expires_at"},
    ("valera_identity", "used_sign_ins", "insert"): {"hash", "expires_at"},
    ("valera_identity", "login_links", "select"): {"account_id", "id", "member_id", "token_hash", "expires_at", "used_at"},
    ("valera_identity", "login_links", "update"): {"used_at"},
    ("valera_identity", "invites", "select"): {"account_id", "id", "token_hash", "role", "name", "expires_at", "used_at", "revoked_at"},
    ("valera_identity", "invites", "update"): {"used_at"},
    ("valera_identity", "api_keys", "select"): {"account_id", "id", "key_hash", "scope", "created_by", "last_used_at", "revoked_at"},
    ("valera_identity", "api_keys", "update"): {"last_used_at"},
    ("valera_identity", "limits", "select"): {"what", "who", "free_at"},
    ("valera_identity", "limits", "insert"): {"what", "who", "free_at"},
    ("valera_identity", "limits", "update"): {"free_at"},
    ("valera_identity", "telegram_users", "select"): {"telegram_id", "username", "first_name", "last_name", "language"},
    ("valera_identity", "telegram_users", "insert"): {"telegram_id", "username", "first_name", "last_name", "language"},
    ("valera_identity", "telegram_users", "update"): {"username", "first_name", "last_name", "language", "updated_at"},
}  # fmt: skip

PRUNED: dict[str, str] = {
    "telegram_updates": "(done_at < (now() - '7 days'::interval))",
    "telegram_update_conflicts": "(done_at < (now() - '7 days'::interval))",
    "button_presses": "(received_at < (now() - '1 day'::interval))",
    "quarantined_updates": "(received_at < (now() - '30 days'::interval))",
    "deliveries": "((state = ANY (ARRAY['sent'::text, 'failed'::text, 'withdrawn'::text]))"
    " AND (created_at < (now() - '30 days'::interval)))",
    "turn_steps": "(created_at < (now() - '30 days'::interval))",
    "slot_offers": "(expires_at < (now() - '1 day'::interval))",
    "proposals": "((state <> 'open'::text) AND (expires_at < (now() - '30 days'::interval)))",
    "workers": "(alive_until < (now() - '1 day'::interval))",
    "live_changes": "(at < (now() - '01:00:00'::interval))",
    "trials": "(touched_at < (now() - '1 day'::interval))",
    "api_requests": "(created_at < (now() - '1 day'::interval))",
    "sessions": "(ends_at < (now() - '1 day'::interval))",
    "sign_ins": "(expires_at < (now() - '1 day'::interval))",
    "used_sign_ins": "(expires_at < (now() - '1 day'::interval))",
    "login_links": "(expires_at < (now() - '1 day'::interval))",
    "limits": "(free_at < (now() - '1 day'::interval))",
}
"""What `valera_queue` may delete: finished rows, and none younger than this, whatever it is asked to."""

ERASED: dict[str, AbstractSet[str]] = {
    **dict.fromkeys(
        (
            "clients", "vehicles", "chats", "messages", "attachments", "turns", "turn_steps", "deliveries", "summaries", "client_spending",
            "slot_offers", "proposals", "disclosures", "telegram_updates", "telegram_update_conflicts", "quarantined_updates", "mailboxes",
            "notices", "bookings", "reminders", "feedback", "callbacks", "waitlist", "waitlist_offers", "dialogue_outcomes",
            "testers", "client_merges", "drafts", "chat_reads", "desk_presence",
        ),
        frozenset({"select", "delete"}),
    ),
    **dict.fromkeys(("booking_events", "analytics_events", "erasures", "price_items"), READ),
    "telegram_users": {"delete"},
}  # fmt: skip
"""What `valera_platform` may do to whole rows, in one shop at a time; to a person of Telegram only where no shop refers to them."""

ERASED_COLUMNS: dict[tuple[str, str], set[str]] = {
    ("telegram_users", "select"): {"telegram_id"},
    ("clients", "update"): {"unreachable_at"},
    ("turns", "update"): {"leased_until"},
    ("chats", "update"): {"status"},
    ("mailboxes", "update"): {"leased_until"},
    ("bookings", "update"): {"chat_id", "client_id", "vehicle_id", "service_type", "description", "photos", "quote", "erased_at"},
    ("booking_events", "update"): {"message_id", "turn_id", "details", "erased_at"},
    ("analytics_events", "update"): {"properties"},
    ("erasures", "insert"): {"client_id", "asked_by", "reason", "counts", "files_left"},
    ("erasures", "update"): {"files_left"},
}
