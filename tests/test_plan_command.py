"""`fast-dau plan`: what the next run rebuilds, without a trace; how late data is."""

import csv
import io
import json
from datetime import date, datetime, timedelta
from random import Random
from typing import Any

import pytest

from orchestration.core.settings import as_vars
from orchestration.trust.plan.days_to_rebuild import PlannedDay, in_ranges
from tests.change_logs import install
from tests.commands import answer, refusal
from tests.made_up_events import eventful_days
from tests.oracle import Definitions, Event
from tests.product_oracle import Rows
from tests.rollup import Rollup
from tests.states import State

FIRST = datetime(2024, 3, 1)
NOW = datetime(2024, 3, 20, 12)


def three_weeks(rollup: Rollup) -> None:
    """Three weeks of events that are not rolled up yet."""
    rollup.insert(eventful_days(Random(1), FIRST, 20))
    rollup.insert([Event(1, FIRST), Event(1, NOW)])


def one_event(rollup: Rollup) -> None:
    """One event, whose first day is the 18th of March, first built."""
    rollup.insert([Event(1, datetime(2024, 3, 18, 12))])
    rollup.build(NOW)


UNBUILT = State(three_weeks)
BERLIN = State(one_event, Definitions(time_zone="Europe/Berlin"))


@pytest.fixture
def state(request: pytest.FixtureRequest) -> State:
    """Where each test begins that has a `rollup`, unbuilt unless it says otherwise."""
    given: State = getattr(request, "param", UNBUILT)
    return given


def plan_of(**variables: Any) -> list[dict[str, Any]]:
    """Return the plan of a run with these variables, day by day."""
    printed = answer(
        "plan", "--vars", json.dumps(as_vars(variables)), "--format", "json"
    )
    days: list[dict[str, Any]] = json.loads(printed)
    return days


def everything(rollup: Rollup) -> dict[str, Rows]:
    """Return each row of each table, where it lies and which transaction wrote it."""
    tables = rollup.query(
        "select format('%I.%I', schemaname, tablename) from pg_tables"
        " where schemaname not in ('pg_catalog', 'information_schema')"
    )
    rows = {
        table: sorted(
            rollup.query(f"select ctid::text, xmin::text, t::text from {table} t")
        )
        for (table,) in tables
    }
    return rows | {"schemas": sorted(rollup.query("select nspname from pg_namespace"))}


@pytest.mark.prove
def test_the_plan_of_each_kind_of_run_is_what_the_run_then_rebuilds(
    rollup: Rollup,
) -> None:
    later = NOW + timedelta(days=2)
    runs: list[dict[str, Any]] = [
        {"run_at": NOW},
        {"run_at": later},
        {"run_at": later, "start_date": "2024-03-04", "end_date": "2024-03-06"},
        {"run_at": later, "refresh": "full"},
    ]
    for run in runs:
        variables = {name: str(value) for name, value in run.items()}
        plan = plan_of(**variables)
        rollup.dbt("run", events_kept_from=None, **variables)

        assert [(day["activity_date"], day["reason"]) for day in plan] == rollup.query(
            "select activity_date::text, reason from analytics.refresh_days order by 1"
        )
        # For the next run there is a day before all history.
        rollup.insert([Event(2, FIRST - timedelta(days=runs.index(run) + 1))])


@pytest.mark.prove
def test_the_plan_knows_of_a_purge_that_no_run_has_seen_yet(rollup: Rollup) -> None:
    rollup.build(NOW, events_kept_from=None)
    rollup.execute("delete from events where performed_at < '2024-03-10'")

    refused = refusal("plan", "--vars", f"fast_dau_run_at: '{NOW}'")
    assert "fast_dau_missing_events: purged" in refused
    plan = plan_of(run_at=str(NOW), refresh="full", missing_events="purged")
    rollup.build(NOW, events_kept_from=None, refresh="full", missing_events="purged")

    assert plan[0]["reason"] == "full"
    assert [(day["activity_date"], day["reason"]) for day in plan] == rollup.query(
        "select activity_date::text, reason from analytics.refresh_days order by 1"
    )


@pytest.mark.prove
def test_the_plan_follows_the_clock_where_it_is_given_none(rollup: Rollup) -> None:
    rollup.dbt("run", events_kept_from=None)

    reasons = [day["reason"] for day in plan_of()]

    assert reasons == ["lookback", "lookback", "lookback", "open"]


def test_planning_changes_nothing_and_consumes_no_logged_change(
    rollup: Rollup,
) -> None:
    before_any_run = everything(rollup)
    first = answer("plan")
    assert "first build" in first
    assert "The first build takes every day" in first
    assert everything(rollup) == before_any_run

    install(rollup.connection)
    rollup.build(NOW, events_kept_from=None)
    rollup.insert([Event(2, datetime(2024, 3, 5, 12))])
    before = everything(rollup)

    plan = plan_of(run_at=str(NOW))

    assert (plan[0]["activity_date"], plan[0]["reason"]) == (
        "2024-03-05",
        "late change",
    )
    assert everything(rollup) == before


