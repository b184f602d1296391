"""`fast-dau init`: missing indexes are made, and no writer is blocked meanwhile."""

from collections.abc import Iterator
from contextlib import closing

import pytest

from orchestration.core.connection import Connection, connect
from orchestration.core.errors import Failure
from orchestration.core.settings import TableName
from orchestration.source import ddl
from tests.events_tables import (
    COLUMNS,
    COVERING,
    EVENTS,
    OF_NO_USER,
    SERVING,
    execute,
    fetch,
    in_background,
    indexes,
    init,
    make_invalid_index,
    wait_until,
)

BUILD_WAITS = (
    "select exists (select from pg_stat_progress_create_index "
    "where phase = 'waiting for writers before build')"
)


@pytest.fixture
def builder(database_env: dict[str, str]) -> Iterator[Connection]:
    """A third connection, in autocommit mode."""
    with closing(connect(database_env)) as opened:
        opened.autocommit = True
        yield opened


def test_init_creates_schema_table_and_indexes(connection: Connection) -> None:
    init(connection, TableName("App Data", "Ev\nents"))

    assert fetch(
        connection,
        "select attname, format_type(atttypid, atttypmod) from pg_attribute where "
        'attrelid = \'"App Data"."Ev\nents"\'::regclass and attnum > 0 '
        "order by attnum",
    ) == [
        ("user_id", "integer"),
        ("course_id", "integer"),
        ("kind", "text"),
        ("performed_at", "timestamp without time zone"),
        ("properties", "jsonb"),
    ]
    assert indexes(connection) == {
        "Ev\nents_performed_at_idx": COVERING,
        "Ev\nents_null_user_idx": OF_NO_USER,
    }


@pytest.mark.parametrize(
    ("of_range", "of_no_user"),
    [
        (
            f"index on events {SERVING}",
            "index on events (performed_at) where user_id is null",
        ),
        (
            "index on events (performed_at desc, kind, course_id) include (user_id)",
            "index on events (user_id, performed_at)",
        ),
        (
            f"unique index on events {SERVING}",
            "index on events (user_id desc, performed_at desc, kind)",
        ),
    ],
)
def test_indexes_that_serve_as_well_count_as_present(
    connection: Connection, of_range: str, of_no_user: str
) -> None:
    execute(
        connection,
        f"create table events ({COLUMNS})",
        f"create {of_range}",
        f"create {of_no_user}",
    )

    assert init(connection) == []


@pytest.mark.parametrize(
    "definition",
    [
        "index mine on events (performed_at)",
        "index mine on events (performed_at) include (user_id)",
        f"index mine on events {SERVING} where user_id > 0",
        "index mine on events (date(performed_at)) include (user_id, course_id)",
        "index mine on events (user_id) include (performed_at, course_id)",
        f"index mine on others {SERVING}",
    ],
)
def test_an_index_that_serves_less_or_another_table_does_not_count(
    connection: Connection, definition: str
) -> None:
    execute(
        connection,
        f"create table events ({COLUMNS})",
        f"create table others ({COLUMNS})",
        f"create {definition}",
    )
    init(connection)

    assert indexes(connection)["events_performed_at_idx"] == COVERING


@pytest.mark.parametrize(
    "definition",
    [
        "(user_id) include (performed_at)",
        "(performed_at, user_id)",
        "(user_id, performed_at) where course_id = 1",
    ],
)
def test_an_index_that_does_not_begin_with_user_and_time_leaves_the_users_nulls_to_ours(
    connection: Connection, definition: str
) -> None:
    execute(
        connection,
        f"create table events ({COLUMNS})",
        f"create index mine on events {definition}",
    )
    init(connection)

    assert indexes(connection)["events_null_user_idx"] == OF_NO_USER


