"""No midnight in a test that looks at the clock twice."""

import time
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

# Longer than such a test takes on a slow machine.
_BEFORE = timedelta(minutes=4)
# Those of the tests with the real clock.
_ZONES = ("UTC", "America/Los_Angeles", "Asia/Tokyo", "Pacific/Kiritimati")


def wait_out_midnight() -> None:
    """Where it is nearly midnight in one of the tests' zones, wait until it is over.

    Between what a test inserts, what a run builds and what is expected, the day would
    change: they ask the real clock, the server's and Dagster's among them.
    """
    for zone in _ZONES:
        time.sleep(seconds_to_wait(datetime.now(ZoneInfo(zone))))


def seconds_to_wait(now: datetime) -> float:
    """Return how long it is to midnight where that is near, else 0."""
    midnight = (now + timedelta(days=1)).replace(hour=0, minute=0, second=1)
    wait = midnight - now
    return wait.total_seconds() if wait < _BEFORE else 0
