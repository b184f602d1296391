"""The events table: its shape, indexes and change log, and ways in and out of it."""
