"""`fast-dau init --change-log`: how the change log comes and goes."""

import subprocess
from collections.abc import Sequence
from contextlib import suppress

import pytest
from psycopg2.errors import DeadlockDetected

from orchestration.core.connection import Connection
from orchestration.core.errors import Failure, UserError
from orchestration.core.settings import TableName, dbt_vars
from orchestration.embedded.binaries import program
from orchestration.source import ddl
from orchestration.source.table import init_events_table, init_script
from orchestration.source.watching import change_log_table
from tests.change_logs import NOW, at, entries, insert, install, remove
from tests.commands import run_cli
from tests.events_tables import (
    COLUMNS,
    EVENTS,
    execute,
    fetch,
    in_background,
    wait_until,
)

INSTALLED = (
    "installing the change log public.events_change_log (writers wait for a moment)"
)


def operations(connection: Connection) -> list[str]:
    """Return what the log has entries of, in order."""
    return [operation for _, operation in entries(connection)]


def known(rollup: str) -> str:
    """Return the statement by which a rollup is known to the log."""
    name = rollup.replace("'", "''")
    return (
        "insert into events_change_log_rollups (rollup, server, read_at)"
        f" values ('{name}', 'here', now())"
    )


def test_installing_logs_that_every_day_may_have_changed_and_again_does_nothing(
    connection: Connection,
) -> None:
    assert install(connection)[-1] == INSTALLED
    assert entries(connection) == [(None, "install")]
    assert install(connection) == []
    assert entries(connection) == [(None, "install")]


@pytest.mark.parametrize("lookback_days", [2, 5])
def test_another_lookback_moves_the_threshold_and_logs_that_all_may_have_changed(
    connection: Connection, monkeypatch: pytest.MonkeyPatch, lookback_days: int
) -> None:
    install(connection)
    monkeypatch.setitem(dbt_vars(), "lookback_days", lookback_days)
    lines = install(connection)
    hours = (lookback_days - 1) * 24
    age = f"timezone('utc', now()) - interval '{hours} hours"
    execute(
        connection,
        f"insert into events (performed_at) values ({age} -5 minutes')",
        f"insert into events (performed_at) values ({age} 5 minutes')",
    )

    assert lines == [INSTALLED]
    assert operations(connection) == ["install", "install", "insert"]
    assert fetch(
        connection,
        r"select distinct split_part(encode(tgargs, 'escape'), '\', 1) from pg_trigger",
    ) == [(str(lookback_days - 1),)]


