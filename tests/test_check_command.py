"""`fast-dau check`: equal to a recount of the raw events, or where it is not."""

import csv
import io
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date, datetime, timedelta
from random import Random

import pytest

from orchestration.trust.check.cells import difference_query
from orchestration.trust.check.scope import read_scope
from tests.checks import differences, differing, equal
from tests.commands import run_cli
from tests.made_up_events import eventful_days, invalid_events
from tests.oracle import Definitions
from tests.rollup import Rollup
from tests.states import State

# Berlin's day of 23 hours is the 31st of March, New York's the 10th.
FIRST = datetime(2024, 3, 1)
NOW = datetime(2024, 4, 5, 12)
YESTERDAY = "2024-04-04"
ALL_DAYS = ("--from", "2024-02-01", "--to", YESTERDAY)
TABLES = ("user_day_activity", "daily_active_users", "returning_users")


def five_weeks(rollup: Rollup) -> None:
    """Five weeks of events, good and bad, first built as of NOW."""
    rollup.insert(eventful_days(Random(1), FIRST, 36))
    rollup.insert(invalid_events(NOW))
    rollup.build(NOW)


@pytest.fixture
def state(request: pytest.FixtureRequest) -> State:
    """Where each test begins, in UTC unless it says otherwise."""
    return State(five_weeks, getattr(request, "param", Definitions()))


@contextmanager
def planted(rollup: Rollup, statement: str) -> Iterator[None]:
    """Change the database for the time of a check, and put it back as it was."""
    tables = [*(f"analytics.{name}" for name in TABLES), "analytics.daily_retention"]
    for number, table in enumerate([*tables, "events"]):
        rollup.execute(f"create table saved_{number} as table {table}")
    rollup.execute(statement)
    yield
    for number, table in enumerate([*tables, "events"]):
        rollup.execute(
            f"truncate {table}; insert into {table} table saved_{number};"
            f" drop table saved_{number}"
        )


@pytest.mark.parametrize(
    "state",
    [
        Definitions(),
        Definitions("Europe/Berlin", active_kinds=("page_view", "video_play")),
        Definitions("America/New_York", events_start_date=date(2024, 3, 4)),
        Definitions("Pacific/Kiritimati"),
    ],
    indirect=True,
    ids=lambda definitions: definitions.time_zone,
)
def test_tables_that_a_run_has_just_made_are_equal(rollup: Rollup) -> None:
    published = [str(row[0]) for row in rollup.tables()["daily_active_users"]]
    days = sum(day <= YESTERDAY for day in published)

    assert f"({days}): " in equal(*ALL_DAYS)
    done = run_cli("check", "--format", "json")
    assert (done.returncode, done.stdout) == (0, "[]\n")
    assert done.stderr.startswith("Compared the days")


def test_the_last_seven_days_that_are_over_are_compared_unless_others_are_asked_for(
    rollup: Rollup,
) -> None:
    assert "2024-03-29 to 2024-04-04 (7)" in equal()
    assert "2024-03-08 to 2024-03-14 (7)" in equal("--to", "2024-03-14")
    assert "2024-04-03 to 2024-04-04 (2)" in equal("--from", "2024-04-03")


DAY = "2024-04-01"
# A returning user of the day, and statements with the cells that they make differ.
ONE = f"""
    activity_date = '{DAY}' and user_id = (
        select min(user_id) from analytics.returning_users
        where activity_date = '{DAY}'
    )
"""
PLANTED = {
    f"""
    update analytics.daily_active_users set dau = dau + 1 where activity_date = '{DAY}'
    """: {("daily_active_users", "dau")},
    f"""
    update analytics.daily_active_users set events_count = 0
    where activity_date = '{DAY}'
    """: {("daily_active_users", "events_count")},
    f"""
    delete from analytics.daily_active_users where activity_date = '{DAY}'
    """: {("daily_active_users", "activity_date")},
    f"""
    delete from analytics.user_day_activity where {ONE}
    """: {("user_day_activity", "missing users")},
    f"""
    insert into analytics.user_day_activity values ('{DAY}', 77, 1, '{DAY}', '{DAY}')
    """: {("user_day_activity", "extra users")},
    f"""
    update analytics.user_day_activity
    set last_event_at = last_event_at + interval '1 microsecond' where {ONE}
    """: {("user_day_activity", "last_event_at")},
    f"""
    update analytics.returning_users set active_days_mask = active_days_mask # 64
    where {ONE}
    """: {("returning_users", "active_days_mask")},
    f"""
    delete from analytics.returning_users where activity_date = '{DAY}'
    """: {("returning_users", "missing users")},
    f"""
    update analytics.daily_retention set
        returning_d7 = returning_d7 + 1,
        retention_rate = null,
        lookback_complete = false
    where activity_date = '{DAY}'
    """: {
        ("daily_retention", "returning_d7"),
        ("daily_retention", "retention_rate"),
        ("daily_retention", "lookback_complete"),
    },
}


