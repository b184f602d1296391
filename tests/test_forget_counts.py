"""The counts that an erased person leaves: recounted, or kept as published."""

from collections.abc import Callable
from datetime import date, datetime, timedelta
from typing import Any

import pytest

from tests.commands import run_cli
from tests.forgetting import (
    BERLIN,
    FIRST,
    FIRST_USER,
    KEPT_FROM,
    LISTS,
    NOW,
    counts,
    erasure,
    forget,
    listed,
    unfinished,
)
from tests.oracle import Definitions, Event, tables
from tests.product_oracle import Rows, active_by_segment
from tests.rollup import Rollup
from tests.states import State


@pytest.fixture
def state() -> State:
    """Where each test begins that has a `rollup`."""
    return BERLIN


def test_kept_counts_stay_as_published_through_all_kinds_of_run(
    rollup: Rollup,
) -> None:
    """Two users' counts add up, and the first user's days do not vanish."""
    published = counts(rollup.tables())
    others = listed(rollup) - {5, FIRST_USER}
    forget(rollup, 5, "--keep-counts")
    printed = forget(rollup, FIRST_USER, "--keep-counts")

    assert "Days kept as published: 6, from 2024-03-10 to 2024-03-24\n" in printed
    assert counts(rollup.tables()) == published
    for refresh in ("incremental", "full", "start_over"):
        rollup.build(NOW, refresh=refresh)
        assert counts(rollup.tables()) == published
        assert listed(rollup) == others
    rollup.dbt("test", run_at=NOW)


@pytest.mark.parametrize(
    "options", [pytest.param((), marks=pytest.mark.prove), ("--keep-counts",)]
)
def test_nobody_is_left_in_cohorts_frequency_courses_and_segments(
    rollup: Rollup, options: tuple[str, ...]
) -> None:
    segments: dict[str, Any] = {"segments": {"kind": "kind"}}
    rollup.build(NOW, **segments)
    forget(rollup, 5, *options, **segments)

    expected = rollup.expected(NOW)
    by_segment = active_by_segment(
        [
            (rollup.definitions.local_date(event.performed_at), event.user_id, event)
            for event in rollup.events()
            if rollup.definitions.why_rejected(event, NOW) is None
            and isinstance(event.performed_at, datetime)
            and event.user_id is not None
        ],
        {"kind": lambda event: event.kind},
        20,
    )
    names = (
        *("cohort_retention", "activity_frequency_28d", "user_lifetimes"),
        "daily_active_users_by_course",
    )
    for refresh in (None, "full"):
        if refresh:
            rollup.build(NOW, refresh=refresh, **segments)
        left = rollup.tables()
        assert [left[name] for name in names] == [expected[name] for name in names]
        segment_rows = "select * from analytics.daily_active_users_by_segment"
        assert sorted(rollup.query(segment_rows)) == by_segment


@pytest.mark.prove
def test_kept_counts_look_forward_as_if_the_user_were_still_known(
    rollup: Rollup,
) -> None:
    """In the windows of days to come, and as somebody who has left."""
    published = [event for event in rollup.events() if event.user_id == 5]
    forget(rollup, 5, "--keep-counts")
    for days in (1, 4, 30):
        now = NOW + timedelta(days=days)
        rollup.insert([Event(2, now)])
        rollup.build(now)
        expected = tables([*rollup.events(), *published], now, rollup.definitions)
        assert counts(rollup.tables()) == counts(expected)


@pytest.mark.parametrize("options", [(), ("--keep-counts",)])
def test_a_run_that_stopped_before_is_made_good_by_the_next(
    rollup: Rollup, options: tuple[str, ...]
) -> None:
    """The list of days knew of a first day of which no other table knew."""
    late = Event(5, FIRST)
    known = [late, *(event for event in rollup.events() if event.user_id == 5)]
    rollup.insert([late])
    selected = ("refresh_days", "user_day_activity")
    day = FIRST.date()
    rollup.build(NOW, "--select", *selected, start_date=day, end_date=day)
    forget(rollup, 5, *options)

    if options:
        expected = tables([*rollup.events(), *known], NOW, rollup.definitions)
        assert counts(rollup.tables()) == counts(expected)
    else:
        assert rollup.tables() == rollup.expected(NOW)


