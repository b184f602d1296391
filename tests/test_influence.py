"""A late change changes the cells that it has an influence on, and no other row."""

from datetime import date, datetime, timedelta
from random import Random
from typing import Any

import pytest
from psycopg2.extensions import connection as Connection  # noqa: N812  # a class

from orchestration.settings import DBT_PROJECT_DIR
from tests.fresh_rollup import ClockedRollup, fresh_rollup
from tests.made_up_events import eventful_days
from tests.oracle import Definitions, Rows
from tests.rollup import TABLES

FIRST = datetime(2024, 3, 1)
NOW = datetime(2024, 4, 9, 12)
# Rows are the same where these are: the leading columns of each table's key.
KEY_COLUMNS = {
    "rejected_events": 1,
    "user_day_activity": 2,
    "daily_active_users": 1,
    "returning_users": 2,
    "daily_retention": 1,
}
INFLUENCE_DAYS = {
    "user_day_activity": 0,
    "daily_active_users": 0,
    "returning_users": 7,
    "daily_retention": 7,
}
CHANGES = [
    "insert into events (user_id, kind, performed_at) values ({user}, 'late', '{at}')",
    "delete from events where user_id = {user} and {on_day}",
    "update events set user_id = {user} where {on_day}",
    "update events set performed_at = performed_at - interval '9 days' where {on_day}",
    "delete from events where {on_day}",
]


@pytest.fixture
def rollup(connection: Connection) -> ClockedRollup:
    """A rollup of forty days, first built, with the change log."""
    opened = fresh_rollup(connection, Definitions(), with_log=True)
    opened.set_clock(NOW)
    opened.insert(eventful_days(Random(6), FIRST, 40))
    opened.build(NOW)
    return opened


def keys(rows: set[Any], table: str) -> set[Any]:
    """Return the keys of the rows."""
    return {row[: KEY_COLUMNS[table]] for row in rows}


def days(rows: set[Any]) -> set[date]:
    """Return the days of the rows, which each begin with theirs."""
    return {row[0] for row in rows}


@pytest.mark.parametrize("seed", range(3))
def test_a_late_change_writes_exactly_the_rows_that_the_oracle_says(
    seed: int, rollup: ClockedRollup
) -> None:
    random = Random(seed)

    for change in random.sample(CHANGES, len(CHANGES)):
        before: dict[str, Rows] = rollup.expected(NOW)
        day = FIRST + timedelta(days=random.randrange(10, 30))
        rollup.execute(
            change.format(
                user=random.choice([1, 2, 3, 5, 8]),
                at=day + timedelta(hours=random.randrange(24)),
                on_day=f"performed_at::date = '{day.date()}'",
            )
        )
        written = rollup.build(NOW)
        after: dict[str, Rows] = rollup.expected(NOW)

        assert rollup.tables() == after
        for table in TABLES:
            differing = set(before[table]) ^ set(after[table])
            assert written[table] == len(keys(differing, table))


def test_a_changed_day_has_the_influence_that_each_model_declares(
    rollup: ClockedRollup,
) -> None:
    """A day on which everybody was there is emptied: nothing has more influence."""
    day = date(2024, 3, 16)
    everybody = [1, 2, 3, 5, 8, 13]
    rollup.execute(
        "insert into events (user_id, performed_at)"
        f" select u, date '{day}' + n from unnest(array{everybody}) as u,"
        " generate_series(0, 8) as n"
    )
    rollup.build(NOW)
    before = rollup.tables()
    rollup.execute(f"delete from events where performed_at::date = '{day}'")
    rollup.build(NOW)
    after = rollup.tables()

    for table, influence in INFLUENCE_DAYS.items():
        changed = days(set(before[table]) ^ set(after[table]))
        assert changed == {day + timedelta(days=n) for n in range(influence + 1)}
        assert f"'influence_days': {influence}" in _source(table)


def _source(model: str) -> str:
    path = DBT_PROJECT_DIR / "models" / "rollup" / f"{model}.sql"
    return path.read_text()
