"""`fast-dau check` of the tables that are made of user-days, courses and segments."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, datetime, timedelta
from random import Random
from typing import Any

import pytest

from orchestration.core.manifest import manifest, models
from orchestration.trust.check import tables
from orchestration.trust.check.scope import read_scope
from orchestration.trust.check.tables import days_looked_back, recounted
from tests.checks import differences, differing, equal
from tests.commands import refusal, run_cli
from tests.forgetting import forget
from tests.made_up_events import eventful_days, invalid_events
from tests.oracle import Definitions, Event
from tests.rollup import Rollup
from tests.states import State

# Berlin's day of 23 hours is the 31st of March, New York's the 10th.
FIRST = datetime(2024, 3, 1)
NOW = datetime(2024, 4, 15, 12)
ALL_DAYS = ("--from", "2024-02-01", "--to", "2024-04-14")
WEEK = ("--from", "2024-04-01", "--to", "2024-04-07")
DAY = "2024-04-04"
SEGMENTS = {
    "kind": "kind",
    "course": "events.course_id",
    "it's 100%": "case user_id % 4 when 0 then '(other)' when 1 then 'ä;' end",
}
VARIABLES: dict[str, Any] = {"segments": SEGMENTS, "max_segment_values": 1}


def six_weeks(rollup: Rollup) -> None:
    """Six weeks of events, good and bad, first built as of NOW."""
    rollup.insert(eventful_days(Random(4), FIRST, 46))
    rollup.insert(invalid_events(NOW))
    # On the day that is tampered with.
    rollup.insert(Event(n, datetime(2024, 4, 4, 12), course_id=n) for n in (1, 2, 77))
    rollup.build(NOW, **VARIABLES)


@pytest.fixture
def state(request: pytest.FixtureRequest) -> State:
    """Where each test begins, in UTC unless it says otherwise."""
    definitions = getattr(request, "param", Definitions(cohort_days=9))
    return State(six_weeks, definitions, has_product=True)


@contextmanager
def planted(rollup: Rollup, table: str, statement: str) -> Iterator[None]:
    """Change a table for the time of a check, and put it back as it was."""
    rollup.execute(f"create table public.saved as table analytics.{table}")
    rollup.execute(statement.format(f"analytics.{table}"))
    yield
    rollup.execute(
        f"truncate analytics.{table};"
        f" insert into analytics.{table} table public.saved; drop table public.saved"
    )


@pytest.mark.parametrize(
    "state",
    [
        Definitions(),
        Definitions("Europe/Berlin", ("page_view", "video_play"), cohort_days=3),
        Definitions("America/New_York", events_start_date=date(2024, 3, 2)),
        Definitions("Pacific/Kiritimati"),
    ],
    indirect=True,
    ids=lambda definitions: definitions.time_zone,
)
def test_every_table_that_a_run_has_just_made_is_equal(rollup: Rollup) -> None:
    published = [str(row[0]) for row in rollup.tables()["daily_active_users"]]
    everything = equal(*ALL_DAYS)
    week = equal(*WEEK)

    assert f"({sum(day <= ALL_DAYS[-1] for day in published)}): " in everything
    assert all(table.name in everything for table in recounted())
    assert "Not recounted: who was active after 2024-04-14." in everything
    before = date(2024, 4, 1) - timedelta(days=days_looked_back())
    assert f"before {before} and after 2024-04-07. cohort_retention" in week


OTHER_NUMBER = "coalesce({0}, 0) + 1"
OTHER_VALUES = {
    "boolean": "not {0}",
    "date": "{0} + 1",
    "timestamp without time zone": "{0} + interval '1 second'",
}
# By table: statements, and the day and the columns in which each makes it differ.
OTHER_ROWS: dict[str, list[tuple[str, str | None, set[str]]]] = {
    "daily_retention": [
        (
            f"update {{}} set retention_rate = null where activity_date = '{DAY}'",
            DAY,
            {"retention_rate"},
        ),
    ],
    "daily_active_users_by_course": [
        (f"insert into {{}} values ('{DAY}', 999, 1, 1)", DAY, {"extra rows"}),
    ],
    "daily_active_users_by_segment": [
        (
            f"""update {{}} set value = 'another' where activity_date = '{DAY}'
            and value = '(other)' and segment = 'kind'""",
            DAY,
            {"extra rows", "missing rows"},
        ),
    ],
    "cohort_retention": [
        (
            f"""update {{}} set active_users = 0, retention_rate = 0
            where cohort_date = '{DAY}' and day_number = 0""",
            DAY,
            {"active_users", "retention_rate"},
        ),
        (
            # Of a cohort before the days compared, on the last of them.
            """update {} set active_users = active_users + 1
            where cohort_date = '2024-03-31' and day_number = 7""",
            "2024-04-07",
            {"active_users"},
        ),
        (
            # Of a cohort of the days compared, after the last of them.
            f"""update {{}} set cohort_size = cohort_size + 1
            where cohort_date = '{DAY}' and day_number = 9""",
            DAY,
            {"cohort_size"},
        ),
        (
            f"delete from {{}} where cohort_date = '{DAY}' and day_number = 9",
            DAY,
            {"missing rows"},
        ),
        (f"insert into {{}} values ('{DAY}', 10, 1, 1, 1)", DAY, {"extra rows"}),
    ],
    "user_lifetimes": [
        ("delete from {} where user_id = 77", DAY, {"missing users"}),
        (f"insert into {{}} values (88, '2024-03-02', '{DAY}')", DAY, {"extra users"}),
        (
            "update {} set first_activity_date = '2024-03-03' where user_id = 77",
            DAY,
            {"first_activity_date"},
        ),
        (
            # The user's days are after those compared.
            f"update {{}} set first_activity_date = '{DAY}' where user_id = 78",
            DAY,
            {"first_activity_date"},
        ),
    ],
    "rejected_events": [
        (
            """update {} set events_count = 9, latest_performed_at = '2024-04-13'
            where reason = 'user_id is null'""",
            None,
            {"events_count", "latest_performed_at"},
        ),
        (
            "delete from {} where reason = 'performed_at is infinite'",
            None,
            {"missing rows"},
        ),
        (
            "update {} set reason = 'whatever' where reason = 'performed_at is null'",
            None,
            {"missing rows", "extra rows"},
        ),
    ],
}


def test_each_changed_cell_and_missing_row_is_found_and_named(rollup: Rollup) -> None:
    on_day = f"where activity_date = '{DAY}'"
    for table in (table for table in recounted() if table.is_by_day):
        name, columns = table.name, models()[table.name]["columns"]
        others = {
            column: OTHER_VALUES.get(columns[column]["data_type"], OTHER_NUMBER)
            for column in table.columns
        }
        changes = ", ".join(f"{c} = {other.format(c)}" for c, other in others.items())
        with planted(rollup, name, f"update {{}} set {changes} {on_day}"):
            assert differing(*WEEK) == {(DAY, name, column) for column in table.columns}
        missing = f"missing {table.rows}" if table.row_key else "activity_date"
        with planted(rollup, name, f"delete from {{}} {on_day}"):
            assert differing(*WEEK) == {(DAY, name, missing)}
    equal(*ALL_DAYS)


def test_rows_that_are_wrong_in_other_ways_are_found_and_named(rollup: Rollup) -> None:
    rollup.insert([Event(78, datetime(2024, 4, 12, 9))])
    rollup.build(NOW, refresh="full", **VARIABLES)
    for table, others in OTHER_ROWS.items():
        for statement, day, columns in others:
            with planted(rollup, table, statement):
                found = differing(*WEEK)
            assert found == {(day, table, column) for column in columns}, statement
    equal(*ALL_DAYS)


def test_a_difference_names_the_rows_of_the_day_in_which_it_is(rollup: Rollup) -> None:
    rollup.execute(
        "update analytics.daily_active_users_by_course set dau = 5"
        f" where activity_date = '{DAY}' and course_id = 77;"
        "delete from analytics.cohort_retention"
        " where cohort_date = '2024-03-31' and day_number = 4;"
        "delete from analytics.daily_active_users_by_segment"
        f" where activity_date = '{DAY}' and value = 'page_view';"
        "delete from analytics.rejected_events where reason = 'performed_at is null'"
    )

    cells = {cell["table"]: cell for cell in differences(*WEEK)}
    printed = run_cli("check", *WEEK).stdout

    assert cells["daily_active_users_by_course"]["examples"] == [77]
    assert cells["cohort_retention"]["examples"] == ["2024-03-31: 4"]
    assert cells["daily_active_users_by_segment"]["examples"] == ["kind: page_view"]
    assert {cell["users"] for cell in cells.values()} == {None}
    assert f"{DAY}  daily_active_users_by_course, dau: 5, recount 1; such as 77" in (
        printed
    )
    assert "all days  rejected_events, missing rows: 0, recount 1" in printed


def test_days_to_come_that_the_tables_hold_are_found(rollup: Rollup) -> None:
    rollup.execute(
        "insert into analytics.daily_active_users"
        " values (current_date + 30, 0, 0, true)"
    )
    [(to_come, over)] = rollup.query("select current_date + 30, current_date - 3")

    found = differing()

    assert (str(to_come), "daily_active_users", "activity_date") in found
    # Days that a run has missed are looked at too.
    assert (str(over), "growth_accounting", "activity_date") in found


def test_events_that_go_on_coming_without_a_user_make_no_difference(
    rollup: Rollup,
) -> None:
    rollup.insert([Event(None, NOW)])
    since = equal(*WEEK)
    rollup.insert([Event(None, datetime(2024, 4, 14, 23))])

    assert "Not compared: the events of the future in rejected_events" in since
    assert differing(*WEEK) == {
        (None, "rejected_events", "events_count"),
        (None, "rejected_events", "latest_performed_at"),
    }
    printed = run_cli("check", *WEEK).stdout
    assert "equal the raw events, and rejected_events does not" in printed


@pytest.mark.parametrize("keeps", [("--keep-counts",), ()], ids=["kept", "recounted"])
def test_people_who_were_erased_count_as_they_are_to(
    rollup: Rollup, keeps: tuple[str, ...]
) -> None:
    forget(rollup, 1, *keeps, now=NOW, **VARIABLES)
    [(erased,)] = rollup.query("select count(*) from analytics.erased_counts")

    assert (erased > 0) is bool(keeps)
    equal(*ALL_DAYS)


@pytest.mark.parametrize(
    "state", [Definitions("Europe/Berlin", cohort_days=9)], indirect=True
)
def test_history_whose_events_were_purged_is_looked_back_on_in_the_tables(
    rollup: Rollup,
) -> None:
    rollup.build(NOW, events_kept_from="2024-03-25", **VARIABLES)
    rollup.execute("delete from events where performed_at < '2024-03-24 12:00'")
    rollup.build(NOW, events_kept_from="2024-03-25", refresh="full", **VARIABLES)

    printed = equal(*ALL_DAYS)
    purged = refusal("check", "--from", "2024-03-02", "--to", "2024-03-05")
    rollup.execute(
        "delete from analytics.user_day_activity where activity_date <= '2024-03-15'"
    )

    assert "2024-03-25 to 2024-04-14" in printed
    assert "Left out: the days before 2024-03-25 (" in printed
    assert "keep the days before 2024-03-25" in purged
    tables = {table for _, table, _ in differing(*ALL_DAYS)}
    assert "activity_frequency_28d" in tables
    assert not {"daily_active_users", "returning_users"} & tables


def test_what_cannot_be_compared_is_left_out_and_said_to_be_so(rollup: Rollup) -> None:
    rollup.execute(
        "create role another; grant all on schema analytics to another;"
        "alter table analytics.rollup_state owner to another;"
        "drop table analytics.cohort_retention cascade"
    )
    try:
        printed = equal(*WEEK)
    finally:
        rollup.execute("drop owned by another cascade; drop role another")

    assert "Left out: cohort_retention (not built)." in printed
    assert "Left out: daily_active_users_by_segment (its segments are another" in (
        printed
    )
    assert "2024-04-01 to 2024-04-07 (7): activity_frequency_28d" in printed


def test_days_to_come_and_before_history_are_left_out_and_said_to_be_so(
    rollup: Rollup,
) -> None:
    default = equal()
    to_come = run_cli("check", "--from", "2024-04-10", "--to", "9999-12-31")

    assert "Left out: the days after 2024-04-14, which were not over" in default
    assert "which are still to come" in to_come.stdout


def test_a_table_that_the_project_switches_off_is_left_out(
    rollup: Rollup, monkeypatch: pytest.MonkeyPatch
) -> None:
    off = {"model.fast_dau.growth_accounting": [{"name": "growth_accounting"}]}
    switched_off = read_scope(rollup.connection).left_out
    monkeypatch.setattr(tables, "manifest", lambda: manifest() | {"disabled": off})

    assert switched_off == {}
    assert read_scope(rollup.connection).left_out == {
        "growth_accounting": "switched off"
    }
