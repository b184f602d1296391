"""The change log: which changes of events it notes."""

import pytest

from orchestration.core.connection import Connection
from orchestration.core.settings import TableName
from tests.change_logs import (
    NOW,
    THRESHOLD,
    at,
    entries,
    insert,
    install,
    watched_events,
)
from tests.events_tables import COLUMNS, execute, fetch


@pytest.fixture
def watched(connection: Connection) -> Connection:
    """Return the connection: a new events table, and an empty log of its changes."""
    watched_events(connection)
    return connection


# --- What is logged


def test_an_ordinary_insert_is_not_logged(watched: Connection) -> None:
    insert(watched, NOW, THRESHOLD, "2030-01-01", "infinity")

    assert entries(watched) == []


def test_a_late_insert_is_logged(watched: Connection) -> None:
    insert(watched, "2024-03-08 11:59:59.999999", "1970-01-01")

    assert entries(watched) == [
        ("2024-03-08 11:59:59.999999", "insert"),
        ("1970-01-01 00:00:00", "insert"),
    ]


def test_the_sessions_time_zone_does_not_move_the_threshold(
    watched: Connection,
) -> None:
    execute(watched, "set time zone 'Pacific/Auckland'")
    insert(watched, THRESHOLD, "2024-03-08 11:59")
    execute(watched, "set time zone 'America/Los_Angeles'")
    insert(watched, THRESHOLD, "2024-03-08 11:58")

    assert entries(watched) == at(
        "2024-03-08 11:59", "2024-03-08 11:58", operation="insert"
    )


@pytest.mark.parametrize(
    "change",
    [
        "user_id = 2",
        "user_id = null",
        "course_id = 2",
        "kind = 'quiz'",
        """properties = '{"a": 1}'""",
    ],
)
def test_an_update_of_any_of_the_columns_is_logged_once(
    watched: Connection, change: str
) -> None:
    insert(watched, "2024-01-05 10:00", NOW)
    execute(watched, "delete from events_change_log", f"update events set {change}")

    assert entries(watched) == at("2024-01-05 10:00", operation="update")


@pytest.mark.parametrize(("old", "new"), [("1.0", "1.00"), ("1", "1.0")])
def test_an_update_to_properties_that_are_equal_and_not_the_same_is_logged(
    watched: Connection, old: str, new: str
) -> None:
    insert(watched, "2024-01-05 10:00")
    execute(
        watched,
        f"""update events set properties = '{{"v": {old}}}'""",
        "delete from events_change_log",
        f"""update events set properties = '{{"v": {new}}}'""",
    )

    assert entries(watched) == at("2024-01-05 10:00", operation="update")


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


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("2024-01-05 10:00", "2024-01-06 10:00"),
        (NOW, "2024-01-06 10:00"),
        ("2024-01-05 10:00", NOW),
    ],
)
def test_a_move_in_time_is_logged_with_both_times(
    watched: Connection, old: str, new: str
) -> None:
    insert(watched, old)
    execute(
        watched,
        "delete from events_change_log",
        f"update events set performed_at = '{new}'",
    )

    assert entries(watched) == at(old, new, operation="update")


def test_a_move_among_recent_times_is_not_logged(watched: Connection) -> None:
    insert(watched, NOW)
    execute(watched, f"update events set performed_at = '{THRESHOLD}'")

    assert entries(watched) == []


def test_an_update_that_changes_nothing_is_not_logged(watched: Connection) -> None:
    insert(watched, "2024-01-05 10:00")
    execute(
        watched,
        "delete from events_change_log",
        "alter table events add note json",
        """update events set user_id = 1, kind = null, note = '{"more": 1}'""",
    )

    assert entries(watched) == []


def test_a_delete_is_logged(watched: Connection) -> None:
    insert(watched, "2024-01-05 10:00", NOW)
    execute(watched, "delete from events_change_log", "delete from events")

    assert entries(watched) == at("2024-01-05 10:00", operation="delete")


def test_truncation_is_logged_as_a_change_of_every_day(watched: Connection) -> None:
    execute(watched, "truncate events")

    assert entries(watched) == [(None, "truncate")]


def test_events_without_a_finite_time_are_of_no_day_and_not_logged(
    watched: Connection,
) -> None:
    insert(watched, None, "-infinity", "infinity")
    execute(watched, "update events set user_id = 2", "delete from events")

    assert entries(watched) == []


@pytest.mark.parametrize("nowhere", ["null", "'infinity'", "'-infinity'"])
def test_a_move_out_of_time_and_back_is_logged_with_the_time_there_is(
    watched: Connection, nowhere: str
) -> None:
    insert(watched, "2024-01-05 10:00")
    execute(
        watched,
        "delete from events_change_log",
        f"update events set performed_at = {nowhere}",
        "update events set performed_at = '2024-01-06 10:00'",
    )

    assert entries(watched) == at(
        "2024-01-05 10:00", "2024-01-06 10:00", operation="update"
    )


def test_every_way_to_write_rows_is_logged(watched: Connection) -> None:
    execute(
        watched,
        "create unique index on events (user_id)",
        "insert into events (user_id, performed_at) values (1, '2024-01-01')",
        "insert into events (user_id, performed_at) values (1, '2024-01-02') "
        "on conflict (user_id) do update set performed_at = excluded.performed_at",
        "merge into events using (select 1 as user_id) as gone "
        "on gone.user_id = events.user_id when matched then delete",
    )

    assert entries(watched) == [
        ("2024-01-01 00:00:00", "insert"),
        ("2024-01-01 00:00:00", "update"),
        ("2024-01-02 00:00:00", "update"),
        ("2024-01-02 00:00:00", "delete"),
    ]


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