def test_an_invalid_index_of_a_cancelled_build_is_made_again(
    connection: Connection, other: Connection
) -> None:
    execute(connection, f"create table events ({COLUMNS})")
    make_invalid_index(connection, other)
    before = indexes(connection)
    lines = init(connection)

    assert before == {}
    assert lines[0].startswith(
        "dropping invalid index public.events_performed_at_idx, left behind"
    )
    assert indexes(connection) == {
        "events_performed_at_idx": COVERING,
        "events_null_user_idx": OF_NO_USER,
    }


def test_a_name_that_is_taken_is_numbered(connection: Connection) -> None:
    execute(
        connection,
        f"create table events ({COLUMNS})",
        "create table events_performed_at_idx ()",
        "create sequence events_performed_at_idx_1",
        "create index events_null_user_idx on events (course_id)",
    )
    init(connection)

    assert indexes(connection) == {
        "events_null_user_idx": "(course_id)",
        "events_performed_at_idx_2": COVERING,
        "events_null_user_idx_1": OF_NO_USER,
    }


@pytest.mark.parametrize("name", ["e" * 63, "é" * 31 + "e"])
def test_names_stay_within_63_bytes(connection: Connection, name: str) -> None:
    init(connection, TableName("public", name))

    assert sorted(indexes(connection).values()) == [COVERING, OF_NO_USER]
    assert all(
        found.endswith(("_performed_at_idx", "_null_user_idx"))
        for found in indexes(connection)
    )
    assert init(connection, TableName("public", name)) == []


def test_writers_go_on_while_an_index_waits_for_an_old_transaction(
    connection: Connection, other: Connection, builder: Connection
) -> None:
    execute(connection, f"create table events ({COLUMNS})")
    execute(other, "insert into events default values")
    build = in_background(lambda: init(builder))
    wait_until(connection, BUILD_WAITS)
    execute(connection, "set lock_timeout = 1000", "insert into events default values")
    waited = build.is_alive()
    other.commit()
    build.join()

    assert waited
    assert indexes(connection)["events_performed_at_idx"] == COVERING


def test_init_refuses_an_index_that_is_being_built(
    connection: Connection, other: Connection, builder: Connection
) -> None:
    execute(connection, f"create table events ({COLUMNS})")
    execute(other, "insert into events default values")
    statement = f"create index concurrently a on events {SERVING}"
    build = in_background(lambda: execute(builder, statement))
    wait_until(connection, BUILD_WAITS)
    with pytest.raises(Failure, match=r"Index public\.a is being built") as failed:
        init(connection)
    other.commit()
    build.join()

    assert failed.value.exit_code == 1
    assert indexes(connection) == {"a": COVERING}


def test_a_second_init_at_the_same_time_is_refused(
    connection: Connection, other: Connection
) -> None:
    with ddl.alone(other, EVENTS), pytest.raises(Failure, match="Another `fast-dau"):
        init(connection)

    assert len(init(connection)) == 3


def test_a_time_limit_of_the_role_does_not_cut_a_build(
    connection: Connection, other: Connection, builder: Connection
) -> None:
    execute(connection, f"create table events ({COLUMNS})")
    execute(other, "lock table events in row exclusive mode")
    execute(builder, "set statement_timeout = 500")
    build = in_background(lambda: init(builder))
    wait_until(
        connection,
        "select exists (select from pg_stat_activity where query ~ '^create index' "
        "and clock_timestamp() - query_start > interval '600 ms')",
    )
    other.rollback()
    build.join()

    assert len(indexes(connection)) == 2


def test_the_days_users_and_the_count_without_user_come_from_the_indexes(
    connection: Connection,
) -> None:
    init(connection)
    execute(connection, "set enable_seqscan = off", "set enable_bitmapscan = off")

    def plan(query: str) -> str:
        return str(fetch(connection, f"explain (costs off) {query}"))

    assert "Index Only Scan using events_performed_at_idx" in plan(
        "select distinct user_id, course_id from events "
        "where performed_at >= '2024-01-01' and performed_at < '2024-01-02'"
    )
    assert "Index Only Scan using events_null_user_idx" in plan(
        "select count(*), max(performed_at) from events where user_id is null"
    )
