"""`fast-dau explain`: which index serves each query, and what mends one that is not."""

import json
import re
from typing import Any

import pytest

from orchestration.core.connection import Connection
from orchestration.trust.explain.catalog import Catalog
from orchestration.trust.explain.patterns import pattern_names
from tests.commands import answer, refusal, run_cli
from tests.deployments import LAST_DAY, NOW, deploy
from tests.events_tables import COLUMNS, EVENTS, execute, init
from tests.oracle import Definitions
from tests.rollup import Rollup
from tests.states import State

INDEX = "returning_users_user_id_activity_date_idx"
LACKING = (
    "Warning: analytics.returning_users lacks an index on (user_id, activity_date): "
    "reads/returns_of_a_user.\n"
)
MEND = (
    'create index concurrently on "analytics"."returning_users" '
    "(user_id, activity_date);"
)


def of_more_than_a_few_pages(rollup: Rollup) -> None:
    """A rollup of which each table has more than a few pages, after ordinary runs."""
    deploy(rollup, 100_000)
    rollup.build(NOW)


@pytest.fixture
def state() -> State:
    """Where each test begins that has a `rollup`."""
    return State(of_more_than_a_few_pages, has_product=True)


def mends(printed: str) -> list[str]:
    """Return the statements that the command prints below its warnings."""
    lines = re.findall(r"^    (\S.*)$", printed, re.MULTILINE)
    return [line for line in lines if not line.startswith("--")]


def test_every_query_is_printed_with_its_index_rows_pages_and_time(
    rollup: Rollup,
) -> None:
    printed = answer("explain")

    assert printed.endswith("Every query is served as promised.\n")
    for name in pattern_names():
        assert name in printed
    assert re.search(r"reads/users_of_a_day +\S+ +[\d,]+ +[\d,]+ +[\d,.]+ *\n", printed)


@pytest.mark.prove
def test_queries_that_read_all_events_are_run_when_asked(rollup: Rollup) -> None:
    def milliseconds(*arguments: str) -> dict[str, float | None]:
        rows = json.loads(run_cli("explain", "--format", "json", *arguments).stdout)
        return {row["query"]: row["milliseconds"] for row in rows}

    usual = milliseconds()

    assert {name for name, time in usual.items() if time is None} == {
        "erase/events_of_a_user",
        "runs/events_of_all_days",
    }
    assert None not in milliseconds("--full-passes").values()


@pytest.mark.parametrize(
    ("harm", "warning", "first_mend"),
    [
        (f"drop index analytics.{INDEX}", LACKING, MEND),
        pytest.param(
            "update pg_index set indisvalid = false"
            f" where indexrelid = 'analytics.{INDEX}'::regclass",
            LACKING,
            f'drop index concurrently "analytics"."{INDEX}";',
            marks=pytest.mark.prove,
        ),
        pytest.param(
            "drop index events_null_user_idx",
            "where user_id is null: answers/check_rejected, runs/rejected_events.\n",
            'create index concurrently "events_null_user_idx"',
            marks=pytest.mark.prove,
        ),
    ],
    ids=["a table lacks", "a cancelled build left", "the events lack"],
)
def test_the_printed_sql_makes_the_index_that(
    rollup: Rollup, harm: str, warning: str, first_mend: str
) -> None:
    rollup.execute(harm)
    done = run_cli("explain")
    statements = mends(done.stdout)
    for statement in statements:
        rollup.execute(statement)

    assert done.returncode == 1
    assert warning in done.stdout
    assert statements[0].lower().startswith(first_mend)
    assert run_cli("explain").returncode == 0


def test_programs_get_the_warnings_and_what_mends_them(rollup: Rollup) -> None:
    rollup.execute(f"drop index analytics.{INDEX}")
    done = run_cli("explain", "--format", "json")
    rows: list[dict[str, Any]] = json.loads(done.stdout)
    warned = {row["query"]: row for row in rows if row["warnings"]}

    assert done.returncode == 1
    assert list(warned) == ["reads/returns_of_a_user"]
    assert warned["reads/returns_of_a_user"]["mends"] == [MEND]


# The same events, half of them in a table of another shape, by device.
A_VIEW = """
alter table events rename to odd_events;
create table devices as
    select user_id as person, md5(user_id::text)::uuid as id
    from odd_events where user_id % 2 = 0 group by user_id;
alter table devices add primary key (id);
create table even_events as
    select md5(user_id::text)::uuid as device, course_id, kind, properties,
        performed_at at time zone 'UTC' as at
    from odd_events where user_id % 2 = 0 and isfinite(performed_at);
delete from odd_events where user_id % 2 = 0 and isfinite(performed_at);
create view events as
    select user_id, course_id, kind, performed_at, properties from odd_events
    union all
    select person, course_id, kind, at at time zone 'UTC', properties
    from even_events join devices on id = device
"""


def test_the_tables_below_a_view_are_judged_each_by_its_index(rollup: Rollup) -> None:
    rollup.execute(A_VIEW)
    rollup.execute("vacuum analyze odd_events, even_events, devices")
    lacking = run_cli("explain")
    for statement in mends(lacking.stdout):
        rollup.execute(statement)
    served = run_cli("explain")

    assert lacking.returncode == 1
    assert 'create index concurrently on "public"."even_events" ((' in lacking.stdout
    assert 'on "public"."odd_events"' not in lacking.stdout
    assert served.stdout.endswith("Every query is served as promised.\n")
    assert "equal a recount of the raw events" in answer("check")
    assert rollup.build(NOW)["user_day_activity"] == 0


def test_children_by_inheritance_are_parts_of_the_events(
    connection: Connection,
) -> None:
    execute(
        connection,
        f"create table events ({COLUMNS})",
        "create table early () inherits (events)",
    )
    init(connection)
    catalog = Catalog(connection, {"events": EVENTS})

    found = catalog.indexes_of(EVENTS, "(performed_at) where user_id is null")
    assert {index.table.name for index in found} == {"events", "early"}


@pytest.mark.prove
def test_partitions_are_judged_each_by_its_index_and_empty_ones_not_at_all(
    connection: Connection,
) -> None:
    execute(
        connection,
        f"create table events ({COLUMNS}) partition by range (performed_at)",
        "create table early partition of events for values from (minvalue)"
        f" to ('{LAST_DAY}')",
        f"create table late partition of events for values from ('{LAST_DAY}')"
        " to (maxvalue)",
        "create table nowhen partition of events default",
        "insert into events (user_id, performed_at) select n % 200,"
        f" date '{LAST_DAY}' + 1 - n * interval '1 minute'"
        " from generate_series(1, 60000) as n",
    )
    init(connection)
    execute(connection, "vacuum analyze events")
    Rollup(connection, Definitions(), has_product=True).build(NOW)
    served = run_cli("explain")
    execute(connection, "drop index events_performed_at_idx")
    unserved = run_cli("explain")
    execute(connection, *mends(unserved.stdout))

    assert (served.returncode, unserved.returncode) == (0, 1)
    assert run_cli("explain").returncode == 0


def test_without_a_rollup_there_is_nothing_to_explain(
    database_env: dict[str, str],
) -> None:
    run_cli("init")

    assert refusal("explain") == (
        "fast-dau: There is no table analytics.daily_active_users yet: build it with "
        "`fast-dau dbt build`.\n"
    )
