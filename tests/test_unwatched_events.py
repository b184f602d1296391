"""Where the change log's triggers did not watch, runs say so and rebuild every day."""

from collections.abc import Callable
from datetime import date, datetime

import pytest

from tests.change_logs import install
from tests.commands import run_cli
from tests.oracle import Definitions, Event
from tests.rollup import Rollup
from tests.states import State

NOW = datetime(2024, 3, 20, 12)
OLD = datetime(2024, 3, 2, 10)
RUN = (
    "dbt",
    "run",
    "--vars",
    f"{{fast_dau_run_at: '{NOW}', fast_dau_events_kept_from: '2000-01-01'}}",
)
SWAP = (
    "create table next (like events including all);"
    "insert into next select * from events;"
    "alter table events rename to before; alter table next rename to events"
)
OFF_AND_ON = (
    "alter table events disable trigger all;"
    "insert into events (user_id, performed_at) values (7, '2024-03-03 10:00');"
    "alter table events enable trigger all"
)


def first_built(rollup: Rollup) -> None:
    """Twenty days with a change log, first built."""
    rollup.insert(Event(user, datetime(2024, 3, user, 10)) for user in range(1, 21))
    install(rollup.connection)
    rollup.build(NOW)


@pytest.fixture
def state() -> State:
    """Where each test begins."""
    return State(first_built, has_product=True)


def rebuilt(rollup: Rollup) -> int:
    """Return how many days the latest run rebuilt because of a late change."""
    return len(
        rollup.query(
            "select 1 from analytics.refresh_days where reason = 'late change'"
        )
    )


@pytest.mark.parametrize(
    "accident",
    [SWAP, OFF_AND_ON, "drop trigger fast_dau_log_insert on events"],
    ids=["a swap by rename", "triggers off and on", "a dropped trigger"],
)
def test_runs_say_that_nobody_watches_and_are_exact_until_it_is_mended(
    rollup: Rollup, accident: str
) -> None:
    rollup.execute(accident)
    rollup.insert([Event(8, OLD)])
    warned = run_cli(*RUN)
    first = rollup.tables(), rollup.expected(NOW)
    rollup.insert([Event(9, OLD)])
    rollup.build(NOW)
    second = rollup.tables(), rollup.expected(NOW)
    rollup.insert([Event(10, OLD)])
    mended = run_cli("init", "--change-log")
    rollup.build(NOW)
    third = rollup.tables(), rollup.expected(NOW)
    rollup.insert([Event(11, OLD)])
    rollup.build(NOW)

    assert warned.returncode == mended.returncode == 0
    assert "the change log does not watch events" in warned.stdout
    assert "fast-dau init --change-log" in warned.stdout
    for found, expected in (first, second, third):
        assert found == expected
    assert rollup.tables() == rollup.expected(NOW)
    assert rebuilt(rollup) == 1


def test_triggers_switched_off_between_two_runs_and_rightly_on_again_are_noticed(
    rollup: Rollup,
) -> None:
    rollup.execute(OFF_AND_ON)
    rollup.execute(
        "do $$ declare name text; begin for name in select tgname from pg_trigger"
        " where tgrelid = 'events'::regclass loop execute"
        " 'alter table events enable always trigger ' || name; end loop; end $$"
    )
    rollup.build(NOW)
    exact = rollup.tables() == rollup.expected(NOW)
    days = rebuilt(rollup)
    rollup.build(NOW)

    assert exact
    assert days > 10
    assert rebuilt(rollup) == 0


def test_live_views_follow_the_name_of_the_events(rollup: Rollup) -> None:
    rollup.execute(SWAP)
    rollup.execute("insert into events values (99, 1, 'v', now() at time zone 'UTC')")
    rollup.build(NOW)

    [(dau,)] = rollup.query(
        "select dau from analytics.daily_active_users_live"
        " where activity_date = (now() at time zone 'UTC')::date"
    )
    assert dau == 1


@pytest.mark.parametrize("how", ["partition by range (performed_at)", ""])
def test_tables_that_become_part_of_the_events_are_counted_at_once(
    whole_rollup_in: Callable[[Definitions], Rollup], how: str
) -> None:
    """As a partition, or as a child by inheritance; and what leaves them is noticed."""
    rollup = whole_rollup_in(Definitions())
    rollup.execute(
        "drop table events; create table events (user_id int, course_id int, kind text,"
        f" performed_at timestamp, properties jsonb) {how}"
    )
    bounds = "for values from ('{}') to ('{}')"
    march = bounds.format("2024-03-01", "2024-04-01") if how else ""
    february = bounds.format("2024-02-01", "2024-03-01") if how else ""
    rollup.execute(
        "create table march (like events);"
        + (
            f"alter table events attach partition march {march}"
            if how
            else "alter table march inherit events"
        )
    )
    rollup.execute(
        "insert into march select n, 1, 'v', timestamp '2024-03-01 10:00'"
        " + n * interval '1 day' from generate_series(0, 19) as n"
    )
    # So that the days of February are published, without an event.
    rollup.execute(
        "create table january (like events);"
        "insert into january values (1, 1, 'v', '2024-01-20 10:00');"
        + (
            "alter table events attach partition january"
            " for values from ('2024-01-01') to ('2024-02-01')"
            if how
            else "alter table january inherit events"
        )
    )
    install(rollup.connection)
    rollup.build(NOW)
    rollup.execute(
        "create table february (like events);"
        "insert into february values (1, 1, 'v', '2024-02-05 10:00'),"
        " (2, 1, 'v', '2024-02-07 10:00');"
        + (
            f"alter table events attach partition february {february}"
            if how
            else "alter table february inherit events"
        )
    )
    rollup.build(NOW)
    attached = rollup.tables(), rollup.expected(NOW)
    install(rollup.connection)
    rollup.build(NOW)
    rollup.execute(
        "truncate february; insert into february values (3, 1, 'v', '2024-02-05')"
    )
    rollup.build(NOW)
    truncated = rollup.tables(), rollup.expected(NOW)
    rollup.execute(
        "alter table events detach partition february"
        if how
        else "alter table february no inherit events"
    )
    rollup.build(NOW)

    for found, expected in (attached, truncated):
        assert found == expected
    assert rollup.tables() == rollup.expected(NOW)
    assert rollup.tables()["daily_active_users"][0][0] == date(2024, 1, 20)
