"""`fast-dau init` of events in several tables: partitions, children by inheritance."""

import pytest

from orchestration.core.connection import Connection
from orchestration.core.errors import Failure, UserError
from orchestration.core.settings import TableName
from orchestration.source import ddl
from orchestration.source.table import init_script
from tests.events_tables import (
    COLUMNS,
    COVERING,
    EVENTS,
    FOREIGN_SERVER,
    OF_NO_USER,
    SERVING,
    execute,
    fetch,
    indexes,
    init,
    make_invalid_index,
    statements_of,
)


@pytest.fixture
def partitioned(connection: Connection) -> Connection:
    """Return the connection: an events table with partitions on two levels."""
    execute(
        connection,
        f"create table events ({COLUMNS}) partition by range (performed_at)",
        "create table y2023 partition of events "
        "for values from ('2023-01-01') to ('2024-01-01')",
        # Its columns stand in another order, as in a table that was attached later.
        "create table y2024 (properties jsonb, gone int, performed_at timestamp, "
        "kind text, course_id int, user_id int)",
        "alter table y2024 drop column gone",
        "alter table events attach partition y2024 "
        "for values from ('2024-01-01') to ('2025-01-01')",
        "create table y2025 partition of events "
        "for values from ('2025-01-01') to ('2026-01-01') partition by list (kind)",
        "create table y2025_view partition of y2025 for values in ('view')",
        "create table y2025_rest partition of y2025 default",
    )
    return connection


def test_a_partitioned_table_gets_its_indexes_on_every_partition_and_later_ones(
    partitioned: Connection,
) -> None:
    lines = init(partitioned)
    tables = ("events", "y2023", "y2024", "y2025", "y2025_view", "y2025_rest")

    assert indexes(partitioned) == {
        **{f"{table}_performed_at_idx": COVERING for table in tables},
        **{f"{table}_null_user_idx": OF_NO_USER for table in tables},
    }
    assert (
        "attaching public.y2024_null_user_idx to public.events_null_user_idx" in lines
    )
    assert init(partitioned) == []

    execute(partitioned, "create table later partition of events default")

    assert len(indexes(partitioned)) == 14
    assert init(partitioned) == []


def test_indexes_that_partitions_have_are_attached_not_made_again(
    partitioned: Connection,
) -> None:
    execute(
        partitioned,
        f"create index mine on y2024 {SERVING}",
        "create index on y2025 (performed_at) where user_id is null",
    )
    lines = init(partitioned)

    assert "attaching public.mine to public.events_performed_at_idx" in lines
    assert "attaching public.y2025_performed_at_idx to public.events_null_user_idx" in (
        lines
    )
    assert len(indexes(partitioned)) == 12


@pytest.mark.parametrize(
    ("statements", "kept"),
    [
        (
            [
                f"create index parents on only events {SERVING}",
                f"create index a on y2023 {SERVING}",
                f"create index b on y2023 {SERVING}",
                "alter index parents attach partition b",
            ],
            "parents",
        ),
        (
            [
                f"create index a on only events {SERVING}",
                f"create index b on only events {SERVING}",
                f"create index mine on y2023 {SERVING}",
                "alter index b attach partition mine",
            ],
            "a",
        ),
    ],
    ids=["of two equal ones the attached one counts", "it may be another parent's"],
)
def test_an_index_that_is_attached_is_not_attached_again(
    partitioned: Connection, statements: list[str], kept: str
) -> None:
    execute(partitioned, *statements)
    init(partitioned)

    assert kept in indexes(partitioned)
    assert init(partitioned) == []


def test_partitions_whose_long_names_begin_alike_get_indexes(
    connection: Connection,
) -> None:
    execute(
        connection,
        f"create table events ({COLUMNS}) partition by list (kind)",
        f"create table {'e' * 62}a partition of events for values in ('a')",
        f"create table {'e' * 62}b partition of events for values in ('b')",
    )
    init(connection)

    assert len(indexes(connection)) == 6


@pytest.mark.parametrize("done", [2, 3, 4, 6, 12])
def test_init_of_partitions_goes_on_where_it_stopped(
    partitioned: Connection, done: int
) -> None:
    """Whatever was done before init was cut off, the next one does only the rest."""
    statements = statements_of(init_script(partitioned, EVENTS))
    execute(partitioned, *statements[:done])
    rest = statements_of(init_script(partitioned, EVENTS))
    init(partitioned)

    assert rest == statements[done:]
    assert len(indexes(partitioned)) == 12


def test_an_invalid_index_of_a_partition_is_made_again(
    partitioned: Connection, other: Connection
) -> None:
    execute(partitioned, "alter table events rename to parent")
    execute(partitioned, "alter table y2023 rename to events")
    make_invalid_index(partitioned, other)
    init(partitioned, TableName("public", "parent"))

    assert len(indexes(partitioned)) == 12
    assert indexes(partitioned)["events_performed_at_idx"] == COVERING


def test_every_child_by_inheritance_gets_indexes_of_its_own(
    connection: Connection,
) -> None:
    execute(
        connection,
        f"create table events ({COLUMNS})",
        "create schema old",
        "create table old.y2023 () inherits (events)",
        "create table old.may () inherits (old.y2023, events)",
        "create index mine on old.may (performed_at) where user_id is null",
    )
    first = init(connection)
    execute(connection, "create table later () inherits (old.may)")
    second = init(connection)

    tables = ("events", "y2023", "may", "later")
    assert indexes(connection) == {
        **{f"{table}_performed_at_idx": COVERING for table in tables},
        **{f"{table}_null_user_idx": OF_NO_USER for table in tables if table != "may"},
        "mine": OF_NO_USER,
    }
    assert (len(first), len(second)) == (5, 2)
    assert init(connection) == []


@pytest.mark.parametrize(
    ("what", "events", "old"),
    [
        ("Partition", " partition by list (kind)", "partition of events default"),
        ("Child", "", "() inherits (events)"),
    ],
)
def test_a_foreign_table_among_them_is_refused(
    connection: Connection, what: str, events: str, old: str
) -> None:
    execute(
        connection,
        *FOREIGN_SERVER,
        f"create table events ({COLUMNS}){events}",
        f"create foreign table old {old} server away",
    )

    with pytest.raises(UserError, match=rf"{what} public\.old is a foreign table"):
        init(connection)
    assert indexes(connection) == {}


def test_a_lock_on_a_partitioned_table_is_given_up_not_queued_for(
    partitioned: Connection, other: Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A waiting `create index on only` would make every later writer wait behind it."""
    monkeypatch.setattr(ddl, "LOCK_TIMEOUT_MS", 20)
    monkeypatch.setattr(ddl, "LOCK_ATTEMPTS", 2)
    monkeypatch.setattr(ddl, "LOCK_PAUSE_SECONDS", 0)
    statements = statements_of(init_script(partitioned, EVENTS))
    execute(partitioned, *(text for text in statements if "concurrently" in text))
    execute(other, "insert into events (performed_at) values ('2023-05-05')")
    with pytest.raises(Failure, match="keep the table locked"):
        init(partitioned)
    other.commit()
    init(partitioned)

    assert len(indexes(partitioned)) == 12
    assert fetch(partitioned, "show lock_timeout") == [("0",)]
