"""A week of schedules on a moving clock: every table is right after each night."""

import json
import os
from collections.abc import Callable, Iterator
from datetime import date, datetime, timedelta
from random import Random

import pytest

from orchestration.core.settings import events_table
from orchestration.pipeline.rebuild import Rebuild, dbt_arguments
from orchestration.pipeline.schedules import daily_schedule, hourly_incremental_schedule
from orchestration.source.table import init_events_table
from tests.oracle import Definitions, Event
from tests.rollup import TABLES, Rollup
from tests.test_pipeline_schedules import ticks

ZONE = "Europe/Berlin"
HOUR = timedelta(hours=1)
# Clocks change on the fourth day, 2024-03-31.
START = datetime(2024, 3, 27, 23)
# A week of every hour, unless time is short: then hours around midnight, and a few.
DAYS = int(os.environ.get("FAST_DAU_DAYS", "7"))
EVERY_HOURS = int(os.environ.get("FAST_DAU_EVERY_HOURS", "1"))
MIDNIGHT_HOURS = {22, 23, 0, 1, 2}
DAYS_WITHOUT_LOG = 3
pytestmark = pytest.mark.prove


def an_hours_events(random: Random, start: datetime) -> Iterator[Event]:
    """Yield what arrives in an hour: events of it, and late ones of up to 20 days."""
    for _ in range(random.randrange(4)):
        yield Event(random.randrange(1, 12), start + random.random() * HOUR)
    if random.random() < 1 / 4:
        late = timedelta(days=random.choice([1, 2, 3, 5, 8, 20]))
        yield Event(random.randrange(1, 12), start - late)


def is_lived_through(tick: datetime) -> bool:
    """Tell whether the run of an hour is made; others are skipped, as ticks can be."""
    return tick.hour in MIDNIGHT_HOURS or tick.hour % EVERY_HOURS == 0


def differing(rollup: Rollup, now: datetime) -> list[str]:
    """Return the tables that are not as the oracle has them."""
    found, expected = rollup.tables(), rollup.expected(now)
    return [name for name in TABLES if found[name] != expected[name]]


def test_every_table_equals_the_oracle_at_the_end_of_each_day_of_a_week(
    whole_rollup_in: Callable[[Definitions], Rollup],
) -> None:
    rollup = whole_rollup_in(Definitions(time_zone=ZONE))
    random = Random(17)
    for n in range(24 * 25):
        rollup.insert(
            an_hours_events(random, START - 24 * timedelta(days=1) + n * HOUR)
        )
    rollup.build(START)
    hourly = ticks(hourly_incremental_schedule, START, 24 * DAYS)
    nightly = ticks(daily_schedule(ZONE), START, DAYS)
    runs = sorted(
        [(tick, Rebuild()) for tick in hourly if is_lived_through(tick)]
        + [(tick, Rebuild(full=True)) for tick in nightly],
        key=lambda run: run[0],
    )

    arrived, days, has_log = START, set[date](), False
    for moment, rebuild in runs:
        tick = moment.replace(tzinfo=None)
        while arrived + HOUR <= tick:
            rollup.insert(an_hours_events(random, arrived))
            arrived += HOUR
        [*_, variables] = dbt_arguments(rebuild)
        given = json.loads(variables) if rebuild.full else {}
        given = {name.removeprefix("fast_dau_"): given[name] for name in given}
        rollup.build(tick, **given)
        # Every hour's tables are exact with the change log, else those after a night.
        if rebuild.full or has_log:
            assert differing(rollup, tick) == [], (tick, rebuild)
        if rebuild.full:
            days.add(rollup.definitions.local_date(tick))
        if len(days) == DAYS_WITHOUT_LOG and not has_log:
            init_events_table(rollup.connection, events_table(), print, change_log=True)
            has_log = True

    assert len(days) == DAYS
