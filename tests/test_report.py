"""`fast-dau report`: one page that shows what the tables hold, to anybody."""

import os
from collections import defaultdict
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from datetime import date, datetime, timedelta
from pathlib import Path
from random import Random

import pytest
from playwright.sync_api import Page, expect

from orchestration.answers.report.numbers import read_numbers
from orchestration.answers.report.page import page as written
from orchestration.core.connection import Connection, connect
from tests import browser
from tests.commands import answer, run_cli
from tests.made_up_events import arrivals
from tests.module_rollups import module_rollup
from tests.oracle import Definitions, Event
from tests.pipelines import roles, user
from tests.product_oracle import Rows
from tests.report_pages import ReportPage, low_contrasts, read_page
from tests.rollup import Rollup

NOW = datetime(2024, 3, 20, 12)  # a Wednesday
TODAY = NOW.date()
YESTERDAY = TODAY - timedelta(days=1)
DAYS = 70
READER = "reads_reports"
WHITE = "rgb(255, 255, 255)"
PRODUCT = (
    "rolling_active_users",
    "growth_accounting",
    "cohort_retention",
    "daily_active_users_by_course",
)
DAILY = (
    "daily_active_users",
    "rolling_active_users",
    "daily_retention",
    "growth_accounting",
)
DRAWINGS = (
    "Daily active users",
    "Weekly and monthly active users",
    "Stickiness",
    "Returning users",
    "Active on the days before",
    "Growth",
    "Cohort retention",
    "Top courses",
)


@pytest.fixture(scope="module")
def rollup(cluster: dict[str, str], administration: Connection) -> Iterator[Rollup]:
    """A rollup with product tables, which each test leaves as it found it."""
    with module_rollup(cluster, administration, "report") as rollup:
        rollup.insert(arrivals(Random(1), NOW, days=DAYS, a_day=4))
        rollup.build(NOW)
        yield rollup


@pytest.fixture(scope="module")
def expected(rollup: Rollup) -> dict[str, Rows]:
    """What the oracle says of the tables."""
    return rollup.expected(NOW)


