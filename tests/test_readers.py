"""Those who read the results: their role, and runs that do not disturb them."""

import os
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from datetime import datetime, timedelta
from random import Random

import psycopg2
import pytest

from orchestration.core.connection import Connection, connect
from tests.commands import answer, run_cli
from tests.events_tables import execute, fetch
from tests.made_up_events import eventful_days
from tests.oracle import Definitions
from tests.pipelines import PASSWORD, user
from tests.rollup import PRODUCT_TABLES, ROLLUP_TABLES, Rollup, RunError
from tests.states import State

NAME = "bi"
NOW = datetime(2024, 3, 25, 12)
RESULTS = {
    *ROLLUP_TABLES,
    *PRODUCT_TABLES,
    "daily_active_users_by_segment",
    "daily_active_users_live",
    "daily_revisions",
    "refresh_days",
    "rollup_state",
    "returning_users_live",
    "weekly_cohort_retention",
}
READ = "select count(*) from analytics.daily_active_users"


@pytest.fixture
def group(administration: Connection) -> Iterator[None]:
    """Roles are the whole server's: those of the test go with it."""
    yield
    execute(administration, f"drop role if exists {NAME}, analyst, fast_dau_reader")


def first_built(rollup: Rollup) -> None:
    """Three weeks and a half, first built."""
    rollup.insert(eventful_days(Random(3), NOW - timedelta(days=24), 25))
    rollup.build(NOW)


@pytest.fixture
def state(group: None) -> State:
    """Where each test begins that has a `rollup`."""
    return State(first_built, has_product=True)


@contextmanager
def reader(rollup: Rollup) -> Iterator[Connection]:
    """Yield a connection of the role's own."""
    rollup.execute(f"alter role {NAME} password '{PASSWORD}'")
    with closing(connect(user(os.environ, NAME))) as opened:
        yield opened


def readable(rollup: Rollup) -> set[str]:
    """Return the tables and views of the schema that the role may read."""
    return {
        name
        for (name,) in rollup.query(
            f"""select relname from pg_class
            where relnamespace = 'analytics'::regnamespace and relkind in ('r', 'v')
            and has_schema_privilege('{NAME}', relnamespace, 'usage')
            and has_table_privilege('{NAME}', oid, 'select')"""
        )
    }


def test_the_reader_can_read_the_results_and_do_nothing_else(rollup: Rollup) -> None:
    done = answer("init", "--reader", NAME)
    with reader(rollup) as opened:
        opened.autocommit = True
        for name in RESULTS:
            execute(opened, f"select * from analytics.{name} limit 1")
        for statement in (
            "select from events",
            "select from analytics.pending_days",
            "select from analytics.erased_counts",
            "select from analytics.moved_days",
            "insert into analytics.daily_active_users values ('2024-01-01', 1)",
            "update analytics.daily_active_users set dau = 1",
            "delete from analytics.daily_active_users",
            "truncate analytics.daily_active_users",
            "drop table analytics.daily_active_users",
            "create table analytics.mine ()",
            "create table public.mine ()",
            "create schema mine",
            "create role mine",
            "alter role fast_dau_reader createrole",
            "copy (select 1) to program 'cat'",
            "select pg_read_file('postgresql.conf')",
        ):
            with pytest.raises(psycopg2.errors.InsufficientPrivilege):
                execute(opened, statement)

    assert "bi can read the results in analytics." in done
    assert readable(rollup) == RESULTS


