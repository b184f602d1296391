"""Drawings of days and cohorts, shared by Dagster's pictures and the report."""
