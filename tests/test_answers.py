"""The commands that answer: the tables' own numbers, in each format."""

import csv
import io
import json
import re
from collections import defaultdict
from collections.abc import Iterator
from datetime import date, datetime, timedelta
from itertools import pairwise
from random import Random
from typing import Any

import pytest

from orchestration.core.connection import Connection
from tests.commands import answer, run_cli
from tests.made_up_events import arrivals
from tests.module_rollups import module_rollup
from tests.product_oracle import Rows
from tests.rollup import Rollup

NOW = datetime(2024, 3, 20, 12)  # a Wednesday
TODAY = NOW.date()
DAYS = 110
# With nobody new.
QUIET_DAY = TODAY - timedelta(days=9)
BY_DAY = {
    "dau": "daily_active_users",
    "retention": "daily_retention",
    "active": "rolling_active_users",
    "growth": "growth_accounting",
}
DAYS_GIVEN = "--from 2024-02-05 --to 2024-02-07"
# By command, the table that it asks.
COMMANDS = {
    **BY_DAY,
    "cohorts": "cohort_retention",
    "cohorts --weekly": "weekly_cohort_retention",
}

# The same, of those that answer about one day.
ON_DAYS = {"returning": "returning_users", "courses": "daily_active_users_by_course"}


@pytest.fixture(scope="module")
def rollup(cluster: dict[str, str], administration: Connection) -> Iterator[Rollup]:
    """A rollup with product tables, which the commands only read."""
    with module_rollup(cluster, administration, "answers") as rollup:
        rollup.insert(arrivals(Random(1), NOW, days=DAYS, a_day=3))
        rollup.execute(
            "delete from events where user_id in (select user_id from events"
            f" group by 1 having min(performed_at)::date = '{QUIET_DAY}')"
        )
        rollup.build(NOW)
        yield rollup


@pytest.fixture(scope="module")
def expected(rollup: Rollup) -> dict[str, Rows]:
    """What the oracle says of the tables."""
    return rollup.expected(NOW)


def printed(command: str) -> list[list[Any]]:
    """Return the rows that a command prints as JSON, which those as CSV equal."""
    from_json = json.loads(answer(*command.split(), "--format", "json"))
    from_csv = csv.DictReader(io.StringIO(answer(*command.split(), "--format", "csv")))
    rows = [list(row.values()) for row in from_json]
    assert [list(row.values()) for row in from_csv] == [
        ["" if cell is None else str(cell).lower() for cell in row] for row in rows
    ]
    return rows


def between(rows: Rows, first: date, last: date) -> list[list[Any]]:
    """Return the rows of these days, as they look in JSON."""
    return [[str(day), *rest] for day, *rest in rows if first <= day <= last]


def monday(day: date) -> date:
    """Return the first day of a day's week."""
    return day - timedelta(days=day.weekday())


def by_week(cohorts: Rows) -> Rows:
    """Return the cohorts of a week as one, which has no number before each has it."""
    weeks: dict[tuple[date, int], list[tuple[int, int | None]]] = defaultdict(list)
    for day, number, size, active, _ in cohorts:
        weeks[monday(day), number].append((size, active))
    rows: Rows = []
    for (week, number), of_days in sorted(weeks.items()):
        size = sum(size for size, _ in of_days)
        counts = [active for _, active in of_days if active is not None]
        active = sum(counts) if len(counts) == len(of_days) else None
        rate = None if active is None else active / size
        rows.append((week, number, size, active, rate))
    return rows


def triangle(page: str) -> dict[str, dict[int, str]]:
    """Return the cells of a triangle, by the first column and day number."""
    _, header, *lines = page.splitlines()
    ends = {int(match[0]): match.end() for match in re.finditer(r"\d+", header)}
    return {
        line.split()[0]: {n: line[end - 4 : end].strip() for n, end in ends.items()}
        for line in lines
        if re.match(r"\d{4}-", line)
    }


def shares(rows: Rows) -> dict[str, dict[int, str]]:
    """Return what the cells of a triangle must be."""
    cells: dict[str, dict[int, str]] = defaultdict(dict)
    for day, number, size, active, _ in rows:
        share = f"{active / size:.0%}" if size and active is not None else "–"
        cells[str(day)][number] = "" if active is None else share
    return cells


@pytest.mark.parametrize("command", BY_DAY)
def test_json_and_csv_hold_the_rows_of_the_last_fourteen_days(
    expected: dict[str, Rows], command: str
) -> None:
    rows = between(expected[BY_DAY[command]], TODAY - timedelta(days=13), TODAY)

    assert printed(command) == rows
    assert len(rows) == 14


def test_cohorts_are_those_of_the_last_three_weeks_with_every_day_number(
    expected: dict[str, Rows],
) -> None:
    rows = between(expected["cohort_retention"], TODAY - timedelta(days=20), TODAY)

    assert printed("cohorts") == rows
    assert len(rows) == 21 * 91


