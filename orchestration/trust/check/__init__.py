"""Recounts from the raw events what the tables say, and finds where they differ.

The recount is written from the definitions in the README, and shares no code with the
dbt models.
"""
