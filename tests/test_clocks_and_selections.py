"""Runs whose clock is wrong, and runs of some tables, close no day too early."""

from datetime import date, datetime, timedelta

import pytest

from tests.oracle import Event
from tests.rollup import Rollup, RunError
from tests.states import State

NOW = datetime(2024, 3, 10, 12)
DAY = timedelta(days=1)
LATER = NOW + 9 * DAY
REBUILT_ALONE = ("daily_active_users", "daily_retention")


def first_built(rollup: Rollup) -> None:
    """Nine days and a half of five users, first built."""
    rollup.insert(
        Event(user, datetime(2024, 3, day, user), course_id=1)
        for user in range(1, 6)
        for day in range(1, 11)
    )
    rollup.build(NOW)


STATE = State(first_built, has_product=True)


@pytest.mark.parametrize("refresh", ["incremental", "full"])
def test_days_to_come_go_with_the_next_run_whose_clock_is_right(
    rollup: Rollup, refresh: str
) -> None:
    rollup.build(NOW + 30 * DAY)
    rollup.build(NOW, refresh=refresh)

    assert rollup.tables() == rollup.expected(NOW)
    assert rollup.query("select max(activity_date) from analytics.daily_revisions") == [
        (date(2024, 3, 9),)
    ]


def test_days_that_a_clock_ahead_had_closed_are_opened_again(rollup: Rollup) -> None:
    """Also those of before the lookback, by the time at which the clock is right."""
    rollup.build(NOW + 30 * DAY)
    rollup.insert([Event(7, NOW + timedelta(hours=3)), Event(8, LATER - 5 * DAY)])
    rollup.build(LATER)

    assert rollup.tables() == rollup.expected(LATER)


def test_days_to_come_with_users_stop_an_ordinary_run_and_not_a_full_one(
    rollup: Rollup,
) -> None:
    rollup.insert([Event(9, NOW + 4 * DAY)])
    rollup.build(NOW + 30 * DAY)
    with pytest.raises(RunError, match="hold days up to 2024-04-09, with users up to"):
        rollup.build(NOW)
    rollup.build(NOW, refresh="full")

    assert rollup.tables() == rollup.expected(NOW)


def test_a_clock_from_before_all_history_is_refused(rollup: Rollup) -> None:
    """Such as that of a machine that was booted before its clock was set."""
    before = rollup.tables()
    for refresh in ("incremental", "full"):
        with pytest.raises(RunError, match="clock of this run shows 2020-01-01"):
            rollup.build(datetime(2020, 1, 1), refresh=refresh)

    assert rollup.tables() == before


def test_some_tables_built_again_close_no_day_that_their_inputs_never_had(
    rollup: Rollup,
) -> None:
    """No run has come for longer than the lookback."""
    rollup.insert(Event(3, NOW + n * DAY, course_id=1) for n in range(1, 9))
    before = rollup.tables()
    rollup.build(LATER, "--select", *REBUILT_ALONE, "--full-refresh")

    assert rollup.tables() == before

    rollup.build(LATER)

    assert rollup.tables() == rollup.expected(LATER)


def test_days_are_not_chosen_anew_without_the_tables_in_between(rollup: Rollup) -> None:
    before = rollup.tables()
    with pytest.raises(RunError, match=r"--select \+daily_active_users"):
        rollup.build(LATER, "--select", "refresh_days", *REBUILT_ALONE)

    assert rollup.tables() == before


def test_a_table_whose_input_was_built_for_other_days_is_refused(
    rollup: Rollup,
) -> None:
    rollup.build(LATER, "--select", "refresh_days")
    with pytest.raises(
        RunError, match="user_day_activity, which does not have the days"
    ):
        rollup.build(LATER, "--select", "daily_active_users")
    rollup.build(LATER, "--select", "user_day_activity")
    rollup.build(LATER, "--select", "daily_active_users")
    rollup.build(LATER)

    assert rollup.tables() == rollup.expected(LATER)


def test_tables_that_follow_one_that_was_built_again_are_made_good_by_the_next_run(
    rollup: Rollup,
) -> None:
    """The full run took a day that an ordinary run would not look at."""
    rollup.build(NOW, refresh="full")
    rollup.insert([Event(8, datetime(2024, 3, 2, 9), course_id=2)])
    rollup.build(NOW, "--select", "user_day_activity")
    rollup.build(NOW)

    assert rollup.tables() == rollup.expected(NOW)


def test_what_one_run_left_out_is_done_where_others_build_it(rollup: Rollup) -> None:
    """Runs of all parts of the rollup make a whole one."""
    rollup.insert([Event(8, datetime(2024, 3, 9, 9), course_id=2)])
    pending = "select count(*) from analytics.pending_days"
    rollup.build(NOW, "--select", "+daily_active_users")

    assert rollup.query(pending) == [(4,)]

    rollup.build(NOW, "--exclude", "+daily_active_users")

    assert rollup.query(pending) == [(0,)]
    assert rollup.tables() == rollup.expected(NOW)


def test_a_new_start_that_fails_at_its_first_table_is_not_taken_for_done(
    rollup: Rollup,
) -> None:
    with rollup.stopped_at("refresh_days"), pytest.raises(RunError, match="stopped"):
        rollup.build(NOW, refresh="start_over")

    assert rollup.query("select is_starting_over from analytics.rollup_state") == [
        (True,)
    ]
