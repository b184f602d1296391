"""What the tables know of days whose raw events were purged outlives every run."""

from datetime import date, datetime, timedelta
from random import Random
from typing import Any

import pytest

from orchestration.core.connection import Connection
from tests.dbt_processes import dbt_process
from tests.made_up_events import eventful_days
from tests.oracle import Event, tables
from tests.product_oracle import Rows
from tests.rollup import Rollup, RunError
from tests.states import State

FIRST = datetime(2024, 3, 1)
NOW = datetime(2024, 3, 25, 12)
CUT = datetime(2024, 3, 10, 12)
# The day of the cut has lost its morning.
KEPT_FROM = date(2024, 3, 11)
PURGE = f"delete from events where performed_at < '{CUT}'"
PURGE_MEANWHILE = f"""
create function purge() returns trigger language plpgsql as
$$ begin {PURGE}; return null; end $$;
create trigger purge after insert or update or delete on analytics.refresh_days
for each statement execute function purge()
"""

TOLD = {"events_kept_from": None, "missing_events": "purged"}
PROTECTION = [
    pytest.param({"events_kept_from": KEPT_FROM}, id="events_kept_from is set"),
    pytest.param(TOLD, id="it is told afterwards", marks=pytest.mark.prove),
]


class PurgedRollup(Rollup):
    """A rollup that knows which events were counted while they were there."""

    counted: list[Event]

    def purge(self) -> None:
        """Delete the oldest events, as a retention job does."""
        self.counted = self.events()
        self.execute(PURGE)

    def insert_counted(self, *events: Event) -> None:
        """Insert events of days that are still whole."""
        self.counted += events
        self.insert(events)

    def recount(self, now: datetime) -> dict[str, Rows]:
        """Return the tables as if nothing had been purged."""
        recounted = tables(self.counted, now, self.definitions)
        return {name: recounted[name] for name in self.table_names}


def first_built(rollup: Rollup) -> None:
    """Three weeks and a half, first built, before the purge."""
    rollup.insert(eventful_days(Random(7), FIRST, 24))
    rollup.insert(
        [
            Event(5, FIRST),
            Event(5, CUT - timedelta(hours=1)),
            Event(6, CUT + timedelta(hours=1)),
            Event(6, NOW),
        ]
    )
    rollup.build(NOW)


def is_before_cut(event: Event) -> bool:
    """Tell whether the purge takes the event."""
    return isinstance(event.performed_at, datetime) and event.performed_at < CUT


STATE = State(first_built, has_product=True)


@pytest.fixture
def rollup(connection: Connection, state: State) -> PurgedRollup:
    """Return the rollup of the state."""
    return PurgedRollup(connection, state.definitions, has_product=True)


def kept_from(rollup: Rollup) -> date:
    """Return what the state says."""
    [(day,)] = rollup.query("select kept_from from analytics.rollup_state")
    assert isinstance(day, date)
    return day


def counted_from_events(rollup: Rollup) -> list[Rows]:
    """Return the tables that read the events."""
    return [
        rollup.query(f"select * from analytics.{table} order by {table}")
        for table in (
            "user_day_activity",
            "daily_active_users_by_course",
            "daily_active_users_by_segment",
        )
    ]


@pytest.mark.parametrize("told", PROTECTION)
def test_kept_days_stay_and_later_ones_are_exact_after_every_kind_of_run(
    rollup: PurgedRollup, told: dict[str, Any]
) -> None:
    rollup.purge()
    rollup.insert([Event(81, datetime(2024, 2, 1))])
    rollup.insert_counted(Event(82, NOW - timedelta(days=1)))
    rollup.build(NOW, **told)

    assert rollup.tables() == rollup.recount(NOW)

    rollup.insert([Event(83, datetime(2024, 3, 5)), Event(84, CUT)])
    rollup.insert_counted(Event(85, datetime(2024, 3, 11)), Event(5, NOW))
    rollup.build(NOW, refresh="full", **told)

    assert rollup.tables() == rollup.recount(NOW)

    rollup.insert([Event(86, datetime(2024, 3, 10, 23, 59, 59))])
    rollup.insert_counted(Event(86, datetime(2024, 3, 12)))
    rollup.build(NOW, "--full-refresh", **told)

    assert rollup.tables() == rollup.recount(NOW)


