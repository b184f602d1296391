"""The commands that answer: the tables' own numbers, in each format."""

import csv
import io
import json
from datetime import datetime, timedelta
from random import Random

import pytest

from tests.commands import answer, run_cli
from tests.made_up_events import eventful_days
from tests.rollup import Rollup
from tests.states import State

NOW = datetime(2024, 3, 20, 12)
LAST_14_DAYS = [str(NOW.date() - timedelta(days=n)) for n in range(13, -1, -1)]


def three_weeks(rollup: Rollup) -> None:
    """Three weeks of events, rolled up at noon of the last day."""
    rollup.insert(eventful_days(Random(1), datetime(2024, 3, 1), 20))
    rollup.build(NOW)


@pytest.fixture
def state() -> State:
    """Where each test begins."""
    return State(three_weeks)


@pytest.mark.parametrize(
    ("command", "table"),
    [("dau", "daily_active_users"), ("retention", "daily_retention")],
)
def test_json_and_csv_hold_the_tables_own_rows_of_the_last_fourteen_days(
    rollup: Rollup, command: str, table: str
) -> None:
    expected = [[str(row[0]), *row[1:]] for row in rollup.tables()[table][-14:]]

    from_json = json.loads(answer(command, "--format", "json"))
    from_csv = list(csv.DictReader(io.StringIO(answer(command, "--format", "csv"))))

    assert [row["activity_date"] for row in from_json] == LAST_14_DAYS
    assert [list(row.values()) for row in from_json] == expected
    assert [
        ["" if cell is None else str(cell).lower() for cell in row.values()]
        for row in from_json
    ] == [list(row.values()) for row in from_csv]


def test_days_are_those_between_from_and_to_both_included(rollup: Rollup) -> None:
    printed = answer(
        "dau", "--from", "2024-03-05", "--to", "2024-03-07", "--format", "json"
    )

    days = [row["activity_date"] for row in json.loads(printed)]
    assert days == ["2024-03-05", "2024-03-06", "2024-03-07"]


def test_the_list_of_returning_users_is_that_of_the_last_day_that_is_over(
    rollup: Rollup,
) -> None:
    yesterday = (NOW - timedelta(days=1)).date()
    expected = [
        [user, str(previous), *rest]
        for day, user, previous, *rest in rollup.tables()["returning_users"]
        if day == yesterday
    ]

    printed = json.loads(answer("returning", "--format", "json"))

    assert [list(row.values()) for row in printed] == expected
    assert printed == json.loads(
        answer("returning", "--on", str(yesterday), "--format", "json")
    )


def test_the_tables_for_people_mark_days_that_are_not_what_they_seem(
    rollup: Rollup,
) -> None:
    dau = answer("dau")
    first = rollup.tables()["daily_retention"][0][0]
    seventh, eighth = first + timedelta(days=6), first + timedelta(days=7)
    retention = answer("retention", "--from", str(first), "--to", str(eighth))

    assert "2024-03-20 Wed*" in dau
    assert "2024-03-19 Tue*" not in dau
    assert "not over yet" in dau
    assert f"{seventh:%Y-%m-%d %a}†" in retention
    assert f"{eighth:%Y-%m-%d %a} " in retention
    assert "it is not cohort retention" in " ".join(retention.split())


def test_no_line_is_wider_than_a_terminal_of_eighty_columns(rollup: Rollup) -> None:
    printed = answer("dau") + answer("retention") + answer("returning")

    assert max(len(line) for line in printed.splitlines()) <= 80


def test_an_empty_range_is_an_empty_answer(rollup: Rollup) -> None:
    far = ("--from", "2031-01-01", "--to", "2031-01-02")

    assert json.loads(answer("dau", *far, "--format", "json")) == []
    assert len(answer("dau", *far, "--format", "csv").splitlines()) == 1
    assert "hold no day of that range" in answer("dau", *far)


@pytest.mark.parametrize("command", ["dau", "retention"])
def test_a_range_the_wrong_way_round_is_refused(
    command: str, database_env: dict[str, str]
) -> None:
    done = run_cli(command, "--from", "2024-03-02", "--to", "2024-03-01")

    assert done.returncode == 2
    assert done.stderr == "fast-dau: --from 2024-03-02 is after --to 2024-03-01.\n"


@pytest.mark.parametrize("command", ["dau", "retention", "returning"])
def test_before_the_first_build_the_commands_say_how_to_build(
    command: str, database_env: dict[str, str]
) -> None:
    done = run_cli(command)

    assert done.returncode == 2
    assert "There is no table analytics." in done.stderr
    assert "build it with `fast-dau dbt build`" in done.stderr