def test_a_lookback_that_leaves_no_day_for_the_log_is_refused(
    connection: Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(dbt_vars(), "lookback_days", 1)
    with pytest.raises(UserError, match="to be at least 2") as refused:
        install(connection)

    assert refused.value.exit_code == 2
    assert fetch(connection, "select to_regclass('events')") == [(None,)]


NEXT = (
    f"create table next ({COLUMNS})",
    "alter table events rename to old",
    "alter table next rename to events",
)
OF_BOTH = (
    "insert into old (performed_at) values ('2024-01-05 10:00')",
    "truncate old",
    "insert into events (performed_at) values ('2024-01-06 10:00')",
)
# What is done to the events or the log, what then changes, and what is logged of it.
DAMAGES: dict[str, tuple[Sequence[str], Sequence[str], list[str]]] = {
    **{
        damage: ([damage], ["truncate events"], ["truncate"])
        for damage in (
            "drop trigger fast_dau_log_update on events",
            "alter table events disable trigger fast_dau_log_delete",
            "alter table events enable replica trigger fast_dau_log_delete",
            "drop table events_change_log",
            "drop table events_change_log_rollups",
            "drop function events_change_log() cascade",
            # Whose copy would log each change twice.
            "alter trigger fast_dau_log_truncate on events rename to mine",
        )
    },
    "another table takes the name": (NEXT, OF_BOTH, ["insert"]),
    "another table, of another owner, takes the name": (
        [*NEXT, "alter table events owner to events_writer"],
        OF_BOTH,
        ["insert"],
    ),
    "the table becomes a partition": (
        [
            "alter table events rename to a",
            f"create table events ({COLUMNS}) partition by list (kind)",
            "alter table events attach partition a for values in ('a')",
        ],
        [
            "insert into a (kind, performed_at) values ('a', '2024-01-05 10:00')",
            "truncate events",
        ],
        ["insert", "truncate"],
    ),
}


@pytest.mark.parametrize("damage", DAMAGES)
def test_installing_repairs_what_is_no_longer_whole(
    connection: Connection, stranger: str, damage: str
) -> None:
    done, then, logged = DAMAGES[damage]
    install(connection)
    execute(connection, *done)

    assert install(connection)[-1] == INSTALLED
    assert entries(connection)[-1] == (None, "install")
    execute(connection, "delete from events_change_log", *then)
    assert operations(connection) == logged
    assert install(connection) == []


PARTITIONED = (
    f"create table events ({COLUMNS}) partition by list (kind)",
    "create table a partition of events for values in ('a')",
)
INHERITED = (
    f"create table events ({COLUMNS})",
    "create table a () inherits (events)",
)


@pytest.mark.parametrize("table", ["events", "a"])
@pytest.mark.parametrize("tables", [PARTITIONED, INHERITED])
@pytest.mark.parametrize(
    "damage",
    [
        "alter table {} disable trigger all; alter table {} enable trigger all",
        "alter table {} disable trigger fast_dau_log_update",
        "alter table {} enable replica trigger fast_dau_log_insert",
    ],
)
def test_each_table_of_the_events_is_looked_at_and_mended(
    connection: Connection, tables: tuple[str, ...], table: str, damage: str
) -> None:
    execute(connection, *tables)
    install(connection)
    execute(connection, damage.replace("{}", table))
    plain = run_cli("init")
    lines = install(connection)
    execute(
        connection,
        "delete from events_change_log",
        "set session_replication_role = replica",
        "insert into a (kind, performed_at) values ('a', '2024-01-05 10:00')",
        "update a set user_id = 2",
    )

    assert "The change log does not see changes of public." in plain.stdout
    assert f"public.{table}" in plain.stdout
    assert lines == [INSTALLED]
    assert at("2024-01-05 10:00", operation="insert")[0] in entries(connection)
    assert at("2024-01-05 10:00", operation="update")[0] in entries(connection)
    assert install(connection) == []


def test_tables_that_become_part_of_the_events_later_are_watched_from_the_next_time(
    connection: Connection,
) -> None:
    install(connection)
    tables = [f"child_{n}" for n in range(5)]
    for table in tables:
        execute(connection, f"create table {table} () inherits (events)")
    dry, plain = run_cli("init", "--dry-run"), run_cli("init")
    lines = install(connection)
    insert(connection, "2024-01-05 10:00")
    execute(connection, "insert into child_4 (performed_at) values ('2024-01-06')")

    gap = (
        "The change log does not see changes of public.child_0, public.child_1, "
        "public.child_2 and 2 more: mend it with fast-dau init --change-log.\n"
    )
    assert dry.stdout.endswith(f"\n-- {gap}")
    assert plain.stdout.endswith(f"public.events is ready.\n{gap}")
    assert lines == [INSTALLED]
    assert len(entries(connection)) == 4
    assert run_cli("init").stdout.splitlines() == [
        "Nothing to do: public.events has its columns and indexes.",
        "It has 2 events, from 2024-01-05 to 2024-01-06 (UTC).",
    ]


def test_a_table_of_another_session_is_none_of_the_events(
    connection: Connection,
) -> None:
    install(connection)
    execute(connection, "create temporary table passing () inherits (events)")

    assert install(connection) == []
    assert run_cli("init").stdout.startswith("Nothing to do")


def test_removing_takes_the_triggers_off_every_table(connection: Connection) -> None:
    execute(connection, *INHERITED)
    install(connection)
    execute(
        connection,
        "alter table events rename to old",
        f"create table events ({COLUMNS})",
    )
    lines = remove(connection)
    execute(connection, "insert into a (performed_at) values ('2024-01-05 10:00')")

    assert len(lines) == 3  # two indexes of the new table before
    assert fetch(connection, "select from pg_trigger") == []


def test_who_may_delete_entries_may_write_the_rollups(
    connection: Connection, stranger: str
) -> None:
    rights = "select", "insert", "update", "delete", "truncate"
    may = ", ".join(
        f"has_table_privilege('{stranger}', 'events_change_log_rollups', '{right}')"
        for right in rights
    )
    install(connection)
    before = fetch(connection, f"select {may}")
    execute(
        connection,
        f"grant select, delete on events_change_log to {stranger}",
        "drop table events_change_log_rollups",  # as before there were several rollups
    )

    assert before == [(False, False, False, False, False)]
    assert install(connection) == [INSTALLED]
    assert fetch(connection, f"select {may}") == [(True, True, True, True, False)]


def test_rollups_are_kept_when_the_log_is_mended_and_struck_off_by_their_names(
    connection: Connection,
) -> None:
    install(connection)
    execute(connection, known("analytics"), known("it's"))
    execute(connection, "drop trigger fast_dau_log_insert on events")
    install(connection)
    dry = run_cli("init", "--strike-off", "it's", "--dry-run")
    wrong = run_cli("init", "--strike-off", "dev")
    done = run_cli("init", "--strike-off", "it's")

    struck = (
        "striking it's off: logged changes no longer wait for it; should it ever run "
        "again, it rebuilds every day once\n"
    )
    assert dry.stdout == (
        f'-- {struck}delete from "public"."events_change_log_rollups"'
        " where rollup = 'it''s';\n"
    )
    assert wrong.returncode == 1
    assert wrong.stderr == (
        "fast-dau: The change log of public.events does not wait for a rollup dev. "
        "It waits for: analytics, it's.\n"
    )
    assert (done.returncode, done.stdout) == (0, struck)
    assert fetch(connection, "select rollup from events_change_log_rollups") == [
        ("analytics",)
    ]


def test_without_a_log_there_is_no_rollup_to_strike_off(connection: Connection) -> None:
    refused = run_cli("init", "--strike-off", "dev")
    mixed = run_cli("init", "--strike-off", "dev", "--change-log")

    assert (refused.returncode, mixed.returncode) == (2, 2)
    assert "public.events has no change log" in refused.stderr
    assert "goes with no option but --dry-run" in mixed.stderr
    assert fetch(connection, "select to_regclass('events')") == [(None,)]


def test_the_log_of_a_table_of_someone_else_is_a_failure_that_names_the_owner(
    connection: Connection, stranger: str
) -> None:
    init_events_table(connection, EVENTS, print)
    owner = fetch(connection, "select session_user")[0][0]
    execute(connection, f"set role {stranger}")

    with pytest.raises(Failure, match=f"belongs to {owner}, and only its owner"):
        install(connection)
    assert "create or replace trigger" in init_script(
        connection, EVENTS, change_log=True
    )


def test_the_tables_owner_owns_the_log_whoever_installs_it(
    connection: Connection, stranger: str
) -> None:
    execute(
        connection,
        f"create table events ({COLUMNS})",
        f"alter table events owner to {stranger}",
    )
    install(connection)

    assert fetch(
        connection,
        "select pg_get_userbyid(relowner), pg_get_userbyid(proowner) "
        "from pg_class, pg_proc "
        "where relname = 'events_change_log' and proname = 'events_change_log'",
    ) == [(stranger, stranger)]


def test_a_busy_table_is_given_up_not_queued_for_and_nothing_is_left_half_done(
    connection: Connection, other: Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(ddl, "LOCK_TIMEOUT_MS", 20)
    monkeypatch.setattr(ddl, "LOCK_ATTEMPTS", 2)
    monkeypatch.setattr(ddl, "LOCK_PAUSE_SECONDS", 0)
    init_events_table(connection, EVENTS, print)
    insert(other, NOW)
    with pytest.raises(Failure, match="keep the table locked"):
        install(connection)
    left = fetch(connection, "select to_regclass('events_change_log')")
    other.commit()

    assert left == [(None,)]
    assert install(connection) == [INSTALLED]


def test_where_a_writer_and_the_installation_wait_for_each_other_both_come_through(
    connection: Connection, other: Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(ddl, "LOCK_PAUSE_SECONDS", 0)
    execute(connection, *INHERITED)
    init_events_table(connection, EVENTS, print)
    execute(other, "insert into a (performed_at) values ('2024-01-05 10:00')")
    installed: list[str] = []
    thread = in_background(lambda: installed.extend(install(connection)))
    wait_until(
        other,
        "select exists (select from pg_locks where not granted"
        " and relation = 'a'::regclass)",
    )
    # Of two that wait for each other, the server may end either.
    with suppress(DeadlockDetected):
        insert(other, "2024-01-06 10:00")
    other.commit()
    thread.join()

    assert installed == [INSTALLED]


@pytest.mark.parametrize("name", ["e" * 63, "é" * 31 + "e", "an\nodd ; 'name\""])
def test_names_of_all_kinds_get_a_log(connection: Connection, name: str) -> None:
    table = TableName("public", name)
    log = change_log_table(table)
    install(connection, table)
    quoted = name.replace('"', '""')
    execute(
        connection, f"insert into \"{quoted}\" (performed_at) values ('2024-01-01')"
    )

    assert len(log.name.encode()) <= 63
    assert log.name.endswith("_change_log")
    assert len(entries(connection, log.name.replace('"', '""'))) == 2
    assert install(connection, table) == []


@pytest.mark.parametrize("wanted", [True, False])
def test_psql_runs_what_a_dry_run_prints(
    connection: Connection, database_env: dict[str, str], *, wanted: bool
) -> None:
    if not wanted:
        install(connection)
    script = init_script(connection, EVENTS, change_log=wanted)
    subprocess.run(
        [program("psql"), "--no-psqlrc", "--quiet", "--set=ON_ERROR_STOP=1"],
        input=script,
        text=True,
        check=True,
    )

    assert init_script(connection, EVENTS, change_log=wanted).startswith(
        "-- nothing to do: public.events has its columns"
    )
    assert (install if wanted else remove)(connection) == []


def test_the_command_installs_says_what_it_did_and_removes_all_of_it(
    connection: Connection,
) -> None:
    there = (
        "select (select count(*) from pg_trigger), (select count(*) from pg_proc), "
        "(select count(*) from pg_class)"
    )
    run_cli("init")
    before = fetch(connection, there)
    dry = run_cli("init", "--change-log", "--dry-run")
    first, second = run_cli("init", "--change-log"), run_cli("init", "--change-log")
    plain, kept = run_cli("init"), fetch(connection, there)
    gone, again = run_cli("init", "--no-change-log"), run_cli("init", "--no-change-log")

    assert dry.stdout.startswith(f"-- {INSTALLED}\ndo $install$")
    assert first.stdout.startswith(f"{INSTALLED}\npublic.events is ready.\n")
    assert "older than 48 hours" in first.stdout
    assert "events_kept_from" in first.stdout
    assert second.stdout == (
        "Nothing to do: public.events has its columns, indexes and change log.\n"
    )
    assert plain.stdout == (
        "Nothing to do: public.events has its columns and indexes.\n"
    )
    assert kept > before
    assert gone.stdout.startswith(
        "removing the change log public.events_change_log (writers wait for a moment)\n"
    )
    assert again.stdout == (
        "Nothing to do: public.events has its columns and indexes, and no change log.\n"
    )
    assert fetch(connection, there) == before
