"""A view as the events: which index serves on which table below it, as SQL to run."""

import pytest

from orchestration.core.connection import Connection
from tests.commands import answer, refusal
from tests.events_tables import COLUMNS, execute, statements_of

TABLES = (
    "create table clicks (device uuid, at timestamptz, ms int8, course int, url text)",
    "create table people (device uuid primary key, person int)",
    "create table signups (member int, day timestamp, reason varchar(40))",
)
TO_PEOPLE = "from clicks join people using (device)"
OF_SIGNUPS = "select member, null, day from signups"
OF_PEOPLE = f"select person, course, at at time zone 'UTC' {TO_PEOPLE}"
OF_NUMBERS = (
    "select person, null, to_timestamp(ms / 1000.0) at time zone 'UTC' "
    f"{TO_PEOPLE} where url is null"
)
ON_SIGNUPS = '"signups" (day) include (member)'
ON_NO_MEMBER = '"signups" (day) where member is null'
ON_CLICKS = (
    """"clicks" (((at AT TIME ZONE 'UTC'::text))) include (course, at, device)"""
)
# A text of any length is asked for, so that the index cannot have all columns.
ON_NUMBERS = (
    '"clicks" (((to_timestamp((((ms)::numeric / 1000.0))::double precision) '
    "AT TIME ZONE 'UTC'::text)))"
)


def make_view(connection: Connection, *queries: str) -> None:
    """Make the events a union of queries of user, course and time."""
    events = " union all ".join(
        "select user_id::int, course_id::int, 'view' as kind, performed_at, null::jsonb"
        f" as properties from ({query}) as one (user_id, course_id, performed_at)"
        for query in queries
    )
    execute(connection, f"create view events as {events}")


@pytest.mark.parametrize(
    ("queries", "lacking"),
    [
        ([OF_SIGNUPS], [ON_SIGNUPS, ON_NO_MEMBER]),
        ([OF_PEOPLE], [ON_CLICKS]),
        ([OF_NUMBERS], [ON_NUMBERS]),
        ([OF_SIGNUPS, OF_PEOPLE], [ON_SIGNUPS, ON_CLICKS, ON_NO_MEMBER]),
    ],
    ids=["a table", "devices mapped to people", "numbers", "a union"],
)
def test_init_prints_the_indexes_that_a_view_needs_until_they_are_there(
    connection: Connection, queries: list[str], lacking: list[str]
) -> None:
    execute(connection, *TABLES)
    make_view(connection, *queries)
    printed = statements_of(answer("init"))
    execute(connection, *printed)

    assert [one for one in printed if not one.startswith("analyze ")] == [
        f'create index concurrently on "public".{index}' for index in lacking
    ]
    assert "-- nothing to do: the tables below public.events" in answer("init")


def test_a_partitioned_table_below_a_view_lacks_an_index_until_all_its_parts_have_it(
    connection: Connection,
) -> None:
    part = "create table {} partition of signups for values from ({}) to ({})"
    execute(
        connection,
        "create table signups (member int not null, day timestamp)"
        " partition by range (day)",
        part.format("early", "minvalue", "'2024-01-01'"),
        part.format("late", "'2024-01-01'", "maxvalue"),
        "create index on early (day) include (member)",
    )
    make_view(connection, OF_SIGNUPS)
    printed = statements_of(answer("init"))
    execute(connection, *printed)

    assert printed[0] == f'create index on "public".{ON_SIGNUPS}'
    assert "-- nothing to do: " in answer("init")


def test_an_index_that_does_not_begin_with_the_time_does_not_serve_a_view(
    connection: Connection,
) -> None:
    execute(connection, *TABLES, "create index on signups (member, day)")
    make_view(connection, OF_SIGNUPS)

    assert f'on "public".{ON_SIGNUPS};' in answer("init")


@pytest.mark.parametrize(
    ("query", "said"),
    [
        (
            f"select person, null, at::timestamp {TO_PEOPLE}",
            "public.clicks can have no index (((at)::timestamp without time zone))",
        ),
        (
            "select member, null, max(day) from signups group by member",
            "every run reads all of the tables below it",
        ),
    ],
    ids=["a time by the session's zone", "an aggregate"],
)
def test_init_says_why_no_index_can_serve_a_view(
    connection: Connection, query: str, said: str
) -> None:
    execute(connection, *TABLES)
    make_view(connection, query)
    printed = answer("init")

    assert said in printed
    assert "create index" not in printed


def test_a_view_has_no_change_log_and_takes_no_events(connection: Connection) -> None:
    execute(connection, *TABLES)
    make_view(connection, OF_SIGNUPS)

    assert "a view, which can have no change log" in refusal("init", "--change-log")
    assert "wait for the nightly full run" in answer("init")
    assert "public.events is a view: events are" in refusal("generate", "--events", "9")


def test_a_materialized_view_gets_its_indexes_as_a_table_does(
    connection: Connection,
) -> None:
    execute(
        connection,
        f"create table raw ({COLUMNS})",
        "create materialized view events as select * from raw",
    )

    assert "public.events is ready." in answer("init")
    assert "Nothing to do: public.events has its columns and ind" in answer("init")
    assert "which can have no change log" in refusal("init", "--change-log")