@pytest.fixture(scope="module")
def path(rollup: Rollup, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A report of all the days there are."""
    path = tmp_path_factory.mktemp("report") / "report.html"
    said = answer("report", "--out", str(path))
    assert said == f"The report is at {path}\n"
    return path


@pytest.fixture(scope="module")
def report(path: Path) -> ReportPage:
    """What is on it."""
    return read_page(path)


def behind(report: ReportPage, heading: str) -> list[list[str]]:
    """Return the numbers behind a chart, without headings."""
    return report.tables[f"The numbers behind {heading}"][1:]


def marked(day: date) -> str:
    """Return a day as the tables of the report have it."""
    mark = "*" if day == TODAY else ""
    mark += "†" if day - timedelta(days=7) < (NOW - timedelta(days=DAYS)).date() else ""
    return f"{day:%Y-%m-%d %a}{mark}"


def shown(*cells: float | None) -> list[str]:
    """Return counts and shares as the tables of the report have them."""
    return [
        "–"  # an en dash
        if cell is None
        else f"{cell:.1%}"
        if isinstance(cell, float)
        else f"{cell:,}"
        for cell in cells
    ]


def newest_first(rows: Rows, *columns: int) -> list[list[str]]:
    """Return these columns of rows by day, as the report has them."""
    return [
        [marked(row[0]), *shown(*(row[n] for n in columns))] for row in reversed(rows)
    ]


def test_the_last_fourteen_days_equal_the_tables(
    report: ReportPage, expected: dict[str, Rows]
) -> None:
    _, *lines = report.tables["The last days in numbers"]
    by_name = {
        name: rows[-14:][::-1] for name, rows in expected.items() if name in DAILY
    }

    assert lines == [
        [
            marked(dau[0]),
            *shown(dau[1], *rolling[2:5], *retention[2:4], *growth[2:6], dau[2]),
        ]
        for dau, rolling, retention, growth in zip(
            *(by_name[name] for name in DAILY), strict=True
        )
    ]
    assert len(lines) == 14


def test_the_numbers_behind_each_chart_by_day_equal_the_tables(
    report: ReportPage, expected: dict[str, Rows]
) -> None:
    whole = [row for row in expected["daily_retention"] if row[11]]
    rolling = expected["rolling_active_users"]

    assert behind(report, "Daily active users") == newest_first(
        expected["daily_active_users"], 1, 2
    )
    assert behind(report, "Weekly and monthly active users") == newest_first(
        rolling, 3, 2
    )
    assert behind(report, "Stickiness") == newest_first(rolling, 1, 3, 4)
    assert behind(report, "Returning users") == newest_first(whole, 1, 2, 3)
    assert behind(report, "Growth") == newest_first(
        expected["growth_accounting"], 2, 3, 4, 5
    )


def test_the_curve_of_the_days_before_is_that_of_the_day_and_of_its_week(
    report: ReportPage, expected: dict[str, Rows]
) -> None:
    week = [
        row
        for row in expected["daily_retention"]
        if YESTERDAY - timedelta(days=7) < row[0] <= YESTERDAY
    ]
    day, dau = week[-1], sum(row[1] for row in week)
    sums = [sum(row[3 + n] for row in week) for n in range(1, 8)]

    assert behind(report, "Active on the days before") == [
        [
            f"D-{n}",
            *shown(day[3 + n], day[3 + n] / day[1], sums[n - 1], sums[n - 1] / dau),
        ]
        for n in range(1, 8)
    ]


def test_the_triangle_has_each_cohort_and_is_empty_where_days_are_not_over(
    report: ReportPage, expected: dict[str, Rows]
) -> None:
    cohorts: dict[date, list[str]] = defaultdict(list)
    for day, number, size, active, rate in expected["cohort_retention"]:
        if day > TODAY - timedelta(days=60) and number < 60:
            cell = size if number == 0 else rate
            is_empty = active is None and number > 0
            cohorts[day] += [""] if is_empty else shown(cell)

    assert behind(report, "Cohort retention") == [
        [f"{day:%Y-%m-%d %a}", *cells] for day, cells in reversed(cohorts.items())
    ]


def test_top_courses_are_the_ten_of_most_users_with_their_week(
    report: ReportPage, expected: dict[str, Rows]
) -> None:
    users: dict[tuple[date, int], int] = {
        (day, course): dau
        for day, course, dau, _ in expected["daily_active_users_by_course"]
    }
    courses = sorted(range(1, 15), key=lambda c: (-users.get((YESTERDAY, c), 0), c))
    week = [YESTERDAY - timedelta(days=n) for n in range(7)][::-1]

    lines = behind(report, "Top courses")
    assert [[line[0], *line[1:8]] for line in lines] == [
        [str(course), *shown(*(users.get((day, course), 0) for day in week))]
        for course in courses[:10]
    ]


def test_headlines_compare_the_last_full_day_with_the_same_day_a_week_before(
    report: ReportPage, expected: dict[str, Rows]
) -> None:
    # The last day is not over.
    now, before = (expected["rolling_active_users"][n] for n in (-2, -9))
    change = 100 * (now[3] / before[3] - 1)
    points = 100 * (now[4] - before[4])
    sign = "+" if change > 0 else "−"  # the sign
    side = "+" if points > 0 else "−"

    assert (
        f"MAU active in 28 days {now[3]} {sign}{abs(change):.1f}% "
        f"against Tue 12 Mar ({before[3]})" in report.text
    )
    assert (
        f"Stickiness DAU / MAU {now[4]:.1%} {side}{abs(points):.1f} points "
        f"against Tue 12 Mar ({before[4]:.1%})" in report.text
    )


def test_the_page_says_how_far_the_data_goes_and_when_the_run_began(
    rollup: Rollup, report: ReportPage
) -> None:
    ((began,),) = rollup.query("select run_started_at from analytics.rollup_state")

    assert (
        "Data up to Wed 20 Mar 2024, which was not over yet; the last full day is "
        f"Tue 19 Mar 2024. The latest run began at {began:%H:%M} UTC on {began:%a} "
        f"{began.day} {began:%b} {began.year}." in report.text
    )


def test_each_drawing_tells_its_numbers_in_words_and_no_two_names_are_the_same(
    report: ReportPage, path: Path
) -> None:
    dau = report.tables["The numbers behind Daily active users"][2][1]

    assert [label.split(". ")[0] for label in report.drawings] == list(DRAWINGS)
    assert f"DAU: {dau} on Tue 19 Mar 2024" in report.drawings[0]
    assert len(set(report.names)) == len(report.names)
    assert "://" not in path.read_text()


def test_colours_stand_out_from_the_paper_in_both_schemes(path: Path) -> None:
    assert low_contrasts(path) == []


def test_equal_numbers_are_written_as_equal_pages(rollup: Rollup, path: Path) -> None:
    with closing(connect(os.environ)) as opened:
        again = written(read_numbers(opened, 90))

    assert again == path.read_text()


def test_fewer_days_are_shown_when_asked_for(rollup: Rollup, tmp_path: Path) -> None:
    out = tmp_path / "short.html"
    answer("report", "--out", str(out), "--days", "14")

    assert len(behind(read_page(out), "Daily active users")) == 14


def test_a_reader_without_rights_on_the_runs_state_gets_all_but_the_runs_time(
    rollup: Rollup, administration: Connection, path: Path, tmp_path: Path
) -> None:
    with roles(administration, READER), pytest.MonkeyPatch.context() as patch:
        rollup.execute(
            f"grant usage on schema analytics to {READER};"
            f"grant select on all tables in schema analytics to {READER};"
            f"revoke all on analytics.rollup_state from {READER}"
        )
        for name, text in user(os.environ, READER).items():
            patch.setenv(name, text)
        out = tmp_path / "reader.html"
        answer("report", "--out", str(out))
        rollup.execute(f"drop owned by {READER}")

    began = read_page(path).text.partition(" The latest run began at ")[2]
    sentence = f" The latest run began at {began.partition('.')[0]}."
    assert out.read_text() == path.read_text().replace(sentence, "")


@pytest.mark.parametrize("table", PRODUCT)
def test_a_table_that_is_missing_is_named_with_the_command_that_builds_it(
    rollup: Rollup, tmp_path: Path, table: str
) -> None:
    out = tmp_path / "report.html"
    rollup.execute(f"alter table analytics.{table} rename to away")
    done = run_cli("report", "--out", str(out))
    rollup.execute(f"alter table analytics.away rename to {table}")

    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr == (
        f"fast-dau: There is no table analytics.{table} yet: "
        "build it with `fast-dau dbt build`.\n"
    )
    assert not out.exists()


def test_tables_without_a_day_that_is_over_have_nothing_to_report(
    whole_rollup_in: Callable[[Definitions], Rollup], tmp_path: Path
) -> None:
    empty = whole_rollup_in(Definitions())
    empty.build(NOW)
    before = run_cli("report", "--out", str(tmp_path / "empty.html"))
    empty.insert([Event(1, NOW)])
    empty.build(NOW)
    on_the_first_day = run_cli("report", "--out", str(tmp_path / "open.html"))

    nothing = (
        "fast-dau: The tables hold no day that is over: there is nothing to report yet."
    )
    assert (before.returncode, on_the_first_day.returncode) == (2, 2)
    assert before.stderr.startswith(f"{nothing} No user is in the tables: as of the")
    assert on_the_first_day.stderr == f"{nothing}\n"
    assert list(tmp_path.iterdir()) == []

    empty.build(NOW + timedelta(days=1))
    answer("report", "--out", str(tmp_path / "second.html"))
    report = read_page(tmp_path / "second.html")
    assert "no day a week before to compare with" in report.text
    assert "Share of DAU: no full day has one yet." in report.text


@contextmanager
def without(rollup: Rollup, table: str, condition: str) -> Iterator[None]:
    """Take rows out of a table, as where a run has not reached them yet."""
    rollup.execute(f"create table kept as select * from analytics.{table}")
    rollup.execute(f"delete from analytics.{table} where {condition}")
    yield
    rollup.execute(f"truncate analytics.{table}")
    rollup.execute(f"insert into analytics.{table} select * from kept; drop table kept")


def test_tables_that_a_run_has_not_reached_yet_have_dashes_on_the_newest_days(
    rollup: Rollup, tmp_path: Path
) -> None:
    out = tmp_path / "report.html"
    with without(rollup, "rolling_active_users", f"activity_date >= '{YESTERDAY}'"):
        answer("report", "--out", str(out))

    report = read_page(out)
    assert [line[2:5] for line in report.tables["The last days in numbers"][1:3]] == [
        shown(None, None, None)
    ] * 2
    assert "WAU active in 7 days – " in report.text  # a dash


def test_retention_that_a_run_has_not_reached_is_not_marked_as_too_low(
    rollup: Rollup, tmp_path: Path
) -> None:
    out = tmp_path / "report.html"
    with without(rollup, "daily_retention", f"activity_date = '{TODAY}'"):
        answer("report", "--out", str(out))

    days = read_page(out).tables["The last days in numbers"]
    assert days[1][0] == marked(TODAY)


@pytest.mark.parametrize("name", ["missing/report.html", "folder"])
def test_a_file_that_cannot_be_written_is_named_and_nothing_is_left(
    rollup: Rollup, tmp_path: Path, name: str
) -> None:
    (tmp_path / "folder").mkdir()
    done = run_cli("report", "--out", str(tmp_path / name))

    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.startswith(f"fast-dau: {tmp_path / name} cannot be written: ")
    assert "Traceback" not in done.stderr
    assert [str(left.relative_to(tmp_path)) for left in tmp_path.rglob("*")] == [
        "folder"
    ]


def background(shown: Page) -> str:
    """Return the colour of the page's paper."""
    color: str = shown.evaluate("getComputedStyle(document.body).backgroundColor")
    return color


@pytest.mark.prove
def test_a_browser_shows_it_alone_on_any_screen_and_on_paper(path: Path) -> None:
    requests, complaints = [], []
    with browser.page() as shown:
        shown.on("request", lambda request: requests.append(request.url))
        shown.on("console", lambda message: complaints.append(message.text))
        shown.on("pageerror", lambda error: complaints.append(str(error)))
        shown.goto(path.as_uri())
        for heading in DRAWINGS:
            drawing = shown.get_by_role("img", name=f"{heading}. ")
            expect(drawing).to_be_visible()
        expect(shown.locator("svg")).to_have_count(len(DRAWINGS))
        light = background(shown)
        browser.keep(shown, "report_light", whole=True)

        shown.emulate_media(color_scheme="dark")
        dark = background(shown)
        ink = shown.locator("svg text").first.evaluate("e => getComputedStyle(e).fill")
        browser.keep(shown, "report_dark", whole=True)

        shown.set_viewport_size({"width": 375, "height": 800})
        shown.get_by_text("The numbers behind Cohort retention").click()
        width = shown.evaluate("document.documentElement.scrollWidth")
        browser.keep(shown, "report_phone", whole=True)

        shown.set_viewport_size({"width": 700, "height": 1000})
        shown.emulate_media(media="print", color_scheme="dark")
        on_paper = background(shown)
        browser.keep(shown, "report_print", whole=True)

    assert requests == [path.as_uri()]
    assert complaints == []
    assert (light, dark, on_paper) == (WHITE, "rgb(20, 24, 29)", WHITE)
    assert ink == "rgb(230, 233, 237)"
    assert width == 375
