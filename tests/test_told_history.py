"""What is kept of history is told: nothing that a run sees once gives it up."""

from datetime import date, datetime, timedelta

import pytest

from tests.commands import run_cli
from tests.oracle import Event
from tests.rollup import Rollup, RunError
from tests.states import State

NOW = datetime(2024, 3, 10, 12)
LATE = [Event(99, datetime(2024, 3, 4, 12)), Event(99, datetime(2024, 3, 9, 12))]
DAY = timedelta(days=1)
NULL = {"events_kept_from": None}


def first_built(rollup: Rollup) -> None:
    """Nine days of five users, first built, without events_kept_from."""
    rollup.insert(
        Event(user, datetime(2024, 3, day, user), course_id=1)
        for user in range(1, 6)
        for day in range(1, 10)
    )
    rollup.build(NOW, **NULL)


STATE = State(first_built, has_product=True)


def kept_from(rollup: Rollup) -> date | None:
    """Return what the state says."""
    [(day,)] = rollup.query("select kept_from from analytics.rollup_state")
    found: date | None = day
    return found


def dau(rollup: Rollup) -> dict[date, int]:
    """Return DAU by day."""
    return {day: users for day, users, *_ in rollup.tables()["daily_active_users"]}


def put_aside(rollup: Rollup, where: str) -> None:
    """Take these events away, into a table `aside`."""
    rollup.execute(
        f"create table aside as select * from events where {where};"
        f"delete from events where {where}"
    )


def assert_exact_after_a_full_run(rollup: Rollup) -> None:
    """Run over all days, with two late events, and compare with a recount."""
    rollup.insert(LATE)
    rollup.build(NOW, refresh="full", **NULL)
    assert rollup.tables() == rollup.expected(NOW)


def test_a_run_with_empty_is_refused_and_changes_nothing(rollup: Rollup) -> None:
    before = rollup.tables()
    with pytest.raises(RunError, match="--empty builds tables from no events"):
        rollup.build(NOW, "--empty", **NULL)

    assert rollup.tables() == before
    assert_exact_after_a_full_run(rollup)


@pytest.mark.parametrize(
    "where", ["true", "performed_at < '2024-03-03'"], ids=["all", "two days"]
)
def test_days_without_their_events_stop_a_run_that_then_goes_on_as_if_nothing_was(
    rollup: Rollup, where: str
) -> None:
    before = rollup.tables()
    put_aside(rollup, where)
    for arguments in ({}, {"refresh": "full"}):
        with pytest.raises(RunError) as refused:
            rollup.build(NOW, **NULL, **arguments)

        assert "'fast_dau_missing_events: purged'" in str(refused.value)
        assert "'fast_dau_missing_events: deleted'" in str(refused.value)
        assert ("2024-03-01 to 2024-03-02" in str(refused.value)) == (where != "true")
    assert rollup.tables() == before
    rollup.execute("insert into events select * from aside")
    assert_exact_after_a_full_run(rollup)
    assert kept_from(rollup) is None


