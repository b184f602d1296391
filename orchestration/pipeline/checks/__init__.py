"""Checks beside dbt's tests: each asks the database, and says what it found."""

from orchestration.core.settings import is_on_spark
from orchestration.pipeline.checks.change_log import change_log_consumed
from orchestration.pipeline.checks.freshness import events_are_fresh, rollup_is_fresh
from orchestration.pipeline.checks.query_plans import no_full_scans
from orchestration.pipeline.checks.recount import rollup_equals_events

# Spark has no indexes to be served by, and nothing that logs changes; the recount is
# written for Postgres.
_OF_CHANGES = () if is_on_spark() else (change_log_consumed,)

# Every run makes these; the others take seconds or more: they are for the nightly run.
CHEAP_CHECKS = (*_OF_CHANGES, events_are_fresh, rollup_is_fresh)
THOROUGH_CHECKS = () if is_on_spark() else (no_full_scans, rollup_equals_events)
