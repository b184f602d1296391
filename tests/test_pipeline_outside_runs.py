"""Runs of dbt that Dagster did not start, as its UI shows them."""

from collections.abc import Iterator
from datetime import date
from typing import Any

import dagster as dg
import pytest

from orchestration.core.manifest import models
from orchestration.pipeline.outside_runs import runs_outside_dagster
from tests.oracle import Event
from tests.pipeline_runs import Pipeline, days_ago, noon, utc_now
from tests.rollup import Rollup
from tests.states import State

NOTHING = "Nothing was built but by runs of Dagster's."
pytestmark = pytest.mark.usefixtures("one_day")


def three_days(rollup: Rollup, _: date) -> None:
    """Three days of two users, built from the shell."""
    rollup.insert(Event(user, noon(n)) for n in (1, 2, 3) for user in (1, 2))
    rollup.build(utc_now())


@pytest.fixture
def state() -> State:
    """Where each test begins, in a state of its day."""
    return State(three_days, has_product=True, arguments=(days_ago(0),))


@pytest.fixture
def pipeline(rollup: Rollup) -> Iterator[Pipeline]:
    """Yield the jobs over the rollup, and an instance of their own."""
    with dg.DagsterInstance.ephemeral() as instance:
        yield Pipeline(rollup, instance)


class Ticks:
    """The sensor's ticks, one after the other, as the daemon makes them."""

    def __init__(self, instance: dg.DagsterInstance) -> None:
        self._instance = instance
        self._cursor: str | None = None

    def next(self) -> tuple[dict[str, Any], str | None]:
        """Make one; return the rows of each table that it notes, and why it skips."""
        with dg.build_sensor_context(self._instance, self._cursor) as context:
            found = runs_outside_dagster.evaluate_tick(context)
        self._cursor = found.cursor
        noted: dict[str, Any] = {}
        for event in found.asset_events:
            assert isinstance(event, dg.AssetMaterialization)
            self._instance.report_runless_asset_event(event)
            rows = event.metadata.get("dagster/row_count")
            noted[event.asset_key.path[-1]] = rows.value if rows else None
        return noted, found.skip_message


def test_what_a_run_from_the_shell_has_built_is_noted_once(pipeline: Pipeline) -> None:
    ticks = Ticks(pipeline.instance)
    noted, _ = ticks.next()

    assert noted.keys() == models().keys()
    assert noted["user_day_activity"] == 6
    assert noted["daily_active_users_live"] is None
    assert ticks.next() == ({}, NOTHING)


def test_a_run_of_dagsters_own_is_not_noted_a_second_time(pipeline: Pipeline) -> None:
    ticks = Ticks(pipeline.instance)
    ticks.next()

    assert pipeline.run("hourly_incremental").success
    assert ticks.next() == ({}, NOTHING)

    pipeline.rollup.build(utc_now(), "--select", "+daily_active_users")
    noted, _ = ticks.next()

    assert {"refresh_days", "user_day_activity", "daily_active_users"} <= noted.keys()
    assert "daily_retention" not in noted


def test_a_run_that_is_at_work_is_waited_for(pipeline: Pipeline) -> None:
    pipeline.rollup.execute("update analytics.rollup_state set run_id = 'one'")

    assert Ticks(pipeline.instance).next() == ({}, "The run one has not ended.")


def test_the_embedded_server_is_not_started_to_be_asked(
    pipeline: Pipeline, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("PGHOST")

    assert Ticks(pipeline.instance).next() == (
        {},
        "PGHOST is not set, and the embedded server is not asked.",
    )


def test_where_nothing_is_built_yet_the_sensor_says_so(pipeline: Pipeline) -> None:
    pipeline.rollup.execute("drop schema analytics cascade")
    noted, reason = Ticks(pipeline.instance).next()

    assert noted == {}
    assert reason
    assert "analytics.rollup_state" in reason
