"""A rollup that an earlier version made is taken over by the next run."""

from collections.abc import Iterator
from datetime import date, datetime
from pathlib import Path

import pytest

from orchestration.postgres.connection import connect
from tests.commands import run_cli
from tests.events_tables import execute
from tests.oracle import Definitions
from tests.product_oracle import Rows
from tests.rollup import Rollup

NOW = datetime(2024, 3, 25, 12)
KEPT_FROM = date(2024, 3, 7)
MADE_BEFORE = Path(__file__).parent / "data" / "rollup_without_version.sql"


@pytest.fixture
def taken_over(database_env: dict[str, str]) -> Iterator[Rollup]:
    """Yield the rollup, and its events, as the version before left them."""
    connection = connect(database_env)
    connection.autocommit = True
    execute(connection, MADE_BEFORE.read_text())
    yield Rollup(connection, Definitions(), has_product=True)
    connection.close()


def kept(rollup: Rollup) -> dict[str, Rows]:
    """Return the rows of days that are kept, of tables that no later day touches."""
    return {
        table: [row for row in rollup.tables()[table] if row[place] < KEPT_FROM]
        for table, place in {
            "daily_active_users": 0,
            "returning_users": 0,
            "daily_retention": 0,
            "rolling_active_users": 0,
            "user_day_activity": 0,
            "daily_active_users_by_course": 0,
        }.items()
    }


def test_the_next_run_rebuilds_what_was_left_and_keeps_what_was_kept(
    taken_over: Rollup,
) -> None:
    """A purge, an erased person's counts, a run that failed, late events after it."""
    rollup = taken_over
    before = kept(rollup)
    plan = run_cli("plan", "--vars", f"run_at: '{NOW}'")
    rollup.build(NOW, events_kept_from=None)
    checked = run_cli("check", "--from", "2024-03-07", "--to", "2024-03-24")

    assert plan.returncode == 2
    assert "an earlier version" in plan.stderr
    assert checked.returncode == 0, checked.stdout
    assert kept(rollup) == before
    assert all(before.values())
    assert rollup.query("select kept_from, version from analytics.rollup_state") == [
        (KEPT_FROM, 3)
    ]
    late = {(date(2024, 3, 9), 3), (date(2024, 3, 12), 77), (date(2024, 3, 14), 78)}
    users = rollup.query(
        "select activity_date, user_id from analytics.user_day_activity"
    )
    assert late <= set(users)


def test_its_change_log_is_made_anew_by_init_and_then_an_ordinary_run_is_one_again(
    taken_over: Rollup,
) -> None:
    rollup = taken_over
    rollup.build(NOW, events_kept_from=None)
    assert run_cli("init", "--change-log").returncode == 0
    rollup.build(NOW, events_kept_from=None)
    rollup.execute("insert into events values (79, 1, 'v', '2024-03-10 10:00')")
    rollup.build(NOW, events_kept_from=None)

    assert rollup.query(
        "select activity_date from analytics.refresh_days where reason = 'late change'"
    ) == [(date(2024, 3, 10),)]
    assert (
        run_cli("check", "--from", "2024-03-07", "--to", "2024-03-24").returncode == 0
    )


def test_a_run_makes_the_tables_of_state_that_the_version_before_made_as_models(
    taken_over: Rollup,
) -> None:
    """Where it had not built one of them yet."""
    taken_over.build(NOW, events_kept_from=None)
    taken_over.execute("drop table analytics.moved_days")
    taken_over.execute("update analytics.rollup_state set version = 2")
    before = taken_over.tables()
    taken_over.build(NOW, events_kept_from=None)

    assert taken_over.tables() == before
    assert taken_over.query("select version from analytics.rollup_state") == [(3,)]
    assert taken_over.query("select * from analytics.moved_days") == []
