"""Runs on servers and beside commands that are set up otherwise than the tests' own."""

from datetime import UTC, datetime, timedelta

import pytest

from orchestration.core.connection import Connection
from tests.commands import run_cli
from tests.events_tables import execute
from tests.forgetting import forget
from tests.oracle import Event
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


STATE = State(first_built, has_product=True)


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


@pytest.mark.parametrize(
    ("accident", "reason"),
    [
        (
            "drop table events cascade",
            r"no table public\.events.* with `fast-dau init`, .*fast_dau_events_schema",
        ),
        (
            """drop view analytics.daily_active_users_live cascade;
            drop view if exists analytics.returning_users_live;
            alter table events rename performed_at to happened_at""",
            "performed_at",
        ),
    ],
    ids=["no events", "another column"],
)
def test_a_run_that_fails_as_it_begins_gives_its_turn_back_and_says_what_to_do(
    accident: str, reason: str, rollup: Rollup
) -> None:
    before = rollup.query(TURN)
    rollup.execute(accident)
    with pytest.raises(RunError, match=reason):
        rollup.build(NOW)

    assert rollup.query(TURN) == before


@pytest.mark.parametrize("isolation", ["repeatable read", "serializable"])
def test_another_default_isolation_level_changes_nothing(
    rollup: Rollup, isolation: str
) -> None:
    database = rollup.connection.info.dbname
    rollup.execute(
        f"alter database {database} set default_transaction_isolation = '{isolation}'"
    )
    rollup.execute("drop schema analytics cascade")
    for user in (2, 3):
        rollup.build(NOW)

        assert rollup.tables() == rollup.expected(NOW)
        rollup.insert([Event(user, NOW)])


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

    assert rollup.tables() == rollup.expected(NOW)

    forget(rollup, 13, now=NOW)
    rollup.build(NOW + timedelta(days=1))
    rollup.build(NOW + timedelta(days=1), refresh="start_over")

    assert rollup.tables() == rollup.expected(NOW + timedelta(days=1))


def test_a_session_whose_last_query_names_a_dead_run_is_not_waited_for(
    rollup: Rollup, other: Connection
) -> None:
    """Such as that of somebody who looked for it, and is idle in a transaction."""
    rollup.execute(
        f"update analytics.rollup_state set run_id = '{DEAD}', run_started_at = now()"
    )
    execute(other, f"select '{DEAD}'")
    rollup.build(NOW, wait_minutes=1, silent_seconds=1)

    assert rollup.tables() == rollup.expected(NOW)
