"""Several rollups on the same events: each reads the change log for itself."""

from datetime import date, datetime, timedelta

import pytest

from tests.change_logs import install
from tests.commands import run_cli
from tests.forgetting import forget
from tests.oracle import Definitions, Event
from tests.rollup import Rollup
from tests.states import State

NOW = datetime(2024, 3, 20, 12)
OLD = datetime(2024, 3, 2, 20)  # in Kathmandu, of the next day
DAY = timedelta(days=1)
KATHMANDU = Definitions(time_zone="Asia/Kathmandu")
ENTRIES = "select count(*) from events_change_log"


def second(rollup: Rollup) -> Rollup:
    """Return the rollup of another time zone beside it, in a schema of its own."""
    return Rollup(rollup.connection, KATHMANDU, schema="dev")


def first_built(rollup: Rollup) -> None:
    """Twenty days, a change log, and two rollups that have read it."""
    rollup.insert(
        Event(user, datetime(2024, 3, day, hour))
        for day in range(1, 21)
        for user, hour in ((1, 10), (2, 19), (day, 4))
    )
    install(rollup.connection)
    rollup.build(NOW)
    second(rollup).build(NOW)


STATE = State(first_built)
EMPTY = pytest.mark.parametrize("state", [State(has_product=True)], ids=["empty"])


def test_each_rollup_finds_the_changes_whichever_runs_first(rollup: Rollup) -> None:
    """Also one that is new to the log, which takes from no other."""
    rollup.insert([Event(7, OLD)])
    third = Rollup(rollup.connection, Definitions(), schema="third")
    third.build(NOW)
    rollup.build(NOW)

    assert rollup.query(ENTRIES) == [(1,)]

    second(rollup).build(NOW)

    for one in (third, rollup, second(rollup)):
        assert one.tables() == one.expected(NOW)
    assert rollup.query(ENTRIES) == [(0,)]
    assert rollup.query("select activity_date from dev.refresh_days order by 1")[0] == (
        date(2024, 3, 3),
    )


def test_a_rollup_that_no_longer_runs_is_named_and_struck_off(rollup: Rollup) -> None:
    rollup.execute(
        "update events_change_log_rollups set read_at = read_at - interval '8 days'"
        " where rollup = 'dev'"
    )
    rollup.insert([Event(7, OLD)])
    told = f"{{fast_dau_run_at: '{NOW}', fast_dau_events_kept_from: '2000-01-01'}}"
    named = run_cli("dbt", "run", "--vars", told, "--select", "+daily_retention")
    struck = run_cli("init", "--strike-off", "dev")
    rollup.build(NOW)
    left = rollup.query(ENTRIES)
    rollup.insert([Event(8, OLD - 2 * DAY)])
    rollup.build(NOW)
    second(rollup).build(NOW)

    assert "the rollup dev last read the change log of public.events on" in (
        " ".join(named.stdout.split())
    )
    assert "fast-dau init --strike-off dev" in named.stdout
    assert struck.returncode == 0
    assert left == [(0,)]
    assert second(rollup).tables() == second(rollup).expected(NOW)


@EMPTY
def test_a_new_rollup_under_a_clock_of_before_history_loses_no_change(
    rollup: Rollup,
) -> None:
    rollup.insert([Event(1, OLD)])
    install(rollup.connection)
    rollup.build(datetime(1970, 1, 1), events_kept_from=None)
    rollup.insert([Event(2, OLD + 9 * DAY)])
    rollup.build(datetime(2024, 3, 5), events_kept_from=None)
    rollup.build(NOW)

    assert rollup.tables() == rollup.expected(NOW)


@EMPTY
@pytest.mark.parametrize(
    ("time_zone", "moment", "reason"),
    [
        ("America/New_York", "4714-11-24 00:00:00 BC", "before events_start_date"),
        ("Asia/Tokyo", "294276-12-31 23:59:59", "in the future"),
    ],
)
def test_a_time_at_the_edge_of_the_type_is_rejected_and_blocks_nothing(
    time_zone: str, moment: str, reason: str, rollup: Rollup
) -> None:
    rollup.definitions = Definitions(time_zone)
    rollup.insert([Event(1, OLD), Event(2, NOW)])
    install(rollup.connection)
    rollup.build(NOW)
    before = rollup.tables()
    rollup.execute(
        f"insert into events (user_id, performed_at) values (3, '{moment}');"
        "insert into events_change_log (performed_at, operation)"
        f" values ('{moment}', 'insert')"
    )
    for _ in range(2):
        rollup.build(NOW)

    assert rollup.tables() | {"rejected_events": []} == before
    assert rollup.tables()["rejected_events"] == [
        (f"performed_at is {reason}", 1, moment, moment)
    ]
    assert rollup.query(ENTRIES) == [(0,)]
    for user in (1, 2):
        forget(rollup, user, now=NOW)
    assert rollup.tables()["daily_active_users"] == []