@pytest.mark.prove
def test_a_reader_made_before_the_first_run_reads_what_every_kind_of_run_makes(
    group: None, whole_rollup_in: Callable[[Definitions], Rollup]
) -> None:
    rollup = whole_rollup_in(Definitions())
    rollup.insert(eventful_days(Random(3), NOW - timedelta(days=24), 25))
    done = answer("init", "--reader", NAME)
    rollup.build(NOW)

    assert "as soon as a run has made them" in done
    assert readable(rollup) == RESULTS
    rollup.execute("create role analyst")
    rollup.execute("grant select on analytics.daily_active_users to analyst")
    runs: list[tuple[list[str], dict[str, str]]] = [
        ([], {}),
        ([], {"refresh": "full"}),
        (["--full-refresh"], {}),
        ([], {"start_date": "2024-03-10", "end_date": "2024-03-11"}),
    ]
    for arguments, variables in runs:
        rollup.build(NOW, *arguments, **variables)

        assert readable(rollup) == RESULTS
        assert rollup.query(
            "select has_table_privilege('analyst',"
            " 'analytics.daily_active_users', 'select')"
        ) == [(True,)]
    rollup.execute("drop owned by analyst")
    rollup.execute("drop table analytics.growth_accounting")
    rollup.build(NOW, refresh="start_over")

    assert readable(rollup) == RESULTS


def test_init_says_what_it_makes_and_makes_nothing_twice(rollup: Rollup) -> None:
    script = answer("init", "--reader", NAME, "--dry-run")
    before = rollup.query("select from pg_roles where rolname = 'bi'")
    first = answer("init", "--reader", NAME)
    second = answer("init", "--reader", NAME)

    assert "create role fast_dau_reader" in script.replace('"', "")
    assert "fast-dau dbt run-operation fast_dau.grant_to_readers" in script
    assert before == []
    assert "creating the role bi" in first
    assert "creating" not in second
    assert "can read the results" in second


RIGHTS = {
    "alter role bi superuser": "bi is a superuser, and could",
    "alter role bi createdb replication": (
        "bi may copy the whole server (REPLICATION) and may create databases, and could"
    ),
    "alter role bi createrole bypassrls": (
        "bi may create roles and passes row-level security by, and could"
    ),
    "grant pg_read_all_data to bi": (
        "bi has the rights of pg_read_all_data and may use events, and could"
    ),
    "grant pg_write_all_data to analyst; grant analyst to bi": "pg_write_all_data",
    "grant pg_execute_server_program to bi": "of pg_execute_server_program, and could",
    "grant pg_signal_backend to analyst; grant analyst to bi with inherit false": (
        "bi has the rights of pg_signal_backend, and could"
    ),
    "grant select (user_id) on events to bi": "bi may use events, and could",
    "grant delete on events to analyst; grant analyst to bi with inherit false": (
        "bi may use events (as analyst), and could"
    ),
    "create table events_user_keys (); grant select on events_user_keys to bi": (
        "bi may use events_user_keys, and could"
    ),
    "grant update on analytics.daily_active_users to bi": "bi may change the results,",
    "grant create on schema analytics to bi": "bi may create tables beside the results",
    "alter table analytics.daily_retention owner to bi": "bi may change the results",
    "alter schema analytics owner to analyst; grant analyst to bi with inherit false": (
        "owns the results (as analyst)"
    ),
    "alter database test owner to bi": "bi has the rights of pg_database_owner and may",
    "grant select on events to public": "Everybody may use events, and so would bi",
    "create role fast_dau_reader; grant pg_read_all_data to fast_dau_reader": (
        "bi has the rights of pg_read_all_data"
    ),
}


def test_a_role_that_is_more_than_a_reader_is_refused(
    rollup: Rollup, administration: Connection
) -> None:
    for statement, reason in RIGHTS.items():
        rollup.execute(f"create role bi login; create role analyst; {statement}")
        done = run_cli("init", "--reader", NAME)
        made = rollup.query(
            "select from pg_auth_members where roleid = to_regrole('fast_dau_reader')"
        )
        rollup.execute(
            "revoke all on events from public; reassign owned by bi, analyst to"
            " current_user; drop owned by bi, analyst; drop role bi, analyst;"
            " drop role if exists fast_dau_reader"
        )

        assert done.returncode == 2, statement
        assert reason in done.stderr
        assert made == []
    assert "the readers' group" in run_cli("init", "--reader", "fast_dau_reader").stderr


