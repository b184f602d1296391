"""What deploy/pipeline_role.sql refuses, warns of, and hands over."""

from collections.abc import Iterator
from datetime import datetime

import pytest

from orchestration.core.connection import Connection
from orchestration.core.manifest import STATE, models
from orchestration.core.settings import ROOT, TableName
from orchestration.source.table import init_events_table
from orchestration.source.watching import change_log_table, log_rollups_table
from tests.events_tables import COLUMNS, execute, fetch
from tests.oracle import Definitions, Event
from tests.pipelines import OWNER, RIGHTS, ROLE, psql, roles, user
from tests.rollup import Rollup

NOW = datetime(2024, 3, 25, 12)
SCRIPT = ROOT / "deploy" / "pipeline_role.sql"


@pytest.fixture
def shop(connection: Connection, administration: Connection) -> Iterator[Connection]:
    """A connection to the test's database, which belongs to the owner of its events."""
    with roles(administration, OWNER):
        execute(
            connection,
            f"alter database test owner to {OWNER}",
            f"create table events ({COLUMNS})",
            f"alter table events owner to {OWNER}",
        )
        yield connection
        made = f"select from pg_roles where rolname = '{ROLE}'"
        execute(
            connection,
            "alter database test owner to current_user",
            *(f"drop owned by {ROLE} cascade" for _ in fetch(connection, made)),
            f"drop owned by {OWNER} cascade",
        )


@pytest.mark.parametrize(
    ("names", "reason"),
    [
        ({"events_table": "visits"}, "there is no events table public.visits"),
        ({"rollup_schema": "public"}, "the rollup needs a schema other than that"),
        ({"role": OWNER}, "the role shop owns the events"),
        ({"role": "fast_dau"}, "the role fast_dau has rights over the whole server"),
    ],
)
def test_what_would_give_more_than_the_work_needs_is_refused(
    shop: Connection, database_env: dict[str, str], names: dict[str, str], reason: str
) -> None:
    before = fetch(shop, RIGHTS)
    done = psql(database_env, SCRIPT.name, **names)

    assert done.returncode == 3
    assert f"ERROR:  {reason}" in done.stderr
    assert fetch(shop, RIGHTS) == before


@pytest.mark.parametrize(
    ("grant", "named"),
    [
        ("grant create on schema public to public", "tables in the schema public"),
        ("grant create on database test to public", "schemas in the database test"),
        ("create table {0}.t (x int); grant select (x) on {0}.t to public", "table t"),
        ("create role {1} login; grant pg_monitor to {1}", "member of pg_monitor"),
    ],
)
def test_rights_that_come_from_elsewhere_are_named(
    shop: Connection, database_env: dict[str, str], grant: str, named: str
) -> None:
    execute(shop, grant.format("public", ROLE))
    done = psql(database_env, SCRIPT.name)

    assert done.returncode == 0
    assert f"the role {ROLE} may do more than its work: " in done.stderr
    assert named in done.stderr


def test_events_that_policies_hide_are_warned_of(
    shop: Connection, database_env: dict[str, str]
) -> None:
    execute(shop, "alter table events enable row level security")

    assert "events has row-level security" in psql(database_env, SCRIPT.name).stderr


def test_the_owner_of_the_database_can_run_the_file_too(
    shop: Connection, database_env: dict[str, str]
) -> None:
    execute(shop, f"alter role {OWNER} createrole")
    done = psql(user(database_env, OWNER), SCRIPT.name)

    assert (done.returncode, done.stderr) == (0, "")


def test_a_rollup_that_another_user_has_built_is_handed_over(
    shop: Connection, database_env: dict[str, str]
) -> None:
    rollup = Rollup(shop, Definitions(), has_product=True)
    rollup.insert([Event(1, NOW)])
    rollup.build(NOW)
    rollup.execute("create table analytics.of_others (x int primary key)")
    done = psql(database_env, SCRIPT.name)
    handed_over = rollup.query(
        "select relname from pg_class where relkind in ('r', 'v')"
        f" and relowner = '{ROLE}'::regrole"
    )

    assert (done.returncode, done.stderr) == (0, "")
    assert {name for (name,) in handed_over} == {*models(), *STATE}


@pytest.mark.parametrize("name", ["events", "an odd 'name'", "é" * 31 + "e"])
def test_the_change_log_of_events_whose_name_needs_quotes_or_is_long_is_found(
    shop: Connection, database_env: dict[str, str], name: str
) -> None:
    events = TableName("My Shop", name)
    init_events_table(shop, events, print, change_log=True)
    done = psql(
        database_env, SCRIPT.name, events_schema=events.schema, events_table=name
    )
    may = fetch(
        shop,
        "select tables.name, string_agg(right_, ' ' order by right_)"
        " from pg_class, lateral (select oid, relname::text as name) as tables,"
        " unnest(array['select', 'insert', 'update', 'delete', 'truncate']) as right_"
        f" where has_table_privilege('{ROLE}', tables.oid, right_)"
        f" and relnamespace = '\"My Shop\"'::regnamespace group by tables.name",
    )

    assert (done.returncode, done.stderr) == (0, "")
    assert dict(may) == {
        name: "select",
        change_log_table(events).name: "delete select",
        log_rollups_table(events).name: "delete insert select update",
    }
