"""`fast-dau init`: the events table, checked or created, without blocking writers."""

import threading
from collections.abc import Callable, Iterator

import psycopg2
import pytest
from psycopg2.extensions import connection as Connection  # noqa: N812  # a class

from orchestration.errors import Failure, UserError
from orchestration.events import ddl
from orchestration.events.table import (
    init_events_table,
    init_script,
    require_events_table,
)
from orchestration.postgres.connection import connect
from orchestration.settings import TableName
from tests.commands import run_cli

EVENTS = TableName("public", "events")
COLUMNS = (
    "user_id int, course_id int, kind text, performed_at timestamp, properties jsonb"
)
COVERING = "(performed_at) INCLUDE (user_id, course_id)"
OF_NO_USER = "(performed_at) WHERE (user_id IS NULL)"


@pytest.fixture
def other(database_env: dict[str, str]) -> Iterator[Connection]:
    """Yield a second connection, not in autocommit mode."""
    opened = connect(database_env)
    yield opened
    opened.close()


def init(connection: Connection, table: TableName = EVENTS) -> list[str]:
    lines: list[str] = []
    init_events_table(connection, table, lines.append)
    return lines


def execute(connection: Connection, *statements: str) -> None:
    with connection.cursor() as cursor:
        for statement in statements:
            cursor.execute(statement)


