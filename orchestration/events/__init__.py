"""The events table: its shape, its indexes, and ways to fill it."""
