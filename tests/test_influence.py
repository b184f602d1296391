"""A late change changes the cells that it has an influence on, and no other row."""

from datetime import date, datetime, timedelta
from random import Random
from typing import Any

import pytest

from orchestration.core.connection import Connection
from orchestration.core.manifest import models
from tests.fresh_rollup import ClockedRollup, fresh_rollup
from tests.made_up_events import eventful_days
from tests.oracle import Definitions, Event
from tests.product_oracle import Rows
from tests.rollup import TABLES, Rollup, RunError
from tests.states import State

FIRST = datetime(2024, 3, 1)
NOW = datetime(2024, 4, 9, 12)
CHANGES = [
    "insert into events (user_id, kind, performed_at) values ({user}, 'late', '{at}')",
    "delete from events where user_id = {user} and {on_day}",
    "update events set user_id = {user} where {on_day}",
    "update events set performed_at = performed_at - interval '9 days' where {on_day}",
    "delete from events where {on_day}",
]


def forty_days(rollup: Rollup) -> None:
    """Forty days, first built, with the change log."""
    opened = fresh_rollup(rollup.connection, Definitions(), with_log=True)
    opened.set_clock(NOW)
    opened.insert(eventful_days(Random(6), FIRST, 40))
    opened.build(NOW)


STATE = State(forty_days, has_product=True)


@pytest.fixture
def rollup(connection: Connection, state: State) -> ClockedRollup:
    """Return the rollup of the state, at its hour."""
    rollup = ClockedRollup(connection, state.definitions, has_product=True)
    rollup.set_clock(NOW)
    return rollup


def keys(rows: set[Any], table: str) -> set[Any]:
    """Return the keys of the rows, whose columns each begin with theirs."""
    unique_key = models()[table]["config"]["unique_key"]
    columns = 1 if isinstance(unique_key, str) else len(unique_key)
    return {row[:columns] for row in rows}


@pytest.mark.parametrize(
    "seed", [0, *(pytest.param(seed, marks=pytest.mark.prove) for seed in (1, 2))]
)
def test_a_late_change_writes_exactly_the_rows_that_the_oracle_says(
    seed: int, rollup: ClockedRollup
) -> None:
    random = Random(seed)

    for change in random.sample(CHANGES, len(CHANGES)):
        before = rollup.expected(NOW)
        day = FIRST + timedelta(days=random.randrange(10, 30))
        rollup.execute(
            change.format(
                user=random.choice([1, 2, 3, 5, 8]),
                at=day + timedelta(hours=random.randrange(24)),
                on_day=f"performed_at::date = '{day.date()}'",
            )
        )
        written = rollup.build(NOW)
        after = rollup.expected(NOW)

        assert rollup.tables() == after
        for table in TABLES:
            differing = set(before[table]) ^ set(after[table])
            assert written[table] == len(keys(differing, table))


def test_a_changed_day_has_the_influence_that_each_model_declares(
    rollup: ClockedRollup,
) -> None:
    """A day is emptied on which all were there: those of before, and new ones.

    Of these, one comes back on each day after; nothing has more influence.
    """
    day = date(2024, 3, 10)
    rollup.execute(
        "insert into events (user_id, course_id, performed_at)"
        f" select u, 1, date '{day}' from unnest(array[1, 2, 3, 5, 8, 13]) as u"
        f" union all select 100 + n, 1, date '{day}' + d"
        " from generate_series(1, 29) as n, unnest(array[0, n]) as d"
    )
    rollup.build(NOW)
    before = rollup.tables()
    rollup.execute(f"delete from events where performed_at::date = '{day}'")
    rollup.build(NOW)
    after = rollup.tables()

    assert after == rollup.expected(NOW)
    for table in tables_of_days(move=False):
        assert_influence(table, day, before, after)


def test_a_users_only_day_has_the_influence_that_models_declare_that_move_with_users(
    rollup: ClockedRollup,
) -> None:
    before = rollup.tables()
    rollup.insert([Event(99, FIRST + timedelta(days=7, hours=9))])
    rollup.build(NOW)
    after = rollup.tables()

    for table in tables_of_days(move=True):
        assert_influence(table, date(2024, 3, 8), before, after)


@pytest.mark.prove
def test_a_late_first_day_moves_the_old_one_also_where_runs_stop_in_between(
    rollup: ClockedRollup,
) -> None:
    """The user is no longer new on a day that the run would not have looked at."""
    rollup.insert([Event(98, FIRST + timedelta(days=30, hours=9))])
    rollup.build(NOW)
    rollup.insert([Event(98, FIRST + timedelta(days=2, hours=9))])
    for table in ("growth_accounting", "cohort_retention"):
        with rollup.stopped_at(table), pytest.raises(RunError, match="stopped"):
            rollup.build(NOW)
    moved = "select distinct bound from analytics.moved_days"

    assert rollup.query(moved) == [("first",)]

    rollup.build(NOW)

    assert rollup.query(moved) == []
    assert rollup.tables() == rollup.expected(NOW)

    rollup.execute(
        "delete from events where user_id = 98 and performed_at < '2024-03-10'"
    )
    rollup.build(NOW)

    assert rollup.tables() == rollup.expected(NOW)


def tables_of_days(*, move: bool) -> list[str]:
    """Return the tables whose rows follow days, and move with users or do not."""
    found = []
    for name in TABLES:
        meta = models()[name]["config"]["meta"]
        if meta["influence_days"] is not None and meta.get("grain") != "user":
            found += [name] if ("moves_with" in meta) is move else []
    return found


def assert_influence(
    table: str, day: date, before: dict[str, Rows], after: dict[str, Rows]
) -> None:
    """Assert that the day changed itself and as many days after as are declared."""
    changed = {row[0] for row in set(before[table]) ^ set(after[table])}
    influence = models()[table]["config"]["meta"]["influence_days"]
    assert changed == {day + timedelta(days=n) for n in range(influence + 1)}, table
