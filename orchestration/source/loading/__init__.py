"""Loads a file of a user's own events into the table."""