@pytest.mark.prove
def test_a_day_that_a_stopped_run_took_up_is_counted_again(rollup: Rollup) -> None:
    """For another person too, erased before what that run had left was built."""
    unfinished(rollup, 5, "growth_accounting")
    unfinished(rollup, 2, "refresh_days")
    rollup.build(NOW, "--select", "growth_accounting")
    rollup.build(NOW)

    assert rollup.tables() == rollup.expected(NOW)


def test_kept_counts_are_added_to_what_comes_late(rollup: Rollup) -> None:
    forget(rollup, FIRST_USER, "--keep-counts")
    day = FIRST + timedelta(days=1)
    rollup.insert([Event(5, day), Event(5, day - timedelta(days=1))])
    rollup.build(NOW, refresh="full")
    rollup.insert(
        Event(FIRST_USER, FIRST + timedelta(days=day)) for day in (0, 1, 3, 7, 8, 14)
    )

    assert counts(rollup.tables()) == counts(rollup.expected(NOW))
    assert rollup.query(
        "select activity_date, dau, events_count, returning_users, returning_d1,"
        " returning_d7 from analytics.erased_counts where dau > 0 order by 1 limit 4"
    ) == [
        (date(2024, 3, 10), 1, 1, 0, 0, 0),
        (date(2024, 3, 11), 1, 1, 1, 1, 0),
        (date(2024, 3, 13), 1, 1, 1, 0, 0),
        (date(2024, 3, 17), 1, 1, 1, 0, 1),
    ]


@pytest.mark.prove
@pytest.mark.parametrize("is_kept_first", [True, False])
def test_counts_follow_also_beside_those_that_are_kept(
    rollup: Rollup, is_kept_first: bool
) -> None:
    events = [event for event in rollup.events() if event.user_id != 2]
    erasures: list[tuple[int, tuple[str, ...]]] = [(5, ("--keep-counts",)), (2, ())]
    for user, options in erasures if is_kept_first else reversed(erasures):
        forget(rollup, user, *options)

    expected = tables(events, NOW, rollup.definitions)
    assert counts(rollup.tables()) == counts(expected)
    rollup.build(NOW, refresh="full")
    assert counts(rollup.tables()) == counts(expected)


def test_published_revisions_follow_and_count_no_revision(rollup: Rollup) -> None:
    forget(rollup, 5)

    assert rollup.query(
        "select max(revisions_count), bool_and(revisions.dau = days.dau),"
        " bool_or(first_dau > revisions.dau)"
        " from analytics.daily_revisions as revisions"
        " join analytics.daily_active_users as days using (activity_date)"
    ) == [(0, True, True)]


def purge(rollup: Rollup) -> None:
    """Delete the events of the first two weeks, and tell a run of it."""
    rollup.execute(f"delete from events where performed_at < '{KEPT_FROM}'")
    rollup.build(NOW, events_kept_from=None, missing_events="purged")


def of_lists(of: dict[str, Rows]) -> dict[str, Rows]:
    """Return the tables that are made from lists of users, or are such lists."""
    made_from_events = ("rejected_events", "daily_active_users_by_course")
    return {name: rows for name, rows in of.items() if name not in made_from_events}


@pytest.mark.parametrize(
    "run",
    ["incremental", pytest.param("full", marks=pytest.mark.prove), "--full-refresh"],
)
def test_days_whose_events_were_purged_are_recounted_from_the_lists(
    rollup: Rollup, run: str
) -> None:
    """By the run that follows, or, where that fails, by any other."""
    events = [event for event in rollup.events() if event.user_id != 5]
    purge(rollup)
    expected = of_lists(tables(events, NOW, rollup.definitions))
    if run == "incremental":
        forget(rollup, 5, events_kept_from=None)

        assert of_lists(rollup.tables()) == expected
        rollup.dbt("test", run_at=NOW, events_kept_from=None)
        rollup.build(NOW, events_kept_from=None)
    else:
        unfinished(rollup, 5, "growth_accounting", events_kept_from=None)
        flags = (run,) if run.startswith("--") else ()
        refresh = "incremental" if flags else run
        rollup.build(NOW, *flags, refresh=refresh, events_kept_from=None)
    assert of_lists(rollup.tables()) == expected
    assert rollup.query("select from analytics.pending_days") == []


