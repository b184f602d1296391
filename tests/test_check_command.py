"""`fast-dau check`: equal to a recount of the raw events, or where it is not."""

import csv
import io
from collections.abc import Callable
from datetime import date, datetime, timedelta
from random import Random

import pytest

from orchestration.trust.check.cells import difference_query
from orchestration.trust.check.scope import read_scope
from tests.checks import Cells, differing, equal
from tests.commands import refusal, run_cli
from tests.made_up_events import eventful_days, invalid_events
from tests.oracle import Definitions
from tests.rollup import Rollup
from tests.states import State

FIRST = datetime(2024, 3, 1)
NOW = datetime(2024, 4, 5, 12)


def five_weeks(rollup: Rollup) -> None:
    """Five weeks of events, good and bad, first built as of NOW."""
    rollup.insert(eventful_days(Random(1), FIRST, 36))
    rollup.insert(invalid_events(NOW))
    rollup.build(NOW)


@pytest.fixture
def state() -> State:
    """Where each test begins that has a `rollup`."""
    return State(five_weeks)


def test_the_last_seven_days_that_are_over_are_compared_unless_others_are_asked_for(
    rollup: Rollup,
) -> None:
    assert "2024-03-29 to 2024-04-04 (7)" in equal()
    assert "2024-03-08 to 2024-03-14 (7)" in equal("--to", "2024-03-14")
    assert "2024-04-03 to 2024-04-04 (2)" in equal("--from", "2024-04-03")
    for_programs = run_cli("check", "--format", "json")
    assert (for_programs.returncode, for_programs.stdout) == (0, "[]\n")
    assert for_programs.stderr.startswith("Compared the days")


DAY = "2024-04-01"
OF_THE_DAY = f"performed_at >= '{DAY}' and performed_at < '2024-04-02'"


@pytest.mark.parametrize(
    ("statement", "cells"),
    [
        (
            f"insert into events (user_id, performed_at) values (77, '{DAY} 12:00')",
            {
                (DAY, "daily_active_users", "dau"),
                (DAY, "user_day_activity", "missing users"),
            },
        ),
        (
            f"""delete from events where ctid =
            (select min(ctid) from events where {OF_THE_DAY})""",
            {(DAY, "daily_active_users", "events_count")},
        ),
        (
            f"""update events set performed_at = performed_at - interval '1 day'
            where {OF_THE_DAY}""",
            {
                (DAY, "user_day_activity", "extra users"),
                ("2024-03-31", "daily_active_users", "events_count"),
            },
        ),
    ],
    ids=["came", "went", "moved"],
)
def test_events_that_changed_without_a_run_are_found(
    rollup: Rollup, statement: str, cells: Cells
) -> None:
    rollup.execute(statement)

    assert cells <= differing()


def test_differences_are_a_line_each_for_people_and_a_row_each_for_programs(
    rollup: Rollup,
) -> None:
    rollup.execute(
        "insert into events (user_id, performed_at)"
        " select n, '2024-04-04 12:00' from generate_series(101, 104) as n"
    )

    for_people = run_cli("check")
    for_programs = run_cli("check", "--format", "csv")

    assert (for_people.returncode, for_programs.returncode) == (1, 1)
    assert (
        "2024-04-04  user_day_activity, missing users: 0, recount 4; users: 4, such as"
        " 101, 102, 103\n" in for_people.stdout
    )
    assert "Days that differ from the raw events: 1 of 7" in for_people.stdout
    assert (
        "fast_dau_start_date: 2024-04-04, fast_dau_end_date: 2024-04-04"
        in for_people.stdout
    )
    rows = list(csv.DictReader(io.StringIO(for_programs.stdout)))
    assert {
        "activity_date": "2024-04-04",
        "table": "user_day_activity",
        "column": "missing users",
        "rollup": "0",
        "recount": "4",
        "users": "4",
        "examples": "101 102 103",
    } in rows
    assert "Days that differ" in for_programs.stderr


def test_a_day_that_is_not_over_comes_with_a_warning_and_later_days_are_missing(
    rollup: Rollup,
) -> None:
    rollup.execute("delete from events where performed_at > '2024-04-05 12:00'")
    rollup.build(NOW)

    assert "Warning: 2024-04-05 was not over" in equal("--to", "2024-04-05")
    assert differing("--to", "2024-04-06") == {
        ("2024-04-06", "daily_active_users", "activity_date"),
        ("2024-04-06", "daily_retention", "activity_date"),
    }


def test_a_week_of_a_long_history_is_read_from_the_index_alone(
    rollup_in: Callable[[Definitions], Rollup],
) -> None:
    rollup = rollup_in(Definitions())
    rollup.execute(
        "insert into events (user_id, performed_at)"
        " select n % 977, '2024-04-05'::timestamp - n * interval '3 minutes'"
        " from generate_series(0, 60000) as n"
    )
    rollup.execute("vacuum analyze events")
    rollup.build(NOW)
    scope = read_scope(rollup.connection)
    last = date(2024, 4, 4)
    query, parameters = difference_query(
        rollup.connection, scope, last - timedelta(days=6), last
    )
    with rollup.connection.cursor() as cursor:
        cursor.execute(f"explain {query}", parameters)
        plan = "\n".join(line for (line,) in cursor.fetchall())

    assert "Index Only Scan using events_performed_at_idx on events" in plan
    assert "Seq Scan on events" not in plan
    # In parts of 31 days, each with what it looks back on.
    assert "2023-12-02 to 2024-04-04 (125)" in equal("--from", "2023-01-01")


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ("--from 2024-04-02 --to 2024-04-01", "04-02 is after --to 2024-04-01"),
        (
            "--from 2019-01-01 --to 2019-01-02",
            "have the days from 2024-",
        ),
        ("--from 2025-01-01 --to 2025-01-02", "to 2024-04-05."),
        ("--from 2024-04-05", "after the last day that is over, 2024-04-04"),
    ],
    ids=["wrong way", "too early", "too late", "not over"],
)
def test_days_that_cannot_be_compared_are_refused(
    rollup: Rollup, arguments: str, message: str
) -> None:
    assert message in refusal("check", *arguments.split())


def test_without_a_rollup_there_is_nothing_to_compare(
    database_env: dict[str, str],
) -> None:
    assert "build it with `fast-dau dbt build`" in refusal("check")
