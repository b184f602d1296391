"""Where the change log's triggers did not watch, runs say so and rebuild every day."""

from datetime import date, datetime

import pytest

from tests.change_logs import install
from tests.commands import run_cli
from tests.events_tables import COLUMNS
from tests.oracle import Event
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


STATE = State(first_built, has_product=True)


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

    assert warned.returncode == 0
    assert "the change log does not watch events" in warned.stdout
    assert "fast-dau init --change-log" in warned.stdout
    assert rollup.tables() == rollup.expected(NOW)

    rollup.insert([Event(9, OLD)])
    rollup.build(NOW)

    assert rollup.tables() == rollup.expected(NOW)

    rollup.insert([Event(10, OLD)])
    assert run_cli("init", "--change-log").returncode == 0
    for user in (11, 12):
        rollup.build(NOW)

        assert rollup.tables() == rollup.expected(NOW)
        rollup.insert([Event(user, OLD)])
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

    assert rollup.tables() == rollup.expected(NOW)
    assert rebuilt(rollup) > 10

    rollup.build(NOW)

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


@pytest.mark.parametrize("state", [State(has_product=True)], ids=["empty"])
@pytest.mark.parametrize(
    ("kind", "join", "leave"),
    [
        (
            "partition by range (performed_at)",
            (
                "alter table events attach partition {month}"
                " for values from ('{first}') to ('{last} 23:59')"
            ),
            "alter table events detach partition february",
        ),
        (
            "",
            "alter table {month} inherit events",
            "alter table february no inherit events",
        ),
    ],
    ids=["partitions", "inheritance"],
)
def test_tables_that_become_part_of_the_events_are_counted_at_once(
    kind: str, join: str, leave: str, rollup: Rollup
) -> None:
    """And what leaves them is noticed."""

    def add(month: str, *days: str) -> None:
        rows = ", ".join(f"({n}, 1, 'v', '{day} 10:00')" for n, day in enumerate(days))
        rollup.execute(
            f"create table {month} (like events); insert into {month} values {rows};"
            + join.format(month=month, first=days[0], last=days[-1])
        )

    rollup.execute(f"drop table events; create table events ({COLUMNS}) {kind}")
    add("march", *(f"2024-03-{day:02}" for day in range(1, 21)))
    # So that the days of February are published, without an event.
    add("january", "2024-01-20")
    install(rollup.connection)
    rollup.build(NOW)
    add("february", "2024-02-05", "2024-02-07")
    rollup.build(NOW)

    assert rollup.tables() == rollup.expected(NOW)

    install(rollup.connection)
    rollup.build(NOW)
    rollup.execute(
        "truncate february; insert into february values (3, 1, 'v', '2024-02-05')"
    )
    rollup.build(NOW)

    assert rollup.tables() == rollup.expected(NOW)

    rollup.execute(leave)
    rollup.build(NOW)

    assert rollup.tables() == rollup.expected(NOW)
    assert rollup.tables()["daily_active_users"][0][0] == date(2024, 1, 20)
