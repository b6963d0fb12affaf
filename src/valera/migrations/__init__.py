"""The schema's history: `roles.sql` for a cluster's administrator, `versions` for Alembic, `migrate` runs both."""
