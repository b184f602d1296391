"""Changes of the events and runs of dbt in any order, compared with the oracle."""

from datetime import timedelta
from typing import Any

import pytest
from hypothesis import strategies as st
from hypothesis.stateful import initialize, precondition, rule

from tests.event_changes import EventChanges, days_ago
from tests.made_up_events import invalid_events
from tests.rollup import TABLES, RunError

# Of these, rejected_events alone does not depend on the days that a run rebuilds.
models = st.sampled_from(["refresh_days", *TABLES[1:]])
# Ordinary runs are what there is most of, and what can miss most.
kinds_of_run = st.sampled_from(["ordinary", "ordinary", "full", "--full-refresh"])


class EventHistory(EventChanges):
    """Adds runs, each followed by what must hold after it.

    Few rules are runs, because a run takes as long as a hundred changes.
    """

    @initialize(seed=st.integers(0, 99))
    def weeks_before(self, seed: int) -> None:
        self.rollup.insert(self.weeks_of_events(seed))
        self.rollup.insert(invalid_events(self.now))
        self.run()

    @rule(kind=kinds_of_run)
    def a_run_of_all_models(self, kind: str) -> None:
        if kind == "ordinary":
            self.run()
        elif kind == "full":
            self.run(refresh="full")
        else:
            self.run(kind)
        if kind != "ordinary" or not self.missed:
            self.compare()

    @rule(ago=days_ago, days=st.integers(0, 5))
    def a_run_that_backfills(self, ago: int, days: int) -> None:
        first = self.today() - timedelta(days=ago)
        settled_at = self.settled_at
        self.run(start_date=first, end_date=first + timedelta(days=days))
        # On the day of the run before, a backfill does not look back.
        self.settled_at = settled_at

    @precondition(lambda self: self.rollup.events())
    @rule(model=models, is_full=st.booleans())
    def a_run_that_stops(self, model: str, is_full: bool) -> None:
        waits = self.rollup.logged() > 0
        with self.rollup.stopped_at(model), pytest.raises(RunError, match="stopped"):
            self.rollup.build(self.now, refresh="full" if is_full else "incremental")

        assert (self.rollup.logged() > 0) == waits

    @rule(model=models, is_full=st.booleans())
    def a_run_of_one_model(self, model: str, is_full: bool) -> None:
        waits = self.rollup.logged() > 0
        arguments = ["--full-refresh"] if is_full else []
        self.rollup.build(self.now, "--select", model, *arguments)

        assert (self.rollup.logged() > 0) == waits

    def teardown(self) -> None:
        """End with a run that must be exact, whatever came before."""
        self.a_run_of_all_models("ordinary" if self.with_log else "full")

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
