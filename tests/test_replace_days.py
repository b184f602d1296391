"""A run writes the rows that differ, and nothing else; indexes outlive every run."""

from datetime import datetime, timedelta
from random import Random

import pytest

from orchestration.core.manifest import models, tables
from tests.made_up_events import eventful_days, invalid_events
from tests.oracle import Event
from tests.rollup import TABLES, Rollup, RunError
from tests.states import State

FIRST = datetime(2024, 3, 1)
NOW = datetime(2024, 3, 25, 12)
MEGABYTE = 1 << 20

# Of models besides those on their keys, and of the tables of state.
OTHER_INDEXES = {
    "user_day_activity_activity_date_user_id_idx",
    "returning_users_user_id_activity_date_idx",
    "user_lifetimes_first_activity_date_user_id_idx",
    "user_lifetimes_last_activity_date_idx",
    "daily_active_users_by_course_course_id_activity_date_dau_idx",
    "erased_counts_pkey",
    "moved_days_pkey",
    "pending_days_activity_date_reason_key",
    "rollup_state_pkey",
}


def first_built(rollup: Rollup) -> None:
    """Three weeks and a half, first built."""
    rollup.insert(eventful_days(Random(2), FIRST, 25))
    rollup.insert(invalid_events(NOW))
    rollup.build(NOW)


@pytest.fixture
def state() -> State:
    """Where each test begins."""
    return State(first_built, has_product=True)


def indexes() -> set[str]:
    """Return the names of the indexes that there are to be."""
    keys = {name: models()[name]["config"]["unique_key"] for name in tables()}
    return OTHER_INDEXES | {
        "_".join([name, *([key] if isinstance(key, str) else key), "key"])
        for name, key in keys.items()
    }


def valid_indexes(rollup: Rollup) -> set[str]:
    """Return the names of the rollup's indexes that queries can use."""
    rows = rollup.query(
        """select indexrelid::regclass::text from pg_index
        join pg_class on pg_class.oid = indrelid
        where relnamespace = 'analytics'::regnamespace and indisvalid"""
    )
    return {name.removeprefix("analytics.") for (name,) in rows}


def test_an_ordinary_run_on_unchanged_events_writes_no_row(rollup: Rollup) -> None:
    rollup.build(NOW)  # from here on, refresh_days too is that of an ordinary run

    assert set(rollup.build(NOW).values()) == {0}


def test_a_full_rollup_on_unchanged_events_writes_no_row(rollup: Rollup) -> None:
    changed = rollup.build(NOW, refresh="full")

    assert {changed[table] for table in TABLES} == {0}


def test_a_run_on_unchanged_events_moves_the_wal_by_less_than_a_megabyte(
    rollup: Rollup,
) -> None:
    rollup.build(NOW)
    before = rollup.query("select pg_current_wal_insert_lsn()")[0][0]
    rollup.build(NOW)
    moved = rollup.query(f"select pg_current_wal_insert_lsn() - '{before}'")[0][0]

    assert moved < MEGABYTE


def test_a_new_event_writes_its_own_rows_and_rewrites_no_other(rollup: Rollup) -> None:
    rollup.build(NOW)
    places = "select ctid, * from analytics.user_day_activity order by 2, 3"
    before = rollup.query(places)

    rollup.insert([Event(4, NOW)])
    changed = rollup.build(NOW)

    assert {table: rows for table, rows in changed.items() if rows} == {
        "user_day_activity": 1,
        "daily_active_users": 1,
        "daily_retention": 1,
        "user_lifetimes": 1,
        "rolling_active_users": 1,
        "growth_accounting": 1,
        "activity_frequency_28d": 1,
        "cohort_retention": 91,  # the size of the day's cohort stands in every cell
    }
    assert set(before) < set(rollup.query(places))


def test_a_user_whose_events_are_gone_leaves_no_ghost(rollup: Rollup) -> None:
    today = rollup.query("select count(*) from analytics.user_day_activity")[0][0]

    rollup.execute("delete from events where user_id = 1")
    changed = rollup.build(NOW, refresh="full")

    left = rollup.query("select count(*) from analytics.user_day_activity")[0][0]
    assert changed["user_day_activity"] == today - left > 0
    assert rollup.tables() == rollup.expected(NOW)