@pytest.mark.parametrize("command", [*BY_DAY, "cohorts"])
def test_days_are_those_between_from_and_to_both_included(
    expected: dict[str, Rows], command: str
) -> None:
    rows = between(expected[COMMANDS[command]], date(2024, 2, 5), date(2024, 2, 7))

    assert printed(f"{command} {DAYS_GIVEN}") == rows


@pytest.mark.parametrize(
    ("asked", "first", "weeks"),
    [
        ("", monday(TODAY) - timedelta(weeks=11), 12),
        # Whole weeks, where from and to are amid them.
        ("--from 2024-02-11 --to 2024-02-13", date(2024, 2, 5), 2),
    ],
)
def test_weekly_cohorts_are_those_of_the_last_twelve_weeks_or_those_asked_for(
    expected: dict[str, Rows], asked: str, first: date, weeks: int
) -> None:
    cohorts = by_week(expected["cohort_retention"])
    rows = between(cohorts, first, first + timedelta(weeks=weeks - 1))

    assert printed(f"cohorts --weekly {asked}") == rows
    assert len(rows) == weeks * 91


def test_the_list_of_returning_users_is_that_of_the_last_day_that_is_over(
    expected: dict[str, Rows],
) -> None:
    yesterday = TODAY - timedelta(days=1)
    rows = [
        [user, str(previous), *rest]
        for day, user, previous, *rest in expected["returning_users"]
        if day == yesterday
    ]

    assert printed("returning") == printed(f"returning --on {yesterday}") == rows


def test_the_users_of_each_course_are_those_of_the_seven_days_up_to_the_one_asked_for(
    expected: dict[str, Rows],
) -> None:
    last = TODAY - timedelta(days=1)
    rows = between(
        [row[:3] for row in expected["daily_active_users_by_course"]],
        last - timedelta(days=6),
        last,
    )
    lines = answer("courses").splitlines()
    of_last_day = {str(course): dau for day, course, dau in rows if day == str(last)}
    most = max(of_last_day, key=lambda course: of_last_day[course])

    assert printed("courses") == printed(f"courses --on {last}") == rows
    assert lines[0].startswith(f"Daily active users of each course, up to {last}")
    assert lines[2].split()[-1] == str(of_last_day[most])


def test_the_tables_for_people_mark_days_that_are_not_what_they_seem(
    expected: dict[str, Rows],
) -> None:
    dau = answer("dau")
    first = expected["daily_retention"][0][0]
    seventh, eighth = first + timedelta(days=6), first + timedelta(days=7)
    retention = answer("retention", "--from", str(first), "--to", str(eighth))

    assert "2024-03-20 Wed*" in dau
    assert "2024-03-19 Tue*" not in dau
    assert "not over yet" in dau
    assert f"{seventh:%Y-%m-%d %a}†" in retention
    assert f"{eighth:%Y-%m-%d %a} " in retention
    assert "it is not cohort retention" in " ".join(retention.split())


def test_actives_for_people_have_the_ratio_in_percent_and_the_longest_bar_at_most_mau(
    expected: dict[str, Rows],
) -> None:
    page = answer("active")
    rows = expected["rolling_active_users"][-14:]
    lines = page.splitlines()[2:16]
    bars = [line.count("█") for line in lines]
    most = max(range(14), key=lambda n: rows[n][3])

    for line, (day, dau, wau, mau, ratio, _) in zip(lines, rows, strict=True):
        mark = "*" if day == TODAY else ""
        assert line.split()[:6] == [
            str(day),
            f"{day:%a}{mark}",
            *map(str, (dau, wau, mau)),
            f"{ratio:.0%}",
        ]
    assert bars[most] == max(bars) > 0
    assert "* The day was not over yet" in page
    assert "not of a calendar week or month" in " ".join(page.split())


def test_growth_for_people_says_what_dormant_means(expected: dict[str, Rows]) -> None:
    page = answer("growth")
    lines = page.splitlines()[2:16]
    counts = [list(map(str, row[1:-1])) for row in expected["growth_accounting"][-14:]]

    assert [line.split()[2:] for line in lines] == counts
    said = " ".join(page.split())
    assert "Dormant: active in the 7 days before, not on the day and not since" in said
    assert "falls when they come back" in said


def test_the_triangle_has_a_share_for_each_day_that_is_over_and_nothing_for_others(
    expected: dict[str, Rows],
) -> None:
    cells = triangle(answer("cohorts"))
    rows = [
        row
        for row in expected["cohort_retention"]
        if row[0] > TODAY - timedelta(days=21) and row[1] in {*range(1, 8), 14}
    ]

    assert cells == shares(rows)
    assert cells[str(TODAY - timedelta(days=3))][3] == ""
    assert cells[str(TODAY - timedelta(days=4))][3] != ""
    assert cells[str(QUIET_DAY)][1] == "–"


