"""Shows how the queries that matter are served by indexes on the database in use."""