def test_a_policy_that_hides_the_events_stops_a_run(
    rollup: Rollup, stranger: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    rollup.execute(
        "alter table events enable row level security;"
        f"grant select on events to {stranger};"
        f"grant all on schema analytics to {stranger};"
        f"grant all on all tables in schema analytics to {stranger}"
    )
    with monkeypatch.context() as patch:
        patch.setenv("PGUSER", stranger)
        patch.setenv("PGPASSWORD", "x")
        with pytest.raises(RunError, match="hidden from this user by a policy"):
            rollup.build(NOW, **NULL)

    assert_exact_after_a_full_run(rollup)


def test_another_table_in_the_place_of_the_events_stops_a_run(rollup: Rollup) -> None:
    rollup.execute(
        "alter table events rename to aside;"
        "create table events (like aside including all)"
    )
    with pytest.raises(RunError, match="name another table"):
        rollup.build(NOW, **NULL)
    rollup.execute("drop table events; alter table aside rename to events")

    assert_exact_after_a_full_run(rollup)


@pytest.mark.parametrize(
    ("variables", "kept"),
    [
        ({"missing_events": "deleted", **NULL}, None),
        # The first day of history is the very day from which all is kept.
        ({"events_kept_from": "2024-03-01", "refresh": "full"}, date(2024, 3, 1)),
    ],
)
def test_first_days_go_with_their_events_where_no_purge_may_have_touched_them(
    variables: dict[str, str], kept: date | None, rollup: Rollup
) -> None:
    rollup.execute("delete from events where performed_at < '2024-03-03'")
    rollup.build(NOW, **variables)

    assert rollup.tables() == rollup.expected(NOW)
    assert min(dau(rollup)) == date(2024, 3, 3)
    assert kept_from(rollup) == kept


def test_what_is_gone_of_a_day_that_still_has_events_was_deleted(
    rollup: Rollup,
) -> None:
    rollup.execute("delete from events where performed_at < '2024-03-01 04:00'")

    assert_exact_after_a_full_run(rollup)


def test_purged_days_stay_where_that_is_said_and_their_events_may_come_back(
    rollup: Rollup,
) -> None:
    """The repair of a wrong answer: history is kept from an earlier day again."""
    published = rollup.tables()
    put_aside(rollup, "performed_at < '2024-03-03'")
    rollup.build(NOW, missing_events="purged", **NULL)

    assert kept_from(rollup) == date(2024, 3, 4)
    assert rollup.tables() == published

    rollup.execute("insert into events select * from aside")
    rollup.insert(LATE)
    rollup.build(NOW, events_kept_from="2024-03-01")

    assert rollup.tables() == rollup.expected(NOW)
    assert kept_from(rollup) == date(2024, 3, 1)


def test_the_day_of_a_cut_is_kept_and_so_are_days_before_it_once_nothing_is_purged(
    rollup: Rollup,
) -> None:
    """The cut takes half of the 5th; then events come on days that are kept."""
    published = dau(rollup)
    rollup.execute("delete from events where performed_at < '2024-03-05 03:00'")
    rollup.build(NOW, refresh="full", missing_events="purged", **NULL)

    assert dau(rollup) == published

    rollup.insert(Event(7, datetime(2024, 3, day)) for day in (2, 5))
    rollup.build(NOW, refresh="full", **NULL)

    assert dau(rollup) == published
    assert kept_from(rollup) == date(2024, 3, 6)


def test_a_date_moved_back_over_purged_days_is_refused_unless_they_were_deleted(
    rollup: Rollup,
) -> None:
    """By an old configuration, or a second checkout."""
    rollup.build(NOW, events_kept_from="2024-03-05")
    rollup.execute("delete from events where performed_at < '2024-03-05'")
    published = rollup.tables()
    for refresh in ("incremental", "full"):
        with pytest.raises(RunError, match="events of the day 2024-03-02 are gone"):
            rollup.build(NOW, events_kept_from="2024-03-02", refresh=refresh)

    assert rollup.tables() == published
    rollup.build(NOW, **NULL)
    assert rollup.tables() == published
    assert kept_from(rollup) == date(2024, 3, 5)

    rollup.build(NOW, events_kept_from="2024-03-02", missing_events="deleted")

    assert set(dau(rollup).items()) >= {(date(2024, 3, day), 0) for day in (2, 3, 4)}


@pytest.mark.parametrize(
    ("now", "day", "reason"),
    [
        (NOW, "2042-03-01", "which is after 2024-03-10, today"),
        (NOW + 10 * DAY, "2024-03-15", "built only up to 2024-03-10"),
    ],
    ids=["to come", "not built"],
)
def test_a_date_past_what_is_built_is_refused(
    now: datetime, day: str, reason: str, rollup: Rollup
) -> None:
    with pytest.raises(RunError, match=reason):
        rollup.build(now, events_kept_from=day)
    rollup.insert(LATE)
    rollup.build(now, refresh="full", **NULL)
    rollup.build(now, events_kept_from="2024-03-06")

    assert rollup.tables() == rollup.expected(now)


def test_a_date_does_not_pass_over_days_that_a_run_left_undone(rollup: Rollup) -> None:
    rollup.insert(LATE)
    stopped = pytest.raises(RunError, match="stopped")
    with rollup.stopped_at("returning_users"), stopped:
        rollup.build(NOW, start_date="2024-03-04", end_date="2024-03-04", **NULL)
    with pytest.raises(RunError, match="the day 2024-03-04 before it is still to be"):
        rollup.build(NOW, events_kept_from="2024-03-06")
    rollup.build(NOW, **NULL)
    rollup.build(NOW, events_kept_from="2024-03-06")

    assert rollup.tables() == rollup.expected(NOW)


def test_where_history_is_kept_from_is_said(rollup: Rollup) -> None:
    told = f"{{fast_dau_run_at: '{NOW}', fast_dau_events_kept_from: 2024-03-05}}"
    planned = run_cli("plan", "--vars", told)
    done = run_cli("dbt", "run", "--vars", told)
    again = run_cli("dbt", "run", "--vars", told)

    line = "history is kept from 2024-03-05"
    assert "Days before 2024-03-05 are kept as they are" in planned.stdout
    assert line in done.stdout
    assert line not in again.stdout
    assert rollup.query(
        "select has_table_privilege('fast_dau_reader', 'analytics.rollup_state',"
        " 'select') from pg_roles where rolname = 'fast_dau_reader'"
    ) in ([], [(True,)])
