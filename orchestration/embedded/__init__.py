"""The embedded Postgres server, for whoever names no server of their own."""