def test_a_day_that_became_empty_is_a_row_of_zero(rollup: Rollup) -> None:
    rollup.execute(
        f"delete from events where performed_at >= '{NOW:%Y-%m-%d}'::date - 1"
        " and isfinite(performed_at) and user_id is not null"
    )
    rollup.build(NOW)

    assert rollup.tables() == rollup.expected(NOW)
    assert rollup.tables()["daily_active_users"][-1] == (NOW.date(), 0, 0, False)


def test_rows_that_a_purge_left_without_events_are_kept_by_a_full_rollup(
    rollup: Rollup,
) -> None:
    before = rollup.tables()["daily_active_users"]

    rollup.execute("delete from events where performed_at < '2024-03-10'")
    rollup.build(NOW, refresh="full", events_kept_from=None, missing_events="purged")

    kept = rollup.tables()["daily_active_users"]
    assert kept[:9] == before[:9]


@pytest.mark.prove
def test_indexes_are_there_after_any_sequence_of_runs(rollup: Rollup) -> None:
    found = [valid_indexes(rollup)]
    for arguments in (["--full-refresh"], [], ["--full-refresh"], ["--full-refresh"]):
        rollup.build(NOW, *arguments)
        found.append(valid_indexes(rollup))

    assert found == [indexes()] * 5


def test_an_index_that_is_missing_or_invalid_is_made_again(rollup: Rollup) -> None:
    rollup.execute("drop index analytics.returning_users_user_id_activity_date_idx")
    rollup.execute(
        """update pg_index set indisvalid = false where indexrelid =
        'analytics.user_day_activity_activity_date_user_id_idx'::regclass"""
    )
    rollup.build(NOW)

    assert valid_indexes(rollup) == indexes()


def test_tables_are_analyzed_and_columns_described(rollup: Rollup) -> None:
    unknown = rollup.query(
        """select relname from pg_class
        where relnamespace = 'analytics'::regnamespace and relkind = 'r'
        and (reltuples < 0 or obj_description(oid, 'pg_class') is null)"""
    )
    undescribed = rollup.query(
        """select attrelid::regclass, attname from pg_attribute
        join pg_class on pg_class.oid = attrelid
        where relnamespace = 'analytics'::regnamespace and relkind = 'r'
        and attnum > 0 and col_description(attrelid, attnum) is null"""
    )

    assert (unknown, undescribed) == ([], [])


def test_required_columns_refuse_nulls_in_the_database(rollup: Rollup) -> None:
    nullable = rollup.query(
        """select table_name || '.' || column_name from information_schema.columns
        join information_schema.tables using (table_schema, table_name)
        where table_schema = 'analytics'
        and table_name not in ('rollup_state', 'pending_days')
        and table_type = 'BASE TABLE' and is_nullable = 'YES' order by 1"""
    )

    assert nullable == [
        ("cohort_retention.active_users",),
        ("cohort_retention.retention_rate",),
        ("daily_retention.retention_rate",),
        ("daily_revisions.last_revised_at",),
        ("rejected_events.earliest_performed_at",),
        ("rejected_events.latest_performed_at",),
        ("rolling_active_users.dau_mau_ratio",),
    ]


def test_a_reader_sees_the_old_day_or_the_new_one(rollup: Rollup) -> None:
    """A run is one transaction a table, also where it deletes and inserts."""
    rollup.execute(
        """create function analytics.refuse() returns trigger language plpgsql
        as $$ begin raise 'refused'; end $$;
        create trigger refuse before delete on analytics.user_day_activity
        for each row execute function analytics.refuse()"""
    )
    rollup.insert([Event(21, NOW - timedelta(hours=1))])
    # DAU by course is of another transaction, which may well end.
    rollup.execute("update events set course_id = null")
    rollup.build(NOW, refresh="full")
    rollup.execute(f"delete from events where user_id = 2 and performed_at < '{NOW}'")
    before = rollup.tables()

    with pytest.raises(RunError, match="refused"):
        rollup.build(NOW, refresh="full")

    assert rollup.tables() == before
