"""`fast-dau init`: the events table, checked or created, or told what differs."""

import pytest

from orchestration.core.connection import Connection
from orchestration.core.errors import Failure, UserError
from orchestration.core.settings import TableName
from orchestration.source.table import (
    init_events_table,
    init_script,
    require_events_table,
)
from tests.commands import run_cli
from tests.events_tables import (
    COLUMNS,
    COVERING,
    EVENTS,
    FOREIGN_SERVER,
    execute,
    fetch,
    indexes,
    init,
    statements_of,
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


def test_every_difference_is_listed_and_nothing_is_changed(
    connection: Connection,
) -> None:
    execute(
        connection,
        "create table events (user_id bigint, kind varchar(9), "
        "performed_at timestamptz, properties json)",
    )
    refused = run_cli("init")

    assert (refused.returncode, refused.stdout) == (2, "")
    assert refused.stderr == (
        "fast-dau: public.events is not an events table: column user_id is bigint, "
        "expected integer; column course_id (integer) is missing; column performed_at "
        "is timestamp with time zone, expected timestamp without time zone. Where its "
        "columns have other names or types, fast-dau init --table public.events finds "
        "out. Nothing was changed.\n"
    )
    assert indexes(connection) == {}


def test_a_column_in_which_several_kinds_are_one_is_refused(
    connection: Connection,
) -> None:
    execute(
        connection,
        # Its own libraries make none such for the embedded server.
        'create collation ci from "C"; set allow_system_table_mods = on;'
        " update pg_collation set collisdeterministic = false where collname = 'ci'",
        f"create table events ({COLUMNS.replace('kind text', 'kind text collate ci')})",
    )
    with pytest.raises(UserError, match="column kind has the collation ci, to which"):
        init(connection)


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
        ("create sequence events", "a sequence"),
        ("create type events as (a int)", "a composite type"),
        (
            f"create foreign table events ({COLUMNS}) server away",
            "a foreign table, which can have no index here: name a view of it",
        ),
    ],
)
def test_what_is_no_table_is_refused(
    connection: Connection, statement: str, kind: str
) -> None:
    execute(connection, *FOREIGN_SERVER, statement)

    with pytest.raises(UserError, match=f"public.events is {kind}.*: events are in"):
        init(connection)


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


def test_a_table_of_someone_else_is_a_failure_that_names_the_owner_unless_complete(
    connection: Connection, stranger: str
) -> None:
    execute(connection, f"create table events ({COLUMNS})", f"set role {stranger}")
    owner = fetch(connection, "select session_user")[0][0]
    with pytest.raises(Failure, match=f"public.events belongs to {owner}") as failed:
        init(connection)
    script = init_script(connection, EVENTS)
    execute(connection, "reset role", *statements_of(script), f"set role {stranger}")

    assert failed.value.exit_code == 1
    assert script.count("create index concurrently") == 2
    assert init(connection) == []


def test_a_schema_one_may_not_create_is_a_failure(
    connection: Connection, stranger: str
) -> None:
    execute(connection, f"set role {stranger}")
    with pytest.raises(Failure, match="permission denied for database") as failed:
        init(connection, TableName("app", "events"))

    assert "\n" not in str(failed.value)


def test_other_commands_get_the_tables_name_or_are_told_what_to_do(
    connection: Connection,
) -> None:
    with pytest.raises(UserError, match=r"no table public\.events.*`fast-dau init`"):
        require_events_table(connection)
    execute(connection, "create table events (user_id text)")
    with pytest.raises(UserError, match="column user_id is text, expected integer"):
        require_events_table(connection)
    execute(connection, "drop table events")
    init(connection)

    assert require_events_table(connection) == EVENTS


def test_the_command_prints_makes_and_then_has_nothing_to_do(
    connection: Connection,
) -> None:
    there = "select oid, xmin::text from pg_class order by oid"
    dry = run_cli("init", "--dry-run")
    tables = fetch(connection, "select from pg_class where relname = 'events'")
    first, made = run_cli("init"), fetch(connection, there)
    second = run_cli("init")

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
    assert fetch(connection, there) == made
