"""Erases a person from the events and every table, and proves it."""