# --- Changes of one transaction


def test_within_a_transaction_each_minute_in_a_row_is_logged_once(
    watched: Connection,
) -> None:
    execute(
        watched,
        "insert into events (user_id, performed_at) select 1, "
        "timestamp '2024-01-05 10:00' + n * interval '1 s' from generate_series(0, 180)"
        " as n",
        "delete from events where performed_at < '2024-01-05 10:01'",
    )

    assert entries(watched) == [
        *at(
            "2024-01-05 10:00",
            "2024-01-05 10:01",
            "2024-01-05 10:02",
            "2024-01-05 10:03",
            operation="insert",
        ),
        *at("2024-01-05 10:00", operation="delete"),
    ]


def test_before_zones_had_offsets_of_whole_minutes_every_event_is_logged(
    watched: Connection,
) -> None:
    execute(
        watched,
        "insert into events (performed_at) "
        "values ('1930-01-01 23:40:20'), ('1930-01-01 23:40:40')",
    )

    assert len(entries(watched)) == 2


def test_what_was_rolled_back_to_a_savepoint_is_logged_when_it_is_done_again(
    watched: Connection, other: Connection
) -> None:
    execute(other, "savepoint a")
    insert(other, "2024-01-05 10:00")
    execute(other, "rollback to a")
    insert(other, "2024-01-05 10:00")
    other.commit()

    assert entries(watched) == at("2024-01-05 10:00", operation="insert")


def test_rolled_back_changes_leave_no_entry(
    watched: Connection, other: Connection
) -> None:
    insert(other, "2024-01-05 10:00")
    other.rollback()
    insert(other, "2024-01-05 10:00", "2024-01-06 10:00")
    other.commit()

    assert entries(watched) == at(
        "2024-01-05 10:00", "2024-01-06 10:00", operation="insert"
    )


def test_two_tables_in_one_transaction_are_logged_each_in_its_own(
    watched: Connection, other: Connection
) -> None:
    install(watched, TableName("public", "views"))
    execute(watched, "delete from views_change_log")
    insert(other, "2024-01-05 10:00")
    execute(other, "insert into views (performed_at) values ('2024-01-05 10:00')")
    other.commit()

    assert len(entries(watched)) == len(entries(watched, "views_change_log")) == 1


def test_writers_do_not_wait_for_each_other(
    watched: Connection, other: Connection
) -> None:
    execute(watched, "set lock_timeout = 1000")
    insert(watched, "2024-01-05 10:00", "2024-01-05 10:00")
    execute(other, "update events set user_id = 2 where ctid = '(0,1)'")
    execute(watched, "update events set user_id = 3 where ctid = '(0,2)'")
    insert(other, "2024-01-05 10:00")
    insert(watched, "2024-01-05 10:00")
    other.commit()

    assert len(entries(watched)) == 5


def test_an_entry_carries_the_transaction_that_a_snapshot_can_judge(
    watched: Connection, other: Connection
) -> None:
    insert(other, "2024-01-05 10:00")
    before = fetch(watched, "select pg_current_snapshot()::text")[0][0]
    other.commit()
    visible = "select pg_visible_in_snapshot(transaction_id, {}) from events_change_log"

    assert fetch(watched, visible.format(f"'{before}'")) == [(False,)]
    assert fetch(watched, visible.format("pg_current_snapshot()")) == [(True,)]


# --- Who may write, and how


def test_a_role_without_rights_on_the_log_can_write_events(
    watched: Connection, stranger: str
) -> None:
    execute(
        watched,
        f"grant insert, delete, select, truncate on events to {stranger}",
        f"set role {stranger}",
    )
    insert(watched, "2024-01-05 10:00")
    execute(watched, "delete from events", "truncate events", "reset role")

    assert entries(watched) == [
        ("2024-01-05 10:00:00", "insert"),
        ("2024-01-05 10:00:00", "delete"),
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


def test_the_search_path_of_a_writer_does_not_matter(watched: Connection) -> None:
    execute(
        watched,
        "create schema evil",
        "create function evil.isfinite(timestamp) returns boolean return false",
        "create table evil.events_change_log (performed_at timestamp, operation text)",
        "set search_path = evil, pg_catalog, public",
    )
    insert(watched, "2024-01-05 10:00")
    execute(watched, "reset search_path")

    assert entries(watched) == at("2024-01-05 10:00", operation="insert")


def test_rows_that_replication_applies_are_logged(watched: Connection) -> None:
    execute(watched, "set session_replication_role = replica")
    insert(watched, "2024-01-05 10:00")
    execute(
        watched,
        "update events set user_id = 2",
        "delete from events",
        "truncate events",
    )

    assert [operation for _, operation in entries(watched)] == [
        "insert",
        "update",
        "delete",
        "truncate",
    ]


def test_entries_can_be_deleted_where_the_schema_is_published(
    watched: Connection,
) -> None:
    insert(watched, "2024-01-05 10:00")
    execute(
        watched,
        "set client_min_messages = error",
        "create publication everything for tables in schema public",
        "delete from events_change_log",
    )

    assert entries(watched) == []


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
