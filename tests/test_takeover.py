"""A rollup that an earlier version made is taken over by the next run."""

from datetime import date, datetime
from pathlib import Path

import pytest

from orchestration.core.connection import Connection
from tests.commands import run_cli
from tests.events_tables import execute
from tests.oracle import Definitions
from tests.product_oracle import Rows
from tests.rollup import Rollup

NOW = datetime(2024, 3, 25, 12)
KEPT_FROM = date(2024, 3, 7)
MADE_BEFORE = Path(__file__).parent / "data" / "rollup_of_0_1_0.sql"


DROP_LOG = """
drop function events_change_log() cascade;
drop table events_change_log, events_change_log_rollups
"""


@pytest.fixture
def rollup(connection: Connection) -> Rollup:
    """Return the rollup, and its events, as the version before left them."""
    execute(connection, MADE_BEFORE.read_text())
    return Rollup(connection, Definitions(), has_product=True)


def kept(rollup: Rollup) -> dict[str, Rows]:
    """Return the rows of days that are kept, of tables that no later day touches."""
    return {
        table: rollup.query(
            f"select * from analytics.{table}"
            f" where activity_date < '{KEPT_FROM}' order by {table}"
        )
        for table in (
            "daily_active_users",
            "returning_users",
            "daily_retention",
            "rolling_active_users",
            "user_day_activity",
            "daily_active_users_by_course",
        )
    }


def late_users(rollup: Rollup) -> set[tuple[date, int]]:
    """Return those in the table whose events came late; of 81 the log alone knows."""
    return set(
        rollup.query(
            "select activity_date, user_id from analytics.user_day_activity"
            " where (activity_date, user_id) in"
            " (('2024-03-10', 80), ('2024-03-15', 3), ('2024-03-13', 81))"
        )
    )


def refreshed_days(rollup: Rollup) -> set[date]:
    """Return the days that the latest run rebuilt."""
    days = rollup.query("select activity_date from analytics.refresh_days")
    return {day for (day,) in days}


def assert_equal_to_a_recount() -> None:
    """Assert what `check` says of all days whose events are there."""
    done = run_cli("check", "--from", "2024-03-07", "--to", "2024-03-24")
    assert done.returncode == 0, done.stdout


def test_the_next_run_does_what_the_version_before_had_left_and_keeps_what_was_kept(
    rollup: Rollup,
) -> None:
    """Without the change log, which is another server's here."""
    rollup.execute(DROP_LOG)
    rollup.execute("delete from events where user_id = 81")
    before = kept(rollup)
    rollup.build(NOW, events_kept_from=None)

    assert_equal_to_a_recount()
    assert kept(rollup) == before
    assert all(before.values())
    state = rollup.query("select kept_from, version from analytics.rollup_state")
    assert state == [(KEPT_FROM, 3)]
    assert {day.day for day in refreshed_days(rollup)} == {10, 15, 22, 23, 24, 25}
    assert late_users(rollup) == {(date(2024, 3, 10), 80), (date(2024, 3, 15), 3)}


def test_its_change_log_is_of_use_again_once_a_run_has_read_it(
    rollup: Rollup,
) -> None:
    before = kept(rollup)
    rollup.build(NOW, events_kept_from=None)
    days = refreshed_days(rollup)
    rollup.execute("insert into events values (79, 1, 'v', '2024-03-11 10:00')")
    rollup.build(NOW, events_kept_from=None)

    assert kept(rollup) == before
    assert len(days) == 19
    assert len(late_users(rollup)) == 3
    assert rollup.query(
        "select activity_date from analytics.refresh_days where reason = 'late change'"
    ) == [(date(2024, 3, 11),)]
    assert_equal_to_a_recount()


def test_of_a_version_older_still_every_day_is_rebuilt(rollup: Rollup) -> None:
    """Its state had no version, nor all tables; `plan` tells what is to come."""
    rollup.execute("alter table analytics.rollup_state drop column version")
    rollup.execute("drop table analytics.moved_days, analytics.pending_days")
    rollup.execute(DROP_LOG)
    before = kept(rollup)
    plan = run_cli("plan", "--vars", f"fast_dau_run_at: '{NOW}'")
    rollup.build(NOW, events_kept_from=None)

    assert plan.returncode == 2
    assert "an earlier version" in plan.stderr
    assert kept(rollup) == before
    assert len(refreshed_days(rollup)) == 19
    assert len(late_users(rollup)) == 3
    assert_equal_to_a_recount()
