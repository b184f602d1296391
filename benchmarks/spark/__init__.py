"""The same builds on Spark and on Postgres, and what Spark reads and shuffles."""