def test_a_purge_is_told_of_after_a_person_was_erased(rollup: Rollup) -> None:
    events = [event for event in rollup.events() if event.user_id != 5]
    rollup.execute(f"delete from events where performed_at < '{KEPT_FROM}'")
    done = erasure(rollup, 5, events_kept_from=None)

    assert done.returncode == 1
    assert "If those events were purged" in done.stderr
    rollup.build(NOW, events_kept_from=None, missing_events="purged")
    assert of_lists(rollup.tables()) == of_lists(
        tables(events, NOW, rollup.definitions)
    )


@pytest.mark.prove
def test_kept_counts_of_purged_days_stay_and_their_cohorts_follow(
    rollup: Rollup,
) -> None:
    events = [event for event in rollup.events() if event.user_id != 5]
    purge(rollup)
    published = counts(rollup.tables())
    forget(rollup, 5, "--keep-counts", events_kept_from=None)

    expected = tables(events, NOW, rollup.definitions)
    names = (*LISTS, "cohort_retention", "activity_frequency_28d")
    for refresh in (None, "full"):
        if refresh:
            rollup.build(NOW, refresh=refresh, events_kept_from=None)
        left = rollup.tables()
        assert [left[name] for name in names] == [expected[name] for name in names]
        assert counts(rollup.tables()) == published


def test_counts_by_course_follow_where_events_are_left(rollup: Rollup) -> None:
    """Of purged days nobody knows in which courses the user was."""

    def by_course(of: dict[str, Rows], *, purged: bool) -> Rows:
        rows = of["daily_active_users_by_course"]
        return [row for row in rows if (row[0] <= KEPT_FROM) == purged]

    published = rollup.tables()
    purge(rollup)
    forget(rollup, 5, events_kept_from=None)

    expected = by_course(rollup.expected(NOW), purged=False)
    assert by_course(rollup.tables(), purged=False) == expected
    assert by_course(published, purged=False) != expected
    kept = by_course(rollup.tables(), purged=True)
    assert kept == by_course(published, purged=True)


@pytest.mark.prove
def test_a_start_from_nothing_forgets_what_was_kept_of_purged_days(
    rollup: Rollup,
) -> None:
    purge(rollup)
    published = counts(rollup.tables())
    forget(rollup, 5, "--keep-counts", events_kept_from=None)
    forget(rollup, FIRST_USER, "--keep-counts", events_kept_from=None)
    rollup.build(NOW, refresh="full", events_kept_from=None)

    assert counts(rollup.tables()) == published
    rollup.build(NOW, refresh="start_over", events_kept_from=None)
    left = rollup.tables()["daily_active_users"][1:]
    assert left == published["daily_active_users"][-len(left) :]
    assert left[0][0] == KEPT_FROM + timedelta(days=1)
    rollup.dbt("test", run_at=NOW, events_kept_from=None)


@pytest.mark.prove
def test_history_begins_with_a_day_and_not_with_a_window_of_a_day_that_is_gone(
    whole_rollup_in: Callable[[Definitions], Rollup],
) -> None:
    rollup = whole_rollup_in(Definitions())
    rollup.insert([Event(1, FIRST), Event(2, FIRST + timedelta(days=9))])
    rollup.build(NOW)
    forget(rollup, 1, "--keep-counts")
    kept_from = FIRST.date() + timedelta(days=3)
    rollup.build(NOW, refresh="start_over", events_kept_from=kept_from)

    assert rollup.tables()["daily_active_users"][0][:2] == (date(2024, 3, 19), 1)
    assert run_cli("check").returncode == 0