def test_a_wider_terminal_shows_every_week_and_a_narrower_one_every_fourth(
    expected: dict[str, Rows], monkeypatch: pytest.MonkeyPatch
) -> None:
    weeks = by_week(expected["cohort_retention"])
    days, months = {*range(1, 8), 14, 21, 28}, {56}
    known = shares([row for row in weeks if row[0] > TODAY - timedelta(weeks=12)])

    for columns, numbers in [(60, set(range(1, 9)) - {8}), (80, days | months)]:
        monkeypatch.setenv("COLUMNS", str(columns))
        page = answer("cohorts", "--weekly")
        assert max(map(len, page.splitlines())) <= columns
        assert set(triangle(page)[str(monday(TODAY))]) == numbers
    monkeypatch.setenv("COLUMNS", "120")
    wide = triangle(answer("cohorts", "--weekly"))

    assert set(wide[str(monday(TODAY))]) == {*range(1, 8), *range(14, 71, 7)}
    assert wide == {
        week: {n: known[week][n] for n in cells} for week, cells in wide.items()
    }


def test_a_week_that_is_not_over_is_marked(rollup: Rollup) -> None:
    page = answer("cohorts", "--weekly")

    assert f"{monday(TODAY)} Mon*" in page
    assert f"{monday(TODAY) - timedelta(weeks=1)} Mon*" not in page
    assert "* The week was not over yet" in page


def test_shares_are_shaded_where_the_terminal_has_colours_and_only_there(
    rollup: Rollup, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("NO_COLOR", raising=False)
    plain = answer("cohorts", "--weekly")
    for name, text in {"FORCE_COLOR": "1", "TERM": "xterm-256color"}.items():
        monkeypatch.setenv(name, text)
    shaded = answer("cohorts", "--weekly")
    shades: dict[str, set[str]] = defaultdict(set)
    for shade, share in re.findall(r"\x1b\[([\d;]+)m *(\d+)%\x1b", shaded):
        shades[shade].add(share)

    # No two shades for one share but at a border, and of two shades one is higher.
    borders = sorted((min(map(int, of)), max(map(int, of))) for of in shades.values())
    assert len(borders) >= 3
    assert all(a[1] <= b[0] for a, b in pairwise(borders))
    assert "\x1b" not in plain
    assert re.sub(r"\x1b\[[\d;]*m", "", shaded) == plain


def test_no_line_is_wider_than_a_terminal_of_eighty_columns(rollup: Rollup) -> None:
    pages = "".join(answer(*command.split()) for command in [*COMMANDS, *ON_DAYS])

    assert max(len(line) for line in pages.splitlines()) <= 80


@pytest.mark.parametrize("command", COMMANDS)
@pytest.mark.parametrize(
    "days", ["--from 2031-01-01 --to 2031-01-02", "--to 0001-01-05"]
)
def test_an_empty_range_is_an_empty_answer_that_says_which_days_there_are(
    rollup: Rollup, expected: dict[str, Rows], command: str, days: str
) -> None:
    asked = f"{command} {days}".split()
    first, last = expected["daily_active_users"][0][0], TODAY
    why = (
        "Nobody was active on the days asked for; those on which somebody was are from "
        f"{first} to {last}.\n"
    )
    csv_, json_ = (run_cli(*asked, "--format", form) for form in ("csv", "json"))

    assert (json_.stdout, json_.stderr) == ("[]\n", why)
    assert (len(csv_.stdout.splitlines()), csv_.stderr) == (1, why)
    assert answer(*asked).endswith(why)


@pytest.mark.parametrize("command", COMMANDS)
def test_a_range_the_wrong_way_round_is_refused(
    command: str, database_env: dict[str, str]
) -> None:
    done = run_cli(*command.split(), "--from", "2024-03-02", "--to", "2024-03-01")

    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr == "fast-dau: --from 2024-03-02 is after --to 2024-03-01.\n"


@pytest.mark.parametrize(
    ("command", "table"),
    [
        *((command, "daily_active_users") for command in (*COMMANDS, *ON_DAYS)),
        # With both days given, no other table is asked for the newest.
        *((f"{name} {DAYS_GIVEN}", table) for name, table in COMMANDS.items()),
        *((f"{name} --on 2024-02-05", table) for name, table in ON_DAYS.items()),
    ],
)
def test_a_table_that_is_not_built_yet_is_named_with_how_to_build_it(
    command: str, table: str, database_env: dict[str, str]
) -> None:
    done = run_cli(*command.split())

    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr == (
        f"fast-dau: There is no table analytics.{table} yet: build it with "
        "`fast-dau dbt build`.\n"
    )


def test_the_help_says_which_days_are_shown_by_default() -> None:
    def options(command: str) -> str:
        return " ".join(re.sub(r"[│\n]", " ", answer(command, "--help")).split())

    assert "[default: (14 days up to the last)]" in options("active")
    assert "[default: (21 days, or 12 weeks, up to the last)]" in options("cohorts")
