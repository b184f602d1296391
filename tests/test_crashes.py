"""Killed runs and killed servers: the next run heals all, and readers never notice."""

import os
import time
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path
from random import Random

import pytest

from orchestration.core.connection import libpq_variables
from orchestration.embedded.server import server
from tests.clusters import QUICK
from tests.crashes import FlippingRollup, Reader
from tests.dbt_processes import dbt_process, held, wait_for_write

pytestmark = pytest.mark.prove

# How many runs are broken off, by each kind of crash.
CRASHES = int(os.environ.get("FAST_DAU_CRASHES", "6"))
NOW = datetime(2024, 3, 25, 15)
MODELS = (
    "returning_users",
    "refresh_days",
    "daily_retention",
    "user_day_activity",
    "daily_active_users",
    "rejected_events",
    "daily_revisions",
)
ARGUMENTS: tuple[list[str], ...] = ([], [], [], ["--full-refresh"])


@pytest.fixture
def rollup(home: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[FlippingRollup]:
    """Yield a rollup with a change log, first built, on a cluster of the test's own."""
    for name in libpq_variables(os.environ):
        monkeypatch.delenv(name)
    with server(home, settings=QUICK) as variables:
        for name, text in variables.items():
            monkeypatch.setenv(name, text)
        opened = FlippingRollup(home, NOW)
        opened.make()
        yield opened
        opened.connection.close()


@pytest.mark.parametrize("victim", ["run", "server"])
def test_after_each_crash_the_next_ordinary_run_heals_all_and_readers_never_notice(
    rollup: FlippingRollup, victim: str
) -> None:
    """Killed in the transaction of each model in turn, and at any moment."""
    random = Random(victim)
    reader = Reader(rollup.state())
    length = length_of_a_run()
    with reader.at_work():
        for number in range(CRASHES):
            rollup.now += timedelta(hours=random.choice([1, 9, 15]))
            rollup.change(random, 6)
            reader.expect(rollup.state())
            arguments = random.choice(ARGUMENTS)
            with dbt_process("run", *arguments, run_at=rollup.now) as run:
                crash = run.kill if victim == "run" else rollup.crash_server
                if number % 2 == 0:
                    model = MODELS[number // 2 % len(MODELS)]
                    with held(model):
                        wait_for_write(run, rollup.connection, model)
                        crash()
                else:
                    run.read_until("Concurrency")
                    # It may just have ended.
                    run.process.join(random.uniform(0, length))
                    crash()
                run.finish()

            if random.random() < 1 / 2:
                rollup.change(random, 3)
            rollup.now += timedelta(minutes=random.choice([1, 600]))
            reader.expect(rollup.state())
            rollup.build(rollup.now, silent_seconds=1)
            assert rollup.tables() == rollup.expected(rollup.now)
            assert rollup.query("select * from events_change_log") == []
            reader.settle()

    assert reader.complaints == []
    assert reader.looks > CRASHES


def length_of_a_run() -> float:
    """Return the seconds that dbt is at work on the database, without its start."""
    with dbt_process("run", run_at=NOW) as run:
        run.read_until("Concurrency")
        began = time.monotonic()
        run.succeed()
    return time.monotonic() - began
