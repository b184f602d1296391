"""Tables of events of other names and types: each command reads them as they are."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from random import Random
from typing import Any

import pyarrow.dataset as ds
import pytest
from psycopg2 import sql
from psycopg2.extras import execute_values

from orchestration.core.connection import Connection
from tests.commands import run_cli
from tests.events_tables import execute, indexes
from tests.made_up_events import eventful_days, invalid_events
from tests.oracle import Event
from tests.own_projects import OwnProject, as_of, at_work
from tests.rollup import Rollup, expected_rows
from tests.shapes import SHAPES, Shape

FIRST, NOW = datetime(2024, 3, 20), datetime(2024, 4, 5, 12)
CLOCK = as_of(NOW)
FULL = as_of(NOW, fast_dau_refresh="full")
QUICK = {"uuids_and_quoted_names", "moodle", "clocks_of_a_zone"}


class Described:
    """A table of some shape, the events that are in it, and the project on it."""

    def __init__(self, shape: Shape, connection: Connection, folder: Path) -> None:
        self.shape = shape
        self.events: list[Event] = []
        self._connection = connection
        self._into = sql.Identifier(*(shape.into or shape.table).split("."))
        execute(connection, shape.ddl)
        OwnProject(
            folder,
            fast_dau_time_zone="Europe/Berlin",
            fast_dau_active_kinds=list(shape.kinds),
            fast_dau_events_kept_from="2000-01-01",
        )

    def run(self, *arguments: str) -> str:
        """Run `fast-dau`, which must end well; return what it prints."""
        done = run_cli(*arguments)
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout

    def insert(self, events: list[Event]) -> None:
        """Insert them as the application would."""
        names = [sql.Identifier(name) for name in self.shape.columns if name]
        statement = sql.SQL("insert into {} ({}) values %s").format(
            self._into, sql.SQL(", ").join(names)
        )
        with self._connection.cursor() as cursor:
            text = statement.as_string(cursor).replace(' %"', ' %%"')
            execute_values(cursor, text, [self.shape.row(event) for event in events])
        self.events += map(self.shape.known, events)

    def change(self, event: Event, moved_to: datetime | None) -> None:
        """Delete all that is like this event, or move it to another time."""
        known = self.shape.known(event)
        alike = [
            one
            for one in self.events
            if (one.user_id, one.performed_at) == (known.user_id, known.performed_at)
        ]
        user, time = map(sql.Identifier, self.shape.columns[:2])
        query = "delete from {into} where {user} = {id} and {time} = {at}"
        if moved_to:
            query = (
                "update {into} set {time} = {new} where {user} = {id} and {time} = {at}"
            )
        id_, at = self.shape.row(event)[:2]
        statement = sql.SQL(query).format(
            into=self._into,
            user=user,
            time=time,
            id=sql.Literal(id_),
            at=sql.Literal(at),
            new=sql.Literal(moved_to and self.shape.at(moved_to)),
        )
        with self._connection.cursor() as cursor:
            cursor.execute(statement)
            assert cursor.rowcount == len(alike)
        self.events = [one for one in self.events if one not in alike]
        if moved_to:
            seen = self.shape.seen(moved_to)
            self.events += [replace(one, performed_at=seen) for one in alike]

    def goes_through_something(self) -> None:
        """Let happen what happens to such tables."""
        execute(self._connection, self.shape.meanwhile)

    def differences(self) -> dict[str, list[Any]]:
        """Return, by table, the rows that only it has, or only the oracle."""
        rollup = Rollup(self._connection, self.shape.definitions, has_product=True)
        differing = {}
        for name, rows in expected_rows(
            self.events, NOW, self.shape.definitions
        ).items():
            found = Counter(tuple(map(_small, row)) for row in rollup.rows(name))
            expected = Counter(rows)
            differing[name] = [*(found - expected), *(expected - found)]
        return {name: rows for name, rows in differing.items() if rows}


def _small(cell: Any) -> Any:
    """Return a text as the oracle has it: to citext, case makes no difference."""
    return cell.lower() if isinstance(cell, str) else cell


def _exported(folder: Path) -> Counter[tuple[Any, ...]]:
    rows = ds.dataset(folder, partitioning="hive").to_table().to_pylist()
    return Counter(
        (_small(row["user_id"]), row["performed_at"], row["kind"])
        for row in rows
        if row["performed_at"] and 1 < row["performed_at"].year < 9999
    )


@pytest.fixture
def described(name: str, connection: Connection, tmp_path: Path) -> Iterator[Described]:
    """Yield a table of the shape of this name, still empty, and a project at work."""
    folder = tmp_path / "usage"
    described = Described(SHAPES[name], connection, folder)
    with at_work(folder):
        yield described


@pytest.mark.parametrize(
    "name",
    [
        pytest.param(name, marks=[] if name in QUICK else pytest.mark.prove)
        for name in SHAPES
    ],
)
def test_every_command_reads_the_table_as_it_is_and_every_number_is_right(
    name: str, described: Described, connection: Connection, tmp_path: Path
) -> None:
    shape, random = described.shape, Random(7)
    days = eventful_days(random, FIRST, 17)
    # As the clocks of Berlin go forward, of which one time is written as none there is.
    forward = [Event(99, datetime(2024, 3, 31, 1, minute)) for minute in (10, 40)]
    described.insert([*days, *forward, *invalid_events(NOW)])
    described.goes_through_something()

    log = ["--change-log"] if shape.has_log else []
    described.run("init", f"--table={shape.table}", *shape.options, *log)
    described.run("dbt", "build", CLOCK)
    assert described.differences() == {}

    old = [
        event
        for event in days
        if event.user_id in {1, 3, 5} and str(event.performed_at) < "2024-03-30"
    ]
    deleted, moved = random.sample(old, 2)
    described.change(deleted, None)
    described.change(moved, FIRST + timedelta(days=2, hours=23, minutes=30))
    late = (FIRST + timedelta(days=n, hours=22) for n in (1, 4, 15))
    described.insert([Event(21, moment) for moment in late])
    described.goes_through_something()
    planned = described.run("plan", CLOCK)
    described.run("dbt", "run", CLOCK)
    if shape.has_log:
        assert "late change" in planned
        assert described.differences() == {}
    described.run("dbt", "run", FULL)
    assert described.differences() == {}

    described.run("check")
    described.run("explain")
    described.run("export", "--to", str(tmp_path / "exported"))
    assert _exported(tmp_path / "exported") == Counter(
        (_small(e.user_id), e.performed_at, e.kind)
        for e in described.events
        if isinstance(e.performed_at, datetime) and e.performed_at.year < 9999
    )
    if shape.into is None:
        forgotten = shape.user(5)
        described.run("forget", "--yes", CLOCK, str(forgotten))
        described.events = [e for e in described.events if e.user_id != forgotten]
        assert described.differences() == {}
    assert "wide_performed_at_idx" not in indexes(connection)