def test_days_in_a_row_are_one_line_with_their_estimated_events(
    rollup: Rollup,
) -> None:
    rollup.execute(
        "insert into events (user_id, performed_at)"
        " select n, '2024-03-01'::timestamp + n * interval '1 minute'"
        " from generate_series(0, 27000) as n"
    )
    rollup.execute("analyze events")
    rollup.build(NOW, events_kept_from=None)

    clock = ("--vars", f"fast_dau_run_at: '{NOW}'")
    printed = answer("plan", *clock).splitlines()
    days = list(csv.DictReader(io.StringIO(answer("plan", *clock, "--format", "csv"))))

    assert printed[2].split()[:5] == ["2024-03-17", "to", "2024-03-19", "3", "lookback"]
    assert printed[3].split()[:3] == ["2024-03-20", "1", "open"]
    assert printed[4].split()[:2] == ["Total", "4"]
    assert "3 days before them (fast_dau_lookback_days)" in printed[5]
    assert "retention of the seven days after" in printed[6]
    [(events,)] = rollup.query(
        "select count(*) from events where performed_at >= '2024-03-17'"
    )
    estimated = sum(int(day["estimated_events"]) for day in days)
    assert [day["reason"] for day in days] == ["lookback"] * 3 + ["open"]
    assert estimated == pytest.approx(events, rel=0.2)
    assert printed[4].split()[2] == f"{estimated:,}"


def test_days_are_one_range_where_they_are_in_a_row_and_of_one_reason() -> None:
    days = [
        PlannedDay(date(2024, 3, number), reason, 1)
        for number, reason in ((1, "full"), (2, "full"), (3, "open"), (5, "open"))
    ]

    assert list(in_ranges(days)) == [days[:2], days[2:3], days[3:]]


@pytest.mark.prove
@pytest.mark.parametrize(
    ("variables", "message"),
    [
        ("fast_dau_refresh: everything", "'everything', not incremental"),
        ("fast_dau_time_zone: Mars/Olympus", "which Postgres does not know"),
        ("full", "is not a mapping"),
        ("fast_dau_time_zone: Europe/Paris", "was Europe/Berlin, and is Europe/Paris"),
    ],
    ids=["misspelt", "unknown zone", "no mapping", "redefined"],
)
@pytest.mark.parametrize("state", [BERLIN], ids=["Berlin"], indirect=True)
def test_a_run_that_would_be_refused_has_no_plan(
    rollup: Rollup, variables: str, message: str
) -> None:
    assert message in refusal("plan", "--vars", variables)


@pytest.mark.prove
def test_without_events_there_is_nothing_to_rebuild(rollup: Rollup) -> None:
    rollup.execute("truncate events")
    assert answer("plan").startswith("Nothing to rebuild")
    assert plan_of() == []

    rollup.execute("drop table events")
    assert "There is no table public.events" in refusal("plan")


@pytest.mark.parametrize("state", [BERLIN], ids=["Berlin"], indirect=True)
def test_lateness_counts_revised_days_by_local_days_until_the_revision(
    rollup: Rollup,
) -> None:
    # In Berlin the second is of the 5th of March already, one day later than in UTC.
    rollup.execute(
        "insert into analytics.daily_revisions"
        " (activity_date, first_dau, dau, revisions_count, last_revised_at) values"
        " ('2024-03-01', 100, 150, 1, '2024-03-02 12:00'),"
        " ('2024-03-02', 100, 70, 2, '2024-03-04 23:30'),"
        " ('2024-03-03', 100, 119, 1, '2024-03-06 12:00'),"
        " ('2024-03-04', 100, 101, 1, '2024-03-13 12:00'),"
        " ('2024-03-05', 100, 100, 2, '2024-04-05 12:00'),"
        " ('2024-03-06', 100, 100, 0, null)"
    )

    rows = json.loads(answer("plan", "--lateness", "--format", "json"))
    printed = answer("plan", "--lateness")

    assert [tuple(row.values()) for row in rows] == [
        (1, 1, 50, 0.5),
        (3, 2, 49, 0.99),
        (9, 1, 1, 1.0),
        (31, 1, 0, 1.0),
    ]
    assert list(rows[0]) == [
        "days_late",
        "days_count",
        "dau_difference",
        "share_caught",
    ]
    assert "Days that are over: 8; revised since: 5" in printed
    assert "A lookback of 3 days would have caught 99 %" in printed
    assert "fast_dau_lookback_days is 3, which catches 99.0%" in printed


@pytest.mark.parametrize("state", [BERLIN], ids=["Berlin"], indirect=True)
def test_lateness_says_where_nothing_was_revised(rollup: Rollup) -> None:
    printed = answer("plan", "--lateness")

    assert "no revision yet: of the 2 days that are over" in printed
    assert json.loads(answer("plan", "--lateness", "--format", "json")) == []


def test_lateness_needs_a_rollup_and_no_variables(database_env: dict[str, str]) -> None:
    with_variables = ("--vars", "fast_dau_refresh: full")

    assert "build it with `fast-dau dbt build`" in refusal("plan", "--lateness")
    assert "--vars" in refusal("plan", "--lateness", *with_variables)
