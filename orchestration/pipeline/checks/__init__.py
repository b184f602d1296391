"""Checks beside dbt's tests: each asks the database, and says what it found."""

from orchestration.pipeline.checks.change_log import change_log_consumed
from orchestration.pipeline.checks.freshness import events_are_fresh, rollup_is_fresh
from orchestration.pipeline.checks.plans import no_full_scans
from orchestration.pipeline.checks.recount import rollup_equals_events

# Every run makes these; the others take seconds or more: they are for the nightly run.
CHEAP_CHECKS = (change_log_consumed, events_are_fresh, rollup_is_fresh)
THOROUGH_CHECKS = (no_full_scans, rollup_equals_events)
