"""The change log: which changes of events it notes."""

from collections.abc import Sequence

import pytest

from orchestration.core.connection import Connection
from orchestration.core.settings import TableName
from tests.change_logs import (
    NOW,
    THRESHOLD,
    Entries,
    at,
    entries,
    insert,
    inserts,
    install,
    watched_events,
)
from tests.events_tables import COLUMNS, execute, fetch

OLD, OTHER = "2024-01-05 10:00", "2024-01-06 10:00"
LONG_AGO = "('1930-01-01 23:40:20'), ('1930-01-01 23:40:40')"
SECONDS = "generate_series(timestamp '2024-01-05 10:00', '2024-01-05 10:03', '1 s')"
UPSERT = "on conflict (user_id) do update set performed_at = excluded.performed_at"


@pytest.fixture
def watched(connection: Connection) -> Connection:
    """Return the connection: a new events table, and an empty log of its changes."""
    watched_events(connection)
    return connection


# By what is logged: events before, the statements that change them, and the entries.
CHANGES: dict[str, tuple[Sequence[str], Sequence[str], Entries]] = {
    "not an ordinary insert": (
        [],
        inserts(NOW, THRESHOLD, "2030-01-01", "infinity"),
        [],
    ),
    "a late insert": (
        [],
        inserts("2024-03-08 11:59:59.999999", "1970-01-01"),
        [
            ("2024-03-08 11:59:59.999999", "insert"),
            ("1970-01-01 00:00:00", "insert"),
        ],
    ),
    "by a threshold that the session's time zone does not move": (
        [],
        [
            "set time zone 'Pacific/Auckland'",
            *inserts(THRESHOLD, "2024-03-08 11:59"),
            "set time zone 'America/Los_Angeles'",
            *inserts(THRESHOLD, "2024-03-08 11:58"),
        ],
        at("2024-03-08 11:59", "2024-03-08 11:58", operation="insert"),
    ),
    **{
        f"once an update to {change}": (
            [OLD, NOW],
            [f"update events set {change}"],
            at(OLD, operation="update"),
        )
        for change in (
            "user_id = 2",
            "user_id = null",
            "course_id = 2",
            "kind = 'quiz'",
            """properties = '{"a": 1}'""",
        )
    },
    **{
        f"an update of properties from {old} to {new}, equal and not the same": (
            [OLD],
            [
                f"""update events set properties = '{{"v": {old}}}'""",
                "delete from events_change_log",
                f"""update events set properties = '{{"v": {new}}}'""",
            ],
            at(OLD, operation="update"),
        )
        for old, new in (("1.0", "1.00"), ("1", "1.0"))
    },
    **{
        f"with both times a move from {old} to {new}": (
            [old],
            [f"update events set performed_at = '{new}'"],
            at(old, new, operation="update"),
        )
        for old, new in ((OLD, OTHER), (NOW, OTHER), (OLD, NOW))
    },
    "no move among recent times": (
        [NOW],
        [f"update events set performed_at = '{THRESHOLD}'"],
        [],
    ),
    "no update that changes nothing": (
        [OLD],
        [
            "alter table events add note json",
            """update events set user_id = 1, kind = null, note = '{"more": 1}'""",
        ],
        [],
    ),
    "a delete": ([OLD, NOW], ["delete from events"], at(OLD, operation="delete")),
    "truncation, as a change of every day": (
        [],
        ["truncate events"],
        [(None, "truncate")],
    ),
    "no event without a finite time, which is of no day": (
        [],
        [
            *inserts(None, "-infinity", "infinity"),
            "update events set user_id = 2",
            "delete from events",
        ],
        [],
    ),
    **{
        f"with the time there is a move to {nowhere} and back": (
            [OLD],
            [
                f"update events set performed_at = {nowhere}",
                f"update events set performed_at = '{OTHER}'",
            ],
            at(OLD, OTHER, operation="update"),
        )
        for nowhere in ("null", "'infinity'", "'-infinity'")
    },
    "every way to write rows": (
        [],
        [
            "create unique index on events (user_id)",
            *inserts("2024-01-01"),
            f"{inserts('2024-01-02')[0]} {UPSERT}",
            "merge into events using (values (1)) on true when matched then delete",
        ],
        [
            *at("2024-01-01 00:00", operation="insert"),
            *at("2024-01-01 00:00", "2024-01-02 00:00", operation="update"),
            *at("2024-01-02 00:00", operation="delete"),
        ],
    ),
    "each minute in a row once within a transaction": (
        [],
        [
            f"insert into events (performed_at) select {SECONDS}",
            "delete from events where performed_at < '2024-01-05 10:01'",
        ],
        [
            *at(*(f"2024-01-05 10:0{n}" for n in range(4)), operation="insert"),
            *at(OLD, operation="delete"),
        ],
    ),
    "every event of before zones had offsets of whole minutes": (
        [],
        [f"insert into events (performed_at) values {LONG_AGO}"],
        [("1930-01-01 23:40:20", "insert"), ("1930-01-01 23:40:40", "insert")],
    ),
    "whatever the writer's search path": (
        [],
        [
            "create schema evil",
            "create function evil.isfinite(timestamp) returns boolean return false",
            "create table evil.events_change_log ()",
            "set search_path = evil, pg_catalog, public",
            *inserts(OLD),
            "reset search_path",
        ],
        at(OLD, operation="insert"),
    ),
    "rows that replication applies": (
        [],
        [
            "set session_replication_role = replica",
            *inserts(OLD),
            "update events set user_id = 2",
            "delete from events",
            "truncate events",
        ],
        [
            *at(OLD, operation="insert"),
            *at(OLD, operation="update"),
            *at(OLD, operation="delete"),
            (None, "truncate"),
        ],
    ),
    "nothing more once it is deleted, where the schema is published": (
        [OLD],
        [
            "set client_min_messages = error",
            "create publication everything for tables in schema public",
            *inserts(OLD),
            "delete from events_change_log",
        ],
        [],
    ),
}