def test_each_changed_cell_and_row_of_the_tables_is_found_and_named(
    rollup: Rollup,
) -> None:
    for statement, cells in PLANTED.items():
        with planted(rollup, statement):
            found = differing()
        assert found == {(DAY, *cell) for cell in cells}, statement
    equal()


def test_an_event_that_came_or_went_or_moved_without_a_run_is_found(
    rollup: Rollup,
) -> None:
    of_the_day = f"performed_at >= '{DAY}' and performed_at < '2024-04-02'"
    with planted(
        rollup, f"insert into events (user_id, performed_at) values (77, '{DAY} 12:00')"
    ):
        came = {(cell["table"], cell["column"]): cell for cell in differences()}
    with planted(
        rollup,
        "delete from events where ctid ="
        f" (select min(ctid) from events where {of_the_day})",
    ):
        went = differing()
    with planted(
        rollup,
        "update events set performed_at = performed_at - interval '1 day'"
        f" where {of_the_day}",
    ):
        moved = differing()

    new_user = came["user_day_activity", "missing users"]
    assert (new_user["recount"], new_user["users"]) == (1, 1)
    assert new_user["examples"] == [77]
    dau = came["daily_active_users", "dau"]
    assert dau["recount"] == dau["rollup"] + 1
    assert (DAY, "daily_active_users", "events_count") in went
    assert went & {
        (DAY, "user_day_activity", "events_count"),
        (DAY, "user_day_activity", "extra users"),
    }
    assert (DAY, "user_day_activity", "extra users") in moved
    assert ("2024-03-31", "daily_active_users", "events_count") in moved
    equal()


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


def test_days_whose_events_were_purged_are_left_out_and_still_looked_back_on(
    rollup: Rollup,
) -> None:
    rollup.execute("delete from events where performed_at < '2024-03-20'")
    rollup.build(NOW, events_kept_from=None, missing_events="purged")
    [(kept_from,)] = rollup.query("select kept_from from analytics.rollup_state")

    printed = equal(*ALL_DAYS)
    rollup.execute(
        "delete from analytics.user_day_activity"
        f" where activity_date = date '{kept_from}' - 1"
    )
    looked_back = differences(*ALL_DAYS)
    purged = run_cli("check", "--from", "2024-03-02", "--to", "2024-03-05")

    assert f"{kept_from} to {YESTERDAY}" in printed
    assert f"Left out: the days before {kept_from} (" in printed
    assert {cell["table"] for cell in looked_back} == {
        "returning_users",
        "daily_retention",
    }
    assert {cell["activity_date"] for cell in looked_back} <= {
        str(kept_from + timedelta(days=n)) for n in range(7)
    }
    assert purged.returncode == 2
    assert "keep the days before" in purged.stderr


def test_people_who_were_erased_with_kept_counts_are_counted(rollup: Rollup) -> None:
    rollup.execute(
        "insert into analytics.erased_counts (activity_date, dau, events_count,"
        " returning_users, returning_d1, returning_d2, returning_d3, returning_d4,"
        " returning_d5, returning_d6, returning_d7, wau_7d, mau_28d, new_users,"
        " dormant_users)"
        " values ('2024-04-01', 5, 9, 4, 3, 0, 0, 1, 0, 0, 2, 5, 5, 1, 0)"
    )
    before = differing()
    rollup.build(NOW, refresh="full")

    assert ("2024-04-01", "daily_active_users", "dau") in before
    assert ("2024-04-01", "daily_retention", "returning_d7") in before
    equal(*ALL_DAYS)


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


def test_what_cannot_be_compared_is_refused(rollup: Rollup) -> None:
    wrong_way = run_cli("check", "--from", "2024-04-02", "--to", "2024-04-01")
    too_early = run_cli("check", "--from", "2019-01-01", "--to", "2019-01-02")
    too_late = run_cli("check", "--from", "2025-01-01", "--to", "2025-01-02")
    not_over = run_cli("check", "--from", "2024-04-05")
    rollup.execute("drop schema analytics cascade")
    unbuilt = run_cli("check")

    refusals = (wrong_way, too_early, too_late, not_over, unbuilt)
    assert [done.returncode for done in refusals] == [2] * 5
    assert "--from 2024-04-02 is after --to 2024-04-01" in wrong_way.stderr
    assert "no day of that range: theirs are 2024-03-" in too_early.stderr
    assert "to 2024-04-05." in too_late.stderr
    assert "after the last day that is over, 2024-04-04" in not_over.stderr
    assert "build it with `fast-dau dbt build`" in unbuilt.stderr