@pytest.mark.prove
def test_a_reader_who_holds_a_snapshot_through_a_full_run_is_not_disturbed(
    rollup: Rollup,
) -> None:
    answer("init", "--reader", NAME)
    rollup.insert(eventful_days(Random(5), NOW - timedelta(days=12), 10))
    with reader(rollup) as opened:
        opened.set_session(isolation_level="REPEATABLE READ")
        tables = sorted(RESULTS - {"daily_active_users_live", "returning_users_live"})
        before = [fetch(opened, f"table analytics.{name}") for name in tables]
        changed = rollup.build(NOW, refresh="full")
        again = [fetch(opened, f"table analytics.{name}") for name in tables]
        opened.rollback()
        after = [fetch(opened, f"table analytics.{name}") for name in tables]

    assert changed["daily_active_users"] > 0
    assert again == before
    assert after != before
    assert rollup.tables() == rollup.expected(NOW)


def test_a_changed_view_names_those_who_read_it_for_too_long(rollup: Rollup) -> None:
    answer("init", "--reader", NAME)
    with reader(rollup) as opened:
        fetch(opened, "select count(*) from analytics.daily_active_users_live")
        with pytest.raises(RunError) as raised:
            rollup.build(NOW, max_clock_skew_minutes=6, lock_timeout_seconds=1)
    rollup.build(NOW, max_clock_skew_minutes=6)

    message = str(raised.value)
    assert "analytics.daily_active_users_live is to be changed, but was in" in message
    assert f"of {NAME} (fast-dau)" in message
    assert "pg_terminate_backend" in message


@pytest.mark.prove
def test_to_start_over_waits_for_nobody_who_reads_and_views_read_the_new_tables(
    rollup: Rollup,
) -> None:
    answer("init", "--reader", NAME)
    rollup.execute(
        "create view public.busy with (security_barrier) as"
        " select * from analytics.daily_active_users where dau > 1"
    )
    rollup.execute("create view public.busiest as select max(dau) as dau from busy")
    rollup.execute("create materialized view public.kept as table busy")
    views = "select oid from pg_class where relkind in ('v', 'm') order by oid"
    before = rollup.query(views)
    rollup.insert(eventful_days(Random(5), NOW - timedelta(days=1), 1))
    with reader(rollup) as opened:
        fetch(opened, READ)
        rollup.build(NOW, refresh="start_over", lock_timeout_seconds=1)
        still_read = fetch(opened, READ)
    most = rollup.query("select max(dau) from analytics.daily_active_users")

    assert still_read == [(25,)]
    assert rollup.tables() == rollup.expected(NOW)
    assert rollup.query(views) == before
    assert rollup.query("select dau from public.busiest") == most
    assert rollup.query("select count(*) from busy where dau = 1") == [(0,)]
    assert rollup.query("select reloptions from pg_class where relname = 'busy'") == [
        (["security_barrier=true"],)
    ]


def test_a_table_without_a_column_of_its_model_is_refused_until_one_starts_over(
    rollup: Rollup,
) -> None:
    """As where an upgrade adds one; the view on the others stays."""
    dormant = (
        "select activity_date, dormant_users from analytics.growth_accounting"
        " order by activity_date"
    )
    before = rollup.query(dormant)
    rollup.execute(
        "alter table analytics.growth_accounting drop column dormant_users;"
        "create view public.busy as select dau from analytics.growth_accounting",
    )
    with pytest.raises(
        RunError, match=r"analytics.*growth_accounting.* has the columns"
    ):
        rollup.build(NOW)
    rollup.build(NOW, refresh="start_over")

    assert rollup.query(dormant) == before
    assert rollup.query("select count(*) from public.busy") == [(25,)]
    assert rollup.query(
        "select attnotnull from pg_attribute where attname = 'dormant_users'"
        " and attrelid = 'analytics.growth_accounting'::regclass"
    ) == [(True,)]