@pytest.mark.parametrize("told", PROTECTION)
def test_kept_days_stay_when_a_model_is_refreshed_alone_and_when_days_go_by(
    rollup: PurgedRollup, told: dict[str, Any]
) -> None:
    rollup.purge()
    for model in ("user_day_activity", "daily_active_users", "returning_users"):
        rollup.build(NOW, "--select", model, "--full-refresh", **told)

    assert rollup.tables() == rollup.recount(NOW)

    later = NOW + timedelta(days=3)
    rollup.insert_counted(Event(5, later))
    rollup.build(later, **told)

    assert rollup.tables() == rollup.recount(later)


def test_a_late_event_from_before_everything_does_not_hide_a_purge(
    rollup: PurgedRollup,
) -> None:
    """Both have come between the same two runs."""
    rollup.purge()
    rollup.insert([Event(1, datetime(2024, 2, 1)), Event(99, FIRST)])
    with pytest.raises(RunError, match="fast_dau_missing_events: purged"):
        rollup.build(NOW, refresh="full", events_kept_from=None)
    rollup.build(NOW, refresh="full", **TOLD)

    assert rollup.tables() == rollup.recount(NOW)


def test_a_second_purge_moves_the_kept_days_on_which_never_move_back_by_themselves(
    rollup: PurgedRollup,
) -> None:
    rollup.purge()
    rollup.build(NOW, refresh="full", **TOLD)
    rollup.insert([Event(1, datetime(2024, 2, 1)), Event(1, datetime(2024, 3, 2))])
    rollup.insert_counted(Event(6, datetime(2024, 3, 15, 21)))
    rollup.build(NOW, refresh="full", events_kept_from=None)

    assert kept_from(rollup) == KEPT_FROM
    assert rollup.tables() == rollup.recount(NOW)

    rollup.execute("delete from events where performed_at < '2024-03-15 20:00'")
    rollup.build(NOW, refresh="full", **TOLD)

    assert kept_from(rollup) == date(2024, 3, 16)
    assert rollup.tables() == rollup.recount(NOW)


def test_to_start_over_forgets_what_was_purged(rollup: PurgedRollup) -> None:
    rollup.purge()
    rollup.build(NOW, refresh="full", **TOLD)
    rollup.build(NOW, refresh="start_over", events_kept_from=None)
    started_over = rollup.tables()
    rollup.build(NOW, refresh="full", events_kept_from=None)

    assert started_over == rollup.tables() == rollup.expected(NOW)


def test_a_purge_between_the_choice_of_days_and_their_count_is_refused(
    rollup: PurgedRollup,
) -> None:
    """By each table that is counted from events."""
    variables = {"events_kept_from": None, "segments": {"kind": "kind"}}
    rollup.build(NOW, **variables)
    rollup.counted = rollup.events()
    before = counted_from_events(rollup)
    rollup.execute(PURGE_MEANWHILE)
    with pytest.raises(RunError) as refused:
        rollup.build(NOW, refresh="full", **variables)
    messages = [message or "" for message in refused.value.args[0]]

    assert sum("oldest events were deleted" in message for message in messages) == 3
    assert counted_from_events(rollup) == before

    # Which of its days are undone only their events can tell.
    rollup.execute("drop function purge cascade")
    rollup.insert(event for event in rollup.counted if is_before_cut(event))
    rollup.build(NOW, refresh="full", **variables)

    assert rollup.tables() == rollup.recount(NOW)


@pytest.mark.prove
def test_a_full_refresh_says_what_it_keeps(rollup: PurgedRollup) -> None:
    arguments = ["run", "--full-refresh", "--select", "rejected_events"]
    with dbt_process(*arguments, run_at=NOW) as run:
        run.succeed()

    assert "to really start over" in run.output
    assert "--vars 'fast_dau_refresh: start_over'" in run.output
