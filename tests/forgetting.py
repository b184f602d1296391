"""What the tests of `fast-dau forget` share: a month of events, and what it says."""

import json
from datetime import date, datetime, timedelta
from random import Random
from typing import Any

from tests.commands import Ended, run_cli
from tests.made_up_events import eventful_days, invalid_events
from tests.oracle import Definitions, Event
from tests.product_oracle import Rows
from tests.rollup import Rollup
from tests.states import State

FIRST = datetime(2024, 3, 10)
KEPT_FROM = date(2024, 3, 24)
NOW = FIRST + timedelta(days=30, hours=12)
FIRST_USER = 77  # alone for six days, before all others
COUNTS = (
    "daily_active_users",
    "daily_retention",
    "rolling_active_users",
    "growth_accounting",
)
LISTS = ("user_day_activity", "returning_users", "user_lifetimes")


def fill(rollup: Rollup) -> None:
    """Build a rollup of a month, which begins with one user's days."""
    rollup.insert(
        Event(FIRST_USER, FIRST + timedelta(days=day)) for day in (0, 1, 3, 7, 8, 14)
    )
    rollup.insert(eventful_days(Random(12), FIRST + timedelta(days=6), 25))
    rollup.insert(invalid_events(NOW))
    rollup.build(NOW)


BERLIN = State(fill, Definitions(time_zone="Europe/Berlin"), has_product=True)


def erasure(
    rollup: Rollup, user_id: int, *options: str, now: datetime = NOW, **variables: Any
) -> Ended:
    """Erase the user, and run dbt with these variables."""
    given = json.dumps(rollup.variables(run_at=now, **variables))
    return run_cli("forget", str(user_id), "--yes", "--vars", given, *options)


def forget(
    rollup: Rollup, user_id: int, *options: str, now: datetime = NOW, **variables: Any
) -> str:
    """Erase the user, and have the days counted again; return what is printed."""
    done = erasure(rollup, user_id, *options, now=now, **variables)
    assert done.returncode == 0, done.stderr
    return done.stdout


def unfinished(rollup: Rollup, user_id: int, table: str, **variables: Any) -> Ended:
    """Erase the user, and have the run fail at a table."""
    rollup.execute(
        "create function stop() returns trigger language plpgsql as "
        "$$ begin raise 'no more'; end $$;"
        f"create trigger stop before insert or update on analytics.{table} "
        "for each row execute function stop()"
    )
    done = erasure(rollup, user_id, "--format", "json", **variables)
    rollup.execute("drop function stop cascade")
    assert done.returncode == 1
    return done


def counts(of: dict[str, Rows]) -> dict[str, Rows]:
    """Return, of all tables, those of counts."""
    return {name: of[name] for name in COUNTS}


def everything(rollup: Rollup) -> list[Rows]:
    """Return all that forgetting could change."""
    others = [
        rollup.query(f"select * from {name} order by 1, 2")
        for name in ("analytics.daily_revisions", "analytics.erased_counts")
    ]
    events = rollup.query("select * from events order by 4, 1, 2, 3")
    return [*rollup.tables().values(), events, *others]


def listed(rollup: Rollup) -> set[int]:
    """Return the users of the two lists and of the events."""
    lists = " union ".join(f"select user_id from analytics.{name}" for name in LISTS)
    rows = rollup.query(f"{lists} union select user_id from events")
    return {user for (user,) in rows}