def fetch(connection: Connection, query: str) -> list[tuple[object, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(query)
        return cursor.fetchall()


def indexes(connection: Connection) -> dict[str, str]:
    """Return all valid indexes of all tables: names, and what stands after USING."""
    rows = fetch(
        connection,
        "select c.relname, pg_get_indexdef(c.oid) from pg_index i "
        "join pg_class c on c.oid = i.indexrelid "
        "join pg_namespace n on n.oid = c.relnamespace "
        "where i.indisvalid and n.nspname !~ '^pg_'",
    )
    return {str(name): str(text).split("USING btree ")[1] for name, text in rows}


def wait_until(connection: Connection, query: str) -> None:
    """Ask again until the query, on another session's state, is true."""
    while fetch(connection, query) != [(True,)]:
        pass


def in_background(action: Callable[[], object]) -> threading.Thread:
    thread = threading.Thread(target=action)
    thread.start()
    return thread


def make_invalid_index(connection: Connection, other: Connection) -> None:
    """Cancel a concurrent build, which waits for `other`, as a user would."""
    execute(other, "lock table events in row exclusive mode")
    execute(connection, "set statement_timeout = 50")
    with pytest.raises(psycopg2.errors.QueryCanceled):
        execute(
            connection,
            "create index concurrently events_performed_at_idx on events "
            "(performed_at) include (user_id, course_id)",
        )
    execute(connection, "reset statement_timeout")
    other.rollback()


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


def test_init_again_has_nothing_to_do(connection: Connection) -> None:
    first = init_events_table(connection, EVENTS, print)
    before = fetch(connection, "select oid, xmin::text from pg_class order by oid")
    second = init_events_table(connection, EVENTS, print)

    assert (first, second) == (True, False)
    assert before == fetch(
        connection, "select oid, xmin::text from pg_class order by oid"
    )


def test_each_step_is_announced_before_it_runs(connection: Connection) -> None:
    seen: list[tuple[str, int]] = []
    execute(connection, f"create table events ({COLUMNS})")
    init_events_table(
        connection, EVENTS, lambda line: seen.append((line, len(indexes(connection))))
    )

    assert seen == [
        (
            "creating index public.events_performed_at_idx (writers are not blocked)",
            0,
        ),
        ("creating index public.events_null_user_idx (writers are not blocked)", 1),
    ]


def test_indexes_of_another_name_count_as_present(connection: Connection) -> None:
    execute(
        connection,
        f"create table events ({COLUMNS})",
        "create index a on events (performed_at) include (user_id, course_id)",
        "create index b on events (performed_at) where user_id is null",
    )

    assert init(connection) == []


@pytest.mark.parametrize(
    "definition",
    [
        "(performed_at)",
        "(performed_at, user_id, course_id)",
        "(performed_at) include (user_id)",
        "(performed_at) include (course_id, user_id)",
        "(performed_at desc) include (user_id, course_id)",
        "(performed_at) include (user_id, course_id) where user_id > 0",
        "(date_trunc('day', performed_at)) include (user_id, course_id)",
        "(user_id) include (performed_at, course_id)",
    ],
)
def test_an_index_of_another_definition_does_not_count(
    connection: Connection, definition: str
) -> None:
    execute(
        connection,
        f"create table events ({COLUMNS})",
        f"create index mine on events {definition}",
    )
    init(connection)

    assert indexes(connection)["events_performed_at_idx"] == COVERING


def test_the_same_index_on_another_table_does_not_count(connection: Connection) -> None:
    execute(
        connection,
        f"create table others ({COLUMNS})",
        "create index on others (performed_at) include (user_id, course_id)",
    )
    init(connection)

    assert indexes(connection)["events_performed_at_idx"] == COVERING


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


def test_every_difference_is_listed_and_nothing_is_changed(
    connection: Connection,
) -> None:
    execute(
        connection,
        "create table events (user_id bigint, kind varchar(9), "
        "performed_at timestamptz, properties json)",
    )
    with pytest.raises(UserError) as refused:
        init(connection)

    assert refused.value.exit_code == 2
    assert str(refused.value) == (
        "public.events is not an events table: column user_id is bigint, expected "
        "integer; column course_id (integer) is missing; column kind is character "
        "varying, expected text; column performed_at is timestamp with time zone, "
        "expected timestamp without time zone; column properties is json, expected "
        "jsonb. Nothing was changed."
    )
    assert indexes(connection) == {}


def test_more_columns_a_precision_and_constraints_are_fine(
    connection: Connection,
) -> None:
    execute(
        connection,
        "create table events (id bigserial primary key, dropped int, properties jsonb,"
        "performed_at timestamp(3) not null, kind text, course_id int, user_id int)",
        "alter table events drop column dropped",
    )
    init(connection)

    assert indexes(connection)["events_performed_at_idx"] == COVERING


@pytest.mark.parametrize(
    ("statement", "kind"),
    [
        ("create view events as select", "a view"),
        ("create materialized view events as select", "a materialized view"),
        ("create sequence events", "a sequence"),
        ("create type events as (a int)", "a composite type"),
        (f"create foreign table events ({COLUMNS}) server away", "a foreign table"),
    ],
)
def test_what_is_no_table_is_refused(
    connection: Connection, statement: str, kind: str
) -> None:
    execute(
        connection,
        "create foreign data wrapper away",
        "create server away foreign data wrapper away",
        statement,
    )

    with pytest.raises(UserError, match=f"public.events is {kind}: events have to be"):
        init(connection)


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


def test_a_partitioned_table_gets_its_indexes_on_every_partition(
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


def test_a_later_partition_gets_the_indexes_by_itself(partitioned: Connection) -> None:
    init(partitioned)
    execute(partitioned, "create table later partition of events default")

    assert len(indexes(partitioned)) == 14
    assert init(partitioned) == []


def test_indexes_that_partitions_have_are_attached_not_made_again(
    partitioned: Connection,
) -> None:
    execute(
        partitioned,
        "create index mine on y2024 (performed_at) include (user_id, course_id)",
        "create index on y2025 (performed_at) where user_id is null",
    )
    lines = init(partitioned)

    assert "attaching public.mine to public.events_performed_at_idx" in lines
    assert "attaching public.y2025_performed_at_idx to public.events_null_user_idx" in (
        lines
    )
    assert len(indexes(partitioned)) == 12


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


def test_a_foreign_partition_is_refused(partitioned: Connection) -> None:
    execute(
        partitioned,
        "create foreign data wrapper away",
        "create server away foreign data wrapper away",
        "create foreign table old partition of events default server away",
    )

    with pytest.raises(UserError, match=r"Partition public\.old is a foreign table"):
        init(partitioned)
    assert indexes(partitioned) == {}


def statements_of(script: str) -> list[str]:
    lines = [line for line in script.splitlines() if not line.startswith("--")]
    return "\n".join(lines).removesuffix(";").split(";\n")


def test_a_dry_run_prints_the_ddl_and_changes_nothing(connection: Connection) -> None:
    table = TableName("app", "events")

    assert init_script(connection, table) == (
        "-- creating schema app\n"
        'create schema if not exists "app";\n'
        "-- creating table app.events\n"
        'create table "app"."events" (user_id integer, course_id integer, kind text, '
        "performed_at timestamp, properties jsonb);\n"
        "-- creating index app.events_performed_at_idx (writers are not blocked)\n"
        'create index concurrently "events_performed_at_idx" on "app"."events" '
        "(performed_at) include (user_id, course_id);\n"
        "-- creating index app.events_null_user_idx (writers are not blocked)\n"
        'create index concurrently "events_null_user_idx" on "app"."events" '
        "(performed_at) where user_id is null;"
    )
    assert fetch(connection, "select from pg_namespace where nspname = 'app'") == []


def test_what_a_dry_run_prints_is_all_that_init_does(connection: Connection) -> None:
    table = TableName("app", "an\nodd ; name")
    execute(connection, *statements_of(init_script(connection, table)))

    assert init_script(connection, table).startswith("-- nothing to do: ")
    assert init(connection, table) == []


@pytest.fixture
def stranger(connection: Connection) -> Iterator[Connection]:
    """Yield the connection as a role that owns nothing and may create nothing."""
    execute(
        connection,
        f"create table events ({COLUMNS})",
        "create role events_stranger",
        "set role events_stranger",
    )
    yield connection
    execute(connection, "reset role", "drop role events_stranger")


def test_a_table_of_someone_else_is_a_failure_that_names_the_owner(
    stranger: Connection,
) -> None:
    owner = fetch(stranger, "select session_user")[0][0]
    with pytest.raises(Failure, match=f"public.events belongs to {owner}") as failed:
        init(stranger)

    assert failed.value.exit_code == 1
    assert init_script(stranger, EVENTS).count("create index concurrently") == 2


def test_a_table_of_someone_else_that_is_complete_is_fine(stranger: Connection) -> None:
    execute(stranger, "reset role")
    init(stranger)
    execute(stranger, "set role events_stranger")

    assert init(stranger) == []


def test_a_schema_one_may_not_create_is_a_failure(stranger: Connection) -> None:
    with pytest.raises(Failure, match="permission denied for database") as failed:
        init(stranger, TableName("app", "events"))

    assert "\n" not in str(failed.value)


def test_writers_go_on_while_an_index_waits_for_an_old_transaction(
    connection: Connection, other: Connection, database_env: dict[str, str]
) -> None:
    execute(connection, f"create table events ({COLUMNS})")
    execute(other, "insert into events default values")
    builder = connect(database_env)
    build = in_background(lambda: init(builder))
    wait_until(
        connection,
        "select exists (select from pg_stat_progress_create_index "
        "where phase = 'waiting for writers before build')",
    )
    execute(connection, "set lock_timeout = 1000", "insert into events default values")
    waited = build.is_alive()
    other.commit()
    build.join()
    builder.close()

    assert waited
    assert indexes(connection)["events_performed_at_idx"] == COVERING


def test_init_refuses_an_index_that_is_being_built(
    connection: Connection, other: Connection, database_env: dict[str, str]
) -> None:
    execute(connection, f"create table events ({COLUMNS})")
    execute(other, "insert into events default values")
    builder = connect(database_env)
    builder.autocommit = True
    build = in_background(
        lambda: execute(
            builder,
            "create index concurrently a on events "
            "(performed_at) include (user_id, course_id)",
        )
    )
    wait_until(
        connection,
        "select exists (select from pg_stat_progress_create_index "
        "where phase = 'waiting for writers before build')",
    )
    with pytest.raises(Failure, match=r"Index public\.a is being built") as failed:
        init(connection)
    other.commit()
    build.join()
    builder.close()

    assert failed.value.exit_code == 1
    assert indexes(connection) == {"a": COVERING}


def test_a_second_init_at_the_same_time_is_refused(
    connection: Connection, other: Connection
) -> None:
    with ddl.alone(other, EVENTS), pytest.raises(Failure, match="Another `fast-dau"):
        init(connection)

    assert len(init(connection)) == 3


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


def test_a_time_limit_of_the_role_does_not_cut_a_build(
    connection: Connection, other: Connection, database_env: dict[str, str]
) -> None:
    execute(connection, f"create table events ({COLUMNS})")
    execute(other, "lock table events in row exclusive mode")
    builder = connect(database_env)
    builder.autocommit = True
    execute(builder, "set statement_timeout = 500")
    build = in_background(lambda: init(builder))
    wait_until(
        connection,
        "select exists (select from pg_stat_activity where query ~ '^create index' "
        "and clock_timestamp() - query_start > interval '600 ms')",
    )
    other.rollback()
    build.join()
    builder.close()

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


def test_other_commands_are_told_to_run_init_first(connection: Connection) -> None:
    with pytest.raises(UserError, match=r"no table public\.events.*`fast-dau init`"):
        require_events_table(connection)


def test_other_commands_are_told_of_a_table_of_another_shape(
    connection: Connection,
) -> None:
    execute(connection, "create table events (user_id text)")

    with pytest.raises(UserError, match="column user_id is text, expected integer"):
        require_events_table(connection)


def test_other_commands_get_the_tables_name(connection: Connection) -> None:
    init(connection)

    assert require_events_table(connection) == EVENTS


def test_the_command_prints_makes_and_then_has_nothing_to_do(
    connection: Connection,
) -> None:
    dry = run_cli("init", "--dry-run")
    tables = fetch(connection, "select from pg_class where relname = 'events'")
    first, second = run_cli("init"), run_cli("init")

    assert [dry.returncode, first.returncode, second.returncode] == [0, 0, 0]
    assert 'create table "public"."events"' in dry.stdout
    assert tables == []
    assert first.stdout.splitlines() == [
        "creating table public.events",
        "creating index public.events_performed_at_idx (writers are not blocked)",
        "creating index public.events_null_user_idx (writers are not blocked)",
        "public.events is ready.",
    ]
    assert second.stdout == (
        "Nothing to do: public.events has its columns and indexes.\n"
    )


def test_the_command_refuses_a_table_of_another_shape(connection: Connection) -> None:
    execute(connection, "create table events (user_id int)")
    result = run_cli("init")

    assert result.returncode == 2
    assert result.stdout == ""
    assert result.stderr.startswith("fast-dau: public.events is not an events table: ")
    assert result.stderr.count("\n") == 1
