"""The pipeline's database role can do its work, and nothing else."""

from collections.abc import Iterator
from contextlib import closing
from datetime import datetime, timedelta
from random import Random

import psycopg2
import pytest

from orchestration.core.connection import Connection, connect
from tests.commands import answer, run_cli
from tests.events_tables import execute
from tests.made_up_events import eventful_days, invalid_events
from tests.oracle import Event
from tests.pipelines import OWNER, RIGHTS, ROLE, pipeline, psql, user
from tests.rollup import Rollup

FIRST = datetime(2024, 3, 1)
NOW = datetime(2024, 4, 5, 12)


@pytest.fixture(scope="module")
def rollup(cluster: dict[str, str], administration: Connection) -> Iterator[Rollup]:
    """A rollup of five weeks that the role has built for the first time."""
    with pipeline(cluster, administration) as opened:
        opened.insert(eventful_days(Random(1), FIRST, 36))
        opened.insert(invalid_events(NOW))
        opened.dbt("build", "--exclude-resource-type=unit_test", run_at=NOW)
        yield opened


@pytest.fixture
def as_role(rollup: Rollup, cluster: dict[str, str]) -> Iterator[Connection]:
    """A connection of the role's own, in autocommit mode."""
    variables = user({**cluster, "PGDATABASE": rollup.connection.info.dbname}, ROLE)
    with closing(connect(variables)) as opened:
        opened.autocommit = True
        yield opened


def test_every_kind_of_run_equals_a_recount(rollup: Rollup) -> None:
    after_first = rollup.tables() == rollup.expected(NOW)
    rollup.insert([Event(77, FIRST + timedelta(hours=5))])
    rollup.build(NOW)
    after_late = rollup.tables() == rollup.expected(NOW)
    entries_left = rollup.query("select from events_change_log")
    rollup.execute("delete from events where user_id = 8")
    rollup.build(NOW, refresh="full")
    after_full = rollup.tables() == rollup.expected(NOW)
    rollup.build(NOW, refresh="start_over")

    assert after_first
    assert after_late
    assert entries_left == []
    assert after_full
    assert rollup.tables() == rollup.expected(NOW)


def test_a_view_of_anothers_outlives_a_start_from_nothing(rollup: Rollup) -> None:
    rollup.execute("create view anothers as table analytics.daily_active_users")
    rollup.execute(f"alter view anothers owner to {OWNER}")
    rollup.execute(f"grant select on analytics.daily_active_users to {OWNER}")
    rollup.insert([Event(77, NOW - timedelta(days=2))])
    rollup.build(NOW, refresh="start_over")
    seen = sorted(rollup.query("table anothers"))
    rollup.execute("drop view anothers")

    assert rollup.tables() == rollup.expected(NOW)
    assert seen == rollup.tables()["daily_active_users"]


@pytest.mark.parametrize("command", ["check", "plan", "explain", "dau"])
def test_the_commands_that_read_work(rollup: Rollup, command: str) -> None:
    assert answer(command)


def test_a_rollup_that_no_longer_runs_can_be_struck_off(rollup: Rollup) -> None:
    rollup.execute(
        "insert into events_change_log_rollups (rollup, server, read_at)"
        " values ('dev', 'here', now())"
    )
    answer("init", "--strike-off", "dev")

    dev = "select from events_change_log_rollups where rollup = 'dev'"
    assert rollup.query(dev) == []


@pytest.mark.parametrize(
    "statement",
    [
        "insert into events (user_id) values (1)",
        "update events set user_id = 1",
        "delete from events",
        "truncate events",
        "drop table events",
        "alter table events add column x int",
        "create index on events (user_id)",
        "create trigger x after insert on events execute function events_change_log()",
        "insert into events_change_log (operation) values ('install')",
        "update events_change_log set operation = 'install'",
        "truncate events_change_log",
        "truncate events_change_log_rollups",
        "drop table events_change_log_rollups",
        "select from customers",
        "select name from customers",
        "insert into customers values ('Ada')",
        "create table public.mine ()",
        "create function public.mine() returns int return 1",
        "create schema mine",
        "drop schema analytics cascade",
        "create database mine",
        "create role mine",
        "alter role fast_dau_pipeline createrole",
        "alter role shop password 'mine'",
        "set role shop",
        "create extension pg_stat_statements",
        "copy events to program 'cat'",
        "select pg_read_file('postgresql.conf')",
    ],
)
def test_what_is_not_its_work_is_refused(as_role: Connection, statement: str) -> None:
    with pytest.raises(psycopg2.errors.InsufficientPrivilege):
        execute(as_role, statement)


def test_a_second_run_of_the_file_changes_nothing(
    rollup: Rollup, cluster: dict[str, str]
) -> None:
    before = rollup.query(RIGHTS)
    done = psql(
        {**cluster, "PGDATABASE": rollup.connection.info.dbname}, "pipeline_role.sql"
    )

    assert (done.returncode, done.stderr) == (0, "")
    assert rollup.query(RIGHTS) == before


def test_the_owner_of_the_events_can_erase_people_as_a_member_of_the_role(
    rollup: Rollup, cluster: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    rollup.execute(f"grant {ROLE} to {OWNER}")
    for name, text in user({}, OWNER).items():
        monkeypatch.setenv(name, text)
    done = run_cli("forget", "5", "--yes")

    assert done.returncode == 0, done.stderr
    assert "User 5 is erased." in done.stdout
    assert f"The next run does it, of {ROLE}" in done.stdout
