"""Changes of the events and runs of dbt in any order, compared with the oracle."""

from datetime import timedelta
from typing import Any

import pytest
from hypothesis import strategies as st
from hypothesis.stateful import initialize, precondition, rule

from tests.event_changes import EventChanges, days_ago
from tests.made_up_events import invalid_events
from tests.oracle import Definitions
from tests.rollup import TABLES, Rollup, RunError

# Of these, rejected_events alone does not depend on the days that a run rebuilds.
models = st.sampled_from(["refresh_days", *TABLES[1:]])
# Ordinary runs are what there is most of, and what can miss most.
kinds_of_run = st.sampled_from(["ordinary", "ordinary", "full", "--full-refresh"])
# What a run asks for in place of numbers that would be wrong, and the answer.
ANSWERS: dict[str, dict[str, str]] = {
    "the clock of this run": {"refresh": "full"},
    "are gone since": {"missing_events": "deleted"},
}
SWAP = (
    "create table next (like events including all);"
    "insert into next select * from events; alter table events rename to before;"
    "drop table if exists before cascade; alter table next rename to events"
)


class EventHistory(EventChanges):
    """Adds runs, each of which is refused, or followed by what must hold after it.

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
        refusals = "|".join(["stopped", *ANSWERS])
        with self.rollup.stopped_at(model), pytest.raises(RunError, match=refusals):
            self.rollup.build(self.now, refresh="full" if is_full else "incremental")

        assert (self.rollup.logged() > 0) == waits

    @rule(model=models, is_full=st.booleans())
    def a_run_of_one_model(self, model: str, is_full: bool) -> None:
        """Refused where what it is made from was built for other days."""
        waits = self.rollup.logged() > 0
        arguments = ["--full-refresh"] if is_full else []
        self.unless_refused(
            "does not have the days", "--select", model, *arguments, days=0
        )

        assert (self.rollup.logged() > 0) == waits

    @rule(days=st.integers(1, 40))
    def a_run_whose_clock_is_ahead(self, days: int) -> None:
        self.unless_refused("does not have the days", days=days)

    @rule(days=st.integers(1, 40))
    def a_run_whose_clock_is_behind(self, days: int) -> None:
        """It may go on where the tables hold no day after its own."""
        self.missed |= not self.with_log
        self.unless_refused("the clock of this run", days=-days)

    @rule(ago=days_ago)
    def a_run_that_keeps_history(self, ago: int) -> None:
        """The next run moves the day back, to before all history."""
        kept_from = self.today() - timedelta(days=ago)
        self.unless_refused("still to be|built only up to", kept_from=kept_from)

    @precondition(lambda self: self.with_log)
    @rule(accident=st.sampled_from([SWAP, "off and on", "drop", "off"]))
    def the_triggers_go(self, accident: str) -> None:
        """Until `a_log_is_mended`, every run rebuilds every day."""
        self.rollup.execute(
            {
                "off": "alter table events disable trigger all",
                "off and on": "alter table events disable trigger all;"
                "alter table events enable trigger all",
                "drop": "drop trigger if exists fast_dau_log_delete on events",
            }.get(accident, accident)
        )

    @precondition(lambda self: self.with_log)
    @rule()
    def a_log_is_mended(self) -> None:
        self.rollup.install_log()

    @precondition(lambda self: self.with_log)
    @rule()
    def a_run_of_another_rollup(self) -> None:
        """In a schema and a time zone of its own, on the same change log."""
        other = Rollup(
            self.rollup.connection, Definitions("Asia/Kathmandu"), schema="dev"
        )
        other.build(self.now)

        assert other.tables() == other.expected(self.now)

    def teardown(self) -> None:
        """End with a run that must be exact, whatever came before."""
        self.a_run_of_all_models("ordinary" if self.with_log else "full")

    def run(self, *arguments: str, **variables: Any) -> None:
        """Run all models, with the answer to what a run asks; no change is left."""
        try:
            self.rollup.build(self.now, *arguments, **variables)
        except RunError as refused:
            [answer] = [ANSWERS[text] for text in ANSWERS if text in str(refused)]
            if "refresh" in answer:
                variables = {}
            self.run(*arguments, **variables | answer)
        self.settled_at = self.now

        assert self.rollup.logged() == 0

    def unless_refused(
        self, reason: str, *arguments: str, days: int = 0, kept_from: Any = None
    ) -> None:
        """Run so many days from now; it may be refused, for this reason or others."""
        variables = {"events_kept_from": kept_from} if kept_from else {}
        try:
            self.rollup.build(self.now + timedelta(days=days), *arguments, **variables)
        except RunError as refused:
            if not any(text in str(refused) for text in [*ANSWERS, *reason.split("|")]):
                raise

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