@pytest.mark.parametrize("what", CHANGES)
def test_what_changes_of_old_events_is_logged(watched: Connection, what: str) -> None:
    before, statements, logged = CHANGES[what]
    execute(watched, *inserts(*before), "delete from events_change_log", *statements)

    assert entries(watched) == logged


def test_an_update_to_a_kind_that_its_collation_calls_equal_is_compared_by_bytes(
    watched: Connection,
) -> None:
    """By the definition: the embedded server has no collation of that sort."""
    ((definition,),) = fetch(
        watched,
        "select pg_get_triggerdef(oid) from pg_trigger"
        " where tgname = 'fast_dau_log_update'",
    )

    assert definition.count('kind COLLATE "C"') == 2


def test_times_at_the_edges_of_the_type_are_logged_as_they_are(
    watched: Connection,
) -> None:
    first, last = "4714-11-24 00:00:00 BC", "294276-12-31 23:59:59.999999"
    execute(watched, "set time zone 'America/New_York'")
    insert(watched, first, last)
    execute(
        watched,
        f"update events set performed_at = '{last}' where performed_at = '{first}'",
        "set time zone 'Asia/Tokyo'",
        f"update events set performed_at = '{first}'",
        "delete from events",
    )

    logged = entries(watched)
    assert {time for time, _ in logged} == {first, last}
    assert {operation for _, operation in logged} == {"insert", "update", "delete"}


def test_what_was_rolled_back_is_logged_when_it_is_done_again(
    watched: Connection, other: Connection
) -> None:
    insert(other, OLD)
    other.rollback()
    execute(other, "savepoint a")
    insert(other, OLD)
    execute(other, "rollback to a")
    insert(other, OLD, OTHER)
    other.commit()

    assert entries(watched) == at(OLD, OTHER, operation="insert")


def test_two_tables_in_one_transaction_are_logged_each_in_its_own(
    watched: Connection, other: Connection
) -> None:
    install(watched, TableName("public", "views"))
    execute(watched, "delete from views_change_log")
    insert(other, OLD)
    execute(other, f"insert into views (performed_at) values ('{OLD}')")
    other.commit()

    assert len(entries(watched)) == len(entries(watched, "views_change_log")) == 1


