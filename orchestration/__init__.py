"""fast-dau: daily active users and retention of a Postgres table of events."""
