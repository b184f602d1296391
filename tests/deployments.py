"""Rollups of many events, and the plans of all query patterns on it."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, datetime, timedelta
from json import loads
from pathlib import Path
from typing import Any

from orchestration.core.connection import Connection
from orchestration.core.settings import events_table
from orchestration.source.loading.copy_in import vacuum_copied
from orchestration.source.table import init_events_table
from orchestration.trust.explain.catalog import Catalog
from orchestration.trust.explain.context import Context, models_explained
from orchestration.trust.explain.explained import Explained, explained
from orchestration.trust.explain.query_plans import Plan, read_plan
from tests.made_up_events import insert_synthetic
from tests.module_rollups import module_rollup
from tests.oracle import Definitions
from tests.rollup import Rollup

LAST_DAY = date(2024, 6, 30)
NOW = datetime(2024, 7, 1, 9)
DAYS = 80

# As many rows a day as it takes for the table to be worth an index.
SEGMENTS = {
    "course": "course_id",
    "kind": "kind",
    "platform": "properties ->> 'platform'",
}

# Of two months ago.
A_LATE_EVENT = f"""insert into events (user_id, performed_at)
values (7, '{LAST_DAY - timedelta(days=60)}')"""

# A `now()` before pg_catalog's, for the live views that are made to see it.
_CLOCK = f"""
create schema clock;
create function clock.now() returns timestamptz stable
return timestamptz '{NOW}+00';
"""

# A plan as auto_explain writes it to the server's log.
_LOGGED = re.compile(r" plan:\n((?:\t.*\n)+)")


class Deployment(Rollup):
    """A rollup with segments, in each of its runs."""

    def __init__(self, connection: Connection) -> None:
        super().__init__(connection, Definitions(), has_product=True)

    def _invoke(self, *args: str, **variables: Any) -> list[Any]:
        return super()._invoke(*args, segments=SEGMENTS, **variables)


@contextmanager
def deployed(
    cluster: dict[str, str], administration: Connection, events: int
) -> Iterator[Rollup]:
    """Yield a rollup of so many events, first built, in a database of its own.

    See `deploy`.
    """
    name = f"deployment_{events}"
    with module_rollup(cluster, administration, name) as opened:
        rollup = Deployment(opened.connection)
        deploy(rollup, events)
        yield rollup


def deploy(rollup: Rollup, events: int) -> None:
    """Fill a new database with so many events of 80 days, and build the tables.

    A few events are of 2010, so that a table with a row a day has enough rows to be
    worth an index. For live views it is the morning of the day after, with some events.
    """
    init_events_table(rollup.connection, events_table(), print, change_log=True)
    rollup.execute(_CLOCK)
    name = rollup.connection.info.dbname
    search_path = "search_path = clock, pg_catalog, public"
    rollup.execute(f"alter database {name} set {search_path}; set {search_path}")
    for users, moment in (
        (9, datetime(2010, 1, 1)),
        (200, NOW - timedelta(hours=1)),
    ):
        rollup.execute(
            f"insert into events (user_id, performed_at) select n, '{moment}'"
            f" from generate_series(1, {users}) as n"
        )
    add_history(rollup, LAST_DAY, events)
    rollup.build(NOW)


def add_history(rollup: Rollup, last_day: date, events: int) -> None:
    """Add so many events of the 80 days that end with `last_day`."""
    insert_synthetic(
        rollup.connection,
        events=events,
        users=events // 250,
        days=DAYS,
        end_date=last_day,
        seed=last_day.day,
    )
    vacuum_copied(rollup.connection, events_table())


def explain_all(rollup: Rollup, *, full_passes: bool = False) -> dict[str, Explained]:
    """Return every pattern, explained as planner and tables are now."""
    models = rollup.compiled(*models_explained())
    every = explained(rollup.connection, models, runs_full_passes=full_passes)
    return {one.pattern.name: one for one in every}


def broken(every: dict[str, Explained]) -> dict[str, list[str]]:
    """Return the patterns whose promise is not kept, and in what."""
    return {
        name: [finding.text for finding in one.findings]
        for name, one in every.items()
        if one.findings
    }


def catalog(rollup: Rollup) -> Catalog:
    """Return what the catalog has of the tables that patterns read."""
    context = Context(rollup.connection, {})
    return Catalog(rollup.connection, context.tables)


def sequential_scans(plan: Plan, known: Catalog) -> set[str]:
    """Return the big tables of which a plan reads every page for a few of the rows."""
    return {
        name
        for name, table in known.names.items()
        for scan in plan.scans
        if scan.kind == "Seq Scan"
        and known.is_big_part(scan.table, table)
        and scan.rows < known.rows(table) / 2
        # A sample of the first rows is none.
        and (plan.pages is None or plan.pages >= known.tables[scan.table].pages)
    }


@contextmanager
def logged_plans(rollup: Rollup, log: Path) -> Iterator[list[Plan]]:
    """Collect the plans of all statements that other sessions run meanwhile."""
    settings = {
        "session_preload_libraries": "auto_explain",
        "auto_explain.log_min_duration": "0",
        "auto_explain.log_analyze": "on",
        "auto_explain.log_buffers": "on",
        "auto_explain.log_timing": "off",
        "auto_explain.log_verbose": "on",
        "auto_explain.log_nested_statements": "on",
        "auto_explain.log_format": "json",
    }
    database = rollup.connection.info.dbname
    for name, value in settings.items():
        rollup.execute(f"alter database {database} set {name} = '{value}'")
    start = log.stat().st_size
    plans: list[Plan] = []
    try:
        yield plans
        text = log.read_bytes()[start:].decode(errors="replace")
        plans += [read_plan(_plan(match[1])) for match in _LOGGED.finditer(text)]
    finally:
        for name in settings:
            rollup.execute(f"alter database {database} reset {name}")


def _plan(logged: str) -> dict[str, Any]:
    found: dict[str, Any] = loads(logged.replace("\n\t", "\n").removeprefix("\t"))
    return found
