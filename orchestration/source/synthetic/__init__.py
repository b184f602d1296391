"""Seeded synthetic events: believable, and the same on every machine."""
