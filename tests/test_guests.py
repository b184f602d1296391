"""Runs on servers and beside commands that are set up otherwise than the tests' own."""

from collections.abc import Callable
from contextlib import closing
from datetime import UTC, datetime, timedelta

import pytest

from orchestration.core.connection import connect
from tests.commands import run_cli
from tests.events_tables import execute
from tests.forgetting import forget
from tests.oracle import Definitions, Event
from tests.product_oracle import Rows
from tests.rollup import Rollup, RunError
from tests.states import State

NOW = datetime(2024, 3, 20, 12)
DEAD = "00000000-0000-0000-0000-000000000000"
TURN = "select run_id, run_started_at from analytics.rollup_state"


def first_built(rollup: Rollup) -> None:
    """Some days, first built, and an event that came since."""
    rollup.insert(Event(user, datetime(2024, 3, user, 10)) for user in range(12, 20))
    rollup.build(NOW)
    rollup.insert([Event(1, NOW)])


@pytest.fixture
def state() -> State:
    """Where each test begins."""
    return State(first_built, has_product=True)


@pytest.mark.parametrize(
    "command",
    [
        ("compile", "--select", "daily_active_users"),
        ("docs", "generate"),
        ("source", "freshness"),
        ("test", "--select", "daily_active_users"),
    ],
    ids=" ".join,
)
def test_a_command_that_writes_nothing_takes_no_turn(
    rollup: Rollup, command: tuple[str, ...]
) -> None:
    """Nor does it wait for the run that holds the lock."""
    rollup.execute(f"update analytics.rollup_state set run_id = '{DEAD}'")
    before = rollup.query(TURN)
    # Freshness is for events of today.
    rollup.insert([Event(1, datetime.now(UTC).replace(tzinfo=None))])
    done = run_cli("dbt", *command)

    assert done.returncode == 0, done.stdout
    assert rollup.query(TURN) == before


def test_a_run_without_events_to_read_keeps_no_turn_and_says_what_to_do(
    rollup: Rollup,
) -> None:
    before = rollup.query(TURN)
    rollup.execute("drop table events cascade")
    with pytest.raises(RunError, match=r"there is no table public\.events") as refused:
        rollup.build(NOW)

    assert (
        "create it with `fast-dau init`, or name yours with the variables"
        " fast_dau_events_schema and fast_dau_events_table"
    ) in str(refused.value)
    assert rollup.query(TURN) == before


def test_a_run_that_fails_as_it_begins_gives_its_turn_back(rollup: Rollup) -> None:
    """Here it finds the events' time to be of another type."""
    before = rollup.query(TURN)
    rollup.execute("drop view analytics.daily_active_users_live cascade")
    rollup.execute("drop view if exists analytics.returning_users_live cascade")
    rollup.execute("alter table events rename performed_at to happened_at")
    with pytest.raises(RunError, match="performed_at"):
        rollup.build(NOW)

    assert rollup.query(TURN) == before


@pytest.mark.parametrize("isolation", ["repeatable read", "serializable"])
def test_another_default_isolation_level_changes_nothing(
    whole_rollup_in: Callable[[Definitions], Rollup], isolation: str
) -> None:
    rollup = whole_rollup_in(Definitions())
    database = rollup.connection.info.dbname
    rollup.execute(
        f"alter database {database} set default_transaction_isolation = '{isolation}'"
    )
    rollup.insert(Event(user, datetime(2024, 3, user, 10)) for user in range(12, 20))
    rollup.build(NOW)
    built = rollup.tables(), rollup.expected(NOW)
    rollup.insert([Event(1, NOW)])
    rollup.build(NOW)

    assert built[0] == built[1]
    assert rollup.tables() == rollup.expected(NOW)


def test_a_server_that_quotes_all_names_changes_nothing(rollup: Rollup) -> None:
    """As for a role or a database; by it a definition of an index reads otherwise."""
    database = rollup.connection.info.dbname
    rollup.execute(f"alter database {database} set quote_all_identifiers = on")
    prepared = run_cli("init")
    indexes = (
        "select indexrelid from pg_index join pg_class on pg_class.oid = indrelid"
        " where relnamespace = 'analytics'::regnamespace order by indexrelid"
    )
    before = rollup.query(indexes)
    rollup.dbt("build", run_at=NOW)

    assert rollup.query(indexes) == before != []
    assert rollup.tables() == rollup.expected(NOW)
    assert (prepared.returncode, "creating" in prepared.stdout) == (0, False)
    for command in ("check", "explain"):
        done = run_cli(command)
        assert done.returncode == 0, done.stdout + done.stderr


def test_a_publication_of_all_tables_keeps_no_run_from_deleting_rows(
    rollup: Rollup,
) -> None:
    rollup.execute(
        "set client_min_messages = error; alter table events replica identity full;"
        "create publication p for all tables"
    )
    rollup.execute("delete from events where user_id = 19")
    rollup.build(NOW)
    rollup.execute("delete from events where user_id = 12")
    rollup.build(NOW, refresh="full")
    ordinary = rollup.tables(), rollup.expected(NOW)
    forget(rollup, 13, now=NOW)
    rollup.build(NOW + timedelta(days=1))
    rollup.build(NOW + timedelta(days=1), refresh="start_over")

    assert ordinary[0] == ordinary[1]
    assert rollup.tables() == rollup.expected(NOW + timedelta(days=1))


def test_a_session_whose_last_query_names_a_dead_run_is_not_waited_for(
    rollup: Rollup, database_env: dict[str, str]
) -> None:
    """Such as that of somebody who looked for it, and is idle in a transaction."""
    rollup.execute(
        f"update analytics.rollup_state set run_id = '{DEAD}', run_started_at = now()"
    )
    with closing(connect(database_env)) as quoting:
        execute(quoting, f"select '{DEAD}'")
        rollup.build(NOW, wait_minutes=1, silent_seconds=1)

    assert rollup.tables() == rollup.expected(NOW)


def seen(rollup: Rollup) -> Rows:
    """Return the live view's days with users."""
    return rollup.query(
        "select dau, is_complete from analytics.daily_active_users_live where dau > 0"
    )


def test_live_views_count_the_first_events_before_any_run_has(
    whole_rollup_in: Callable[[Definitions], Rollup],
) -> None:
    rollup = whole_rollup_in(Definitions())
    rollup.build(datetime.now(UTC).replace(tzinfo=None))
    empty = seen(rollup)
    rollup.insert([Event(1, datetime.now(UTC).replace(tzinfo=None))])

    assert empty == []
    assert seen(rollup) == [(1, False)]
    [(user,)] = rollup.query("select count(*) from analytics.returning_users_live")
    assert user == 0
