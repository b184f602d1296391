"""With the change log, an ordinary run is exact after a change of any age."""

from datetime import date, datetime

import pytest

from orchestration.core.connection import Connection, connect
from tests.change_logs import install, remove
from tests.events_tables import execute, in_background, wait_until
from tests.oracle import Definitions, Event
from tests.rollup import Rollup, RunError
from tests.states import State

NOW = datetime(2024, 3, 20, 12)
OLD = datetime(2024, 3, 2, 10)  # in Kathmandu, of the same day
LATE_EVENT = "insert into events (user_id, kind, performed_at) values (3, 'view', '{}')"
MOVE = "update events set performed_at = '{to}' where performed_at = '{of}'"


def first_built(rollup: Rollup) -> None:
    """Twenty days with an empty change log, first built."""
    rollup.insert(
        Event(user, datetime(2024, 3, day, hour), "view")
        for day in range(1, 21)
        for user, hour in ((1, 10), (2, 19), (day, 4))  # at 19, it is the next day
    )
    install(rollup.connection)
    rollup.build(NOW)


STATE = State(first_built, Definitions(time_zone="Asia/Kathmandu"))


def changed_days(rollup: Rollup) -> list[date]:
    """Return the days that the latest run rebuilt because of a late change."""
    rows = rollup.query(
        "select activity_date from analytics.refresh_days "
        "where reason = 'late change' order by 1"
    )
    return [day for (day,) in rows]


def logged(rollup: Rollup) -> int:
    """Return how many changes wait for a run: in the log, or read and not done."""
    return len(
        rollup.query(
            "select 1 from events_change_log union all"
            " select 1 from analytics.pending_days where reason = 'changed'"
        )
    )


def march(*days: int) -> list[date]:
    """Return days of March 2024."""
    return [date(2024, 3, day) for day in days]


@pytest.mark.parametrize(
    ("change", "days"),
    [
        # In Kathmandu, days begin at a quarter past.
        (LATE_EVENT.format("2024-03-02 18:14:59"), march(2)),
        (LATE_EVENT.format("2024-03-02 18:15"), march(3)),
        (f"update events set user_id = null where performed_at = '{OLD}'", march(2)),
        (MOVE.format(to="2024-03-08", of=OLD), march(2, 8)),
        (MOVE.format(to="2024-03-02", of="2024-03-20 10:00"), march(2)),
        ("delete from events where performed_at::date = '2024-03-05'", march(5, 6)),
    ],
)
def test_an_ordinary_run_after_a_change_of_any_age_equals_a_recount(
    rollup: Rollup, change: str, days: list[date]
) -> None:
    rollup.execute(change)
    rollup.build(NOW)

    assert rollup.tables() == rollup.expected(NOW)
    assert changed_days(rollup) == days
    assert logged(rollup) == 0


def test_truncation_makes_the_next_run_rebuild_every_day(rollup: Rollup) -> None:
    rollup.execute("truncate events")
    rollup.insert([Event(5, OLD), Event(5, NOW)])
    rollup.build(NOW)

    assert rollup.tables() == rollup.expected(NOW)


def test_the_first_run_after_installing_rebuilds_every_day(
    rollup: Rollup, connection: Connection
) -> None:
    remove(connection)
    rollup.execute(LATE_EVENT.format(OLD))
    rollup.build(NOW)

    assert rollup.tables() != rollup.expected(NOW)

    install(connection)
    rollup.build(NOW)

    assert rollup.tables() == rollup.expected(NOW)
    assert changed_days(rollup) == march(*range(1, 17))


@pytest.mark.parametrize("selected", ["user_day_activity", "refresh_days", "fails"])
def test_a_run_that_fails_or_is_of_one_model_leaves_the_entries_to_a_whole_run(
    rollup: Rollup, selected: str
) -> None:
    rollup.execute(LATE_EVENT.format(OLD))
    if selected == "fails":
        stopped = pytest.raises(RunError, match="stopped")
        with rollup.stopped_at("daily_retention"), stopped:
            rollup.build(NOW)
    else:
        rollup.build(NOW, "--select", selected)

    assert logged(rollup) == 1

    rollup.build(NOW)

    assert rollup.tables() == rollup.expected(NOW)
    assert logged(rollup) == 0


@pytest.mark.parametrize(
    "variables",
    [{"refresh": "full"}, {"start_date": "2024-03-10", "end_date": "2024-03-11"}],
)
def test_every_kind_of_whole_run_handles_the_entries(
    rollup: Rollup, variables: dict[str, str]
) -> None:
    rollup.execute(LATE_EVENT.format(OLD))
    rollup.build(NOW, **variables)

    assert rollup.tables() == rollup.expected(NOW)
    assert logged(rollup) == 0


def test_a_change_that_is_committed_after_the_run_is_left_to_the_next_one(
    rollup: Rollup, other: Connection
) -> None:
    execute(other, LATE_EVENT.format(OLD))
    rollup.execute(LATE_EVENT.format("2024-03-04"))
    rollup.build(NOW)
    first = changed_days(rollup)
    other.commit()
    rollup.build(NOW)

    assert (first, changed_days(rollup)) == (march(4), march(2))
    assert rollup.tables() == rollup.expected(NOW)
    assert logged(rollup) == 0


def test_a_change_that_is_committed_during_the_run_is_left_to_the_next_one(
    rollup: Rollup, other: Connection, database_env: dict[str, str]
) -> None:
    """It comes after the days were chosen."""
    holder = connect(database_env)
    execute(holder, "lock table analytics.user_day_activity in exclusive mode")
    execute(other, LATE_EVENT.format(OLD))
    waiting = (
        "select exists (select from pg_locks where not granted "
        "and relation = 'analytics.user_day_activity'::regclass)"
    )

    def commit_meanwhile() -> None:
        wait_until(rollup.connection, waiting)
        other.commit()
        holder.rollback()

    meanwhile = in_background(commit_meanwhile)
    rollup.build(NOW)
    meanwhile.join()
    holder.close()
    left = logged(rollup)
    rollup.build(NOW)

    assert left == 1
    assert changed_days(rollup) == march(2)
    assert rollup.tables() == rollup.expected(NOW)


def test_entries_that_were_restored_from_another_server_are_handled_once(
    rollup: Rollup,
) -> None:
    """They name transactions that this server has yet to come to."""
    rollup.execute(
        "insert into events_change_log (performed_at, transaction_id, operation)"
        f" values ('{OLD}', '9999999999', 'update')"
    )
    rollup.build(NOW)

    assert changed_days(rollup) == march(2)
    assert logged(rollup) == 0


def test_a_lookback_that_does_not_reach_the_log_is_refused(rollup: Rollup) -> None:
    with pytest.raises(RunError, match="the change log leaves out changes of the last"):
        rollup.build(NOW, lookback_days=2)
    rollup.build(NOW, lookback_days=4)


def test_a_run_by_a_role_that_may_read_and_empty_the_log(
    rollup: Rollup, stranger: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    execute(
        rollup.connection,
        "drop schema analytics cascade",
        f"grant create on database {rollup.connection.info.dbname} to {stranger}",
        f"grant select on events to {stranger}",
        f"grant select, delete on events_change_log to {stranger}",
        "grant select, insert, update, delete on events_change_log_rollups"
        f" to {stranger}",
    )
    monkeypatch.setenv("PGUSER", stranger)
    monkeypatch.setenv("PGPASSWORD", "x")
    rollup.execute(LATE_EVENT.format(OLD))
    rollup.build(NOW)

    assert rollup.tables() == rollup.expected(NOW)
    assert logged(rollup) == 0