def test_writers_do_not_wait_for_each_other(
    watched: Connection, other: Connection
) -> None:
    execute(watched, "set lock_timeout = 1000")
    insert(watched, OLD, OLD)
    execute(other, "update events set user_id = 2 where ctid = '(0,1)'")
    execute(watched, "update events set user_id = 3 where ctid = '(0,2)'")
    insert(other, OLD)
    insert(watched, OLD)
    other.commit()

    assert len(entries(watched)) == 5


def test_an_entry_carries_the_transaction_that_a_snapshot_can_judge(
    watched: Connection, other: Connection
) -> None:
    insert(other, OLD)
    before = fetch(watched, "select pg_current_snapshot()::text")[0][0]
    other.commit()
    visible = "select pg_visible_in_snapshot(transaction_id, {}) from events_change_log"

    assert fetch(watched, visible.format(f"'{before}'")) == [(False,)]
    assert fetch(watched, visible.format("pg_current_snapshot()")) == [(True,)]


def test_a_role_without_rights_on_the_log_can_write_events(
    watched: Connection, stranger: str
) -> None:
    execute(
        watched,
        f"grant insert, delete, select, truncate on events to {stranger}",
        f"set role {stranger}",
    )
    insert(watched, OLD)
    execute(watched, "delete from events", "truncate events", "reset role")

    assert entries(watched) == [
        *at(OLD, operation="insert"),
        *at(OLD, operation="delete"),
        (None, "truncate"),
    ]


def test_other_roles_cannot_use_the_function_for_tables_of_their_own(
    watched: Connection, stranger: str
) -> None:
    assert fetch(
        watched,
        "select has_function_privilege(role, 'events_change_log()', 'execute') "
        f"from unnest(array['{stranger}', current_user]) as role",
    ) == [(False,), (True,)]


def test_partitions_are_watched_also_later_ones(connection: Connection) -> None:
    execute(
        connection,
        f"create table events ({COLUMNS}) partition by list (kind)",
        "create table a partition of events for values in ('a')",
    )
    watched_events(connection)
    execute(
        connection,
        "create table b partition of events for values in ('b')",
        "set session_replication_role = replica",
        "insert into events (kind, performed_at) values ('a', '2024-01-05 10:00')",
        "insert into a (kind, performed_at) values ('a', '2024-01-05 11:00')",
        "update events set kind = 'b' where performed_at = '2024-01-05 10:00'",
        "update b set performed_at = '2024-01-05 12:00'",
        f"insert into events (kind, performed_at) values ('b', '{NOW}')",
        "truncate events",
    )

    assert entries(connection) == [
        *at("2024-01-05 10:00", "2024-01-05 11:00", operation="insert"),
        *at("2024-01-05 10:00", operation="delete"),  # as a move to `b` is done
        *at("2024-01-05 10:00", operation="insert"),
        *at("2024-01-05 10:00", "2024-01-05 12:00", operation="update"),
        (None, "truncate"),
    ]
    assert install(connection) == []


def test_children_by_inheritance_are_watched_on_every_level(
    connection: Connection,
) -> None:
    execute(
        connection,
        f"create table events ({COLUMNS})",
        "create table y2023 () inherits (events)",
        "create table may () inherits (y2023)",
        "create table june () inherits (events, may)",
    )
    watched_events(connection)
    execute(
        connection,
        "set session_replication_role = replica",
        "insert into y2023 (performed_at) values ('2023-01-05 10:00')",
        "insert into may (performed_at) values ('2023-05-05 10:00')",
        f"insert into may (performed_at) values ('{NOW}')",
        "update events set kind = 'a' where performed_at = '2023-05-05 10:00'",
        "insert into june (performed_at) values ('2023-06-05 10:00')",
        "delete from events where performed_at = '2023-01-05 10:00'",
        "truncate may",
    )

    assert entries(connection) == [
        *at("2023-01-05 10:00", "2023-05-05 10:00", operation="insert"),
        *at("2023-05-05 10:00", operation="update"),
        *at("2023-06-05 10:00", operation="insert"),
        *at("2023-01-05 10:00", operation="delete"),
        (None, "truncate"),
        (None, "truncate"),  # of the child's own child
    ]
    assert install(connection) == []
