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


STATE = State(first_built, has_product=True)


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


def test_a_run_on_unchanged_events_writes_no_row_and_hardly_moves_the_wal(
    rollup: Rollup,
) -> None:
    rollup.build(NOW)  # from here on, refresh_days too is that of an ordinary run
    before = rollup.query("select pg_current_wal_insert_lsn()")[0][0]
    written = rollup.build(NOW)
    moved = rollup.query(f"select pg_current_wal_insert_lsn() - '{before}'")[0][0]

    assert set(written.values()) == {0}
    assert moved < MEGABYTE

    written = rollup.build(NOW, refresh="full")

    assert {written[table] for table in TABLES} == {0}


def test_a_full_run_after_all_events_were_deleted_leaves_no_row(rollup: Rollup) -> None:
    rollup.execute("delete from events")
    rollup.build(NOW, refresh="full", missing_events="deleted")

    assert rollup.tables() == rollup.expected(NOW)
    assert rollup.rows("user_day_activity") == []


def test_a_new_event_rewrites_no_row_of_another(rollup: Rollup) -> None:
    rollup.build(NOW)
    places = "select ctid, * from analytics.user_day_activity order by 2, 3"
    before = rollup.query(places)
    rollup.insert([Event(4, NOW)])
    rollup.build(NOW)

    assert set(before) < set(rollup.query(places))


def test_an_index_that_is_missing_or_invalid_is_made_again_and_outlives_runs(
    rollup: Rollup,
) -> None:
    assert valid_indexes(rollup) == indexes()

    rollup.execute("drop index analytics.returning_users_user_id_activity_date_idx")
    rollup.execute(
        """update pg_index set indisvalid = false where indexrelid =
        'analytics.user_day_activity_activity_date_user_id_idx'::regclass"""
    )
    for arguments in ([], ["--full-refresh"], []):
        rollup.build(NOW, *arguments)

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
