"""Changes of the events and runs of dbt in any order, compared with the oracle."""

from datetime import timedelta
from typing import Any

import pytest
from hypothesis import strategies as st
from hypothesis.stateful import initialize, precondition, rule

from tests.event_changes import EventChanges, days_ago
from tests.made_up_events import invalid_events
from tests.rollup import TABLES, RunError

MODELS = ["refresh_days", *TABLES]


class EventHistory(EventChanges):
    """Adds runs, each followed by what must hold after it."""

    @initialize(seed=st.integers(0, 99))
    def weeks_before(self, seed: int) -> None:
        self.rollup.insert(self.weeks_of_events(seed))
        self.rollup.insert(invalid_events(self.now))
        self.run()

    @rule()
    def an_ordinary_run(self) -> None:
        self.run()
        if not self.missed:
            self.compare()

    @rule()
    def a_full_run(self) -> None:
        self.run(refresh="full")
        self.compare()

    @rule()
    def a_full_refresh(self) -> None:
        self.run("--full-refresh")
        self.compare()

    @rule(ago=days_ago, days=st.integers(0, 5))
    def a_backfill(self, ago: int, days: int) -> None:
        first = self.today() - timedelta(days=ago)
        settled_at = self.settled_at
        self.run(start_date=first, end_date=first + timedelta(days=days))
        # On the day of the run before, a backfill does not look back.
        self.settled_at = settled_at

    @precondition(lambda self: self.rollup.events())
    @rule(model=st.sampled_from(MODELS), full=st.booleans())
    def an_interrupted_run(self, model: str, full: bool) -> None:
        before = self.rollup.logged()
        with self.rollup.stopped_at(model), pytest.raises(RunError, match="stopped"):
            self.rollup.build(self.now, refresh="full" if full else "incremental")

        assert self.rollup.logged() == before

    @rule(model=st.sampled_from(MODELS), full_refresh=st.booleans())
    def one_model_alone(self, model: str, full_refresh: bool) -> None:
        before = self.rollup.logged()
        arguments = ["--full-refresh"] if full_refresh else []
        self.rollup.build(self.now, "--select", model, *arguments)

        assert self.rollup.logged() == before

    def run(self, *arguments: str, **variables: Any) -> None:
        """Run all models; what the change log held is struck from it."""
        self.rollup.build(self.now, *arguments, **variables)
        self.settled_at = self.now

        assert self.rollup.logged() == 0

    def compare(self) -> None:
        """Compare every table with the oracle, cell by cell."""
        self.missed = False
        expected = self.rollup.expected(self.now)
        assert self.rollup.tables() == expected

        revisions = self.rollup.query(
            "select activity_date, dau from analytics.daily_revisions order by 1"
        )
        assert revisions == [
            (day, dau)
            for day, dau, _, is_complete in expected["daily_active_users"]
            if is_complete
        ]
