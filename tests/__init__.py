"""Tests against a real Postgres, compared with a plain Python oracle."""
