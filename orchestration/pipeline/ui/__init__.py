"""Dagster's UI on this machine: its folder, its address, and its processes."""
