"""A user's own table of events: its columns looked at, understood, and remembered."""
