"""Loads, builds and empty answers say what there is, and why events do not count."""

import json
from datetime import datetime

import pytest

from orchestration.core.connection import Connection
from orchestration.core.settings import as_vars
from orchestration.source.describing.found import found_in_words
from orchestration.source.loading.tally import Tally, tally_in_words
from tests.commands import answer, run_cli
from tests.events_tables import EVENTS, execute, init
from tests.loading import Loading
from tests.oracle import Event
from tests.rollup import Rollup

NOW = datetime(2024, 3, 20, 12)
THEN = "1997-04-01 12:00:00"
OF_1997 = """
insert into events (user_id, performed_at)
select day, make_timestamp(1997, 3, day, 0, 0, 0) from generate_series(1, 3) as day
"""
TOO_EARLY = (
    "3 events before 2000-01-01, the earliest on 1997-03-01: if these times are right, "
    "set fast_dau_events_start_date in dbt_project.yml to 1997-03-01, then "
    "fast-dau dbt build --vars 'fast_dau_refresh: start_over'"
)


def said_by_dbt(**variables: object) -> list[str]:
    """Run the models; return the lines that are fast-dau's own, without their times."""
    given = as_vars(variables)
    done = run_cli("dbt", "--no-use-colors", "run", "--vars", json.dumps(given))
    assert done.returncode == 0, done.stdout
    lines = (line[10:] for line in done.stdout.splitlines() if "fast-dau: " in line)
    return [line.removeprefix("fast-dau: ") for line in lines]


def test_who_loads_and_builds_events_of_1997_is_told_at_each_step_what_to_set(
    rollup: Rollup,
) -> None:
    execute(rollup.connection, OF_1997)
    planned = answer("plan")
    first = said_by_dbt(run_at=THEN)
    asked = [answer("dau"), run_cli("retention", "--format", "csv").stderr]
    start = {"events_start_date": "1997-03-01", "run_at": THEN}
    again = said_by_dbt(**start, refresh="start_over")
    quiet = said_by_dbt(**start)
    later = answer("dau")

    assert TOO_EARLY.removeprefix("3 events ") in planned
    assert first == [
        "no event counts, so that no day has a user",
        f"not counted: {TOO_EARLY}",
    ]
    for text in asked:
        assert text.endswith(
            f"No user is in the tables: no event counts.\nNot counted: {TOO_EARLY}\n"
        )
    assert again == ["3 events of 3 users count, from 1997-03-01 to 1997-03-03"]
    assert quiet == []
    assert later.endswith("somebody was are from 1997-03-01 to 1997-03-03.\n")


def test_a_first_build_counts_days_without_events_and_events_without_a_user(
    rollup: Rollup,
) -> None:
    execute(
        rollup.connection,
        """
        insert into events (user_id, kind, performed_at) values
        (1, 'a', '2024-01-01'), (1, 'a', '2024-01-05'), (2, 'a', '2024-01-05'),
        (2, 'b', '2024-01-09'), (null, 'a', '2024-01-05'), (1, 'a', null),
        (1, 'a', 'infinity'), (1, 'a', '2124-01-01')
        """,
    )
    said = said_by_dbt(active_kinds=["a"], run_at=str(NOW))

    assert said[0] == (
        "3 events of 2 users count (only of the kinds a: fast_dau_active_kinds), from "
        "2024-01-01 to 2024-01-05 with 3 days between that have none"
    )
    assert [" ".join(line.split()[:7]) for line in said[1:]] == [
        "not counted: 1 events more than 5",
        "not counted: 1 events whose time is",
        "not counted: 1 events without a time:",
        "not counted: 1 events without a user:",
    ]


def test_a_day_nobody_returned_on_and_tables_of_no_event_say_so(
    rollup: Rollup,
) -> None:
    rollup.build(NOW)
    empty = answer("dau")
    refused = run_cli("returning").stderr
    rollup.insert([Event(1, NOW)])
    rollup.build(NOW)
    nobody = answer("returning", "--on", str(NOW.date()))

    assert "as of the latest run, public.events had no event that counts" in empty
    assert "no day that is over: No user is in the tables" in refused
    assert nobody.endswith("none had been active in the 7 days before.\n")


@pytest.mark.parametrize(
    ("user", "time", "reason"),
    [
        ("1", "2000-01-01 00:00", None),
        ("1", "2000-01-01T00:00:00", None),
        ("1", "1999-12-31 23:59:59.999999", "performed_at is before events_start_date"),
        ("1", "1999-12-31T23:59", "performed_at is before events_start_date"),
        ("1", "2024-03-20T12:05:00", None),
        ("1", "2024-03-20 12:05:00.000001", "performed_at is in the future"),
        ("1", "\\N", "performed_at is null"),
        ("\\N", "\\N", "performed_at is null"),
        ("\\N", "2024-01-01 00:00:00", "user_id is null"),
        ("\\N", "1997-01-01 00:00:00", "performed_at is before events_start_date"),
    ],
)
def test_a_load_counts_each_event_for_the_reason_that_a_run_will(
    user: str, time: str, reason: str | None
) -> None:
    tally = Tally("2000-01-01 00:00", "2024-03-20 12:05:00")
    tally.add([user, "1"], [time, "2024-01-01 00:00:00"])

    assert tally.events == 2
    assert tally.rejected == ({reason: 1} if reason else {})


def test_a_load_says_its_local_days_and_when_none_of_its_events_will_count(
    loading: Loading,
) -> None:
    loaded = loading.load("user_id,performed_at\n1,1997-03-01 00:00:00\n2,\n")
    nothing = loading.load("user_id,performed_at\n")

    days, none, *reasons = tally_in_words(loading.connection, loaded)
    assert days == "Their days are from 1997-03-01 to 1997-03-01 (UTC)."
    assert none == "None of them will count:"
    assert reasons[0] == f"Not counted: 1 {TOO_EARLY[2:]}"
    assert reasons[1].startswith("Not counted: 1 events without a time: ")
    assert tally_in_words(loading.connection, nothing) == []


def test_init_finds_the_ends_of_a_table_by_its_index_and_what_will_not_count(
    connection: Connection,
) -> None:
    init(connection)
    empty = found_in_words(connection, EVENTS)
    execute(connection, OF_1997, "insert into events values (1, 1, '', 'infinity')")
    early = found_in_words(connection, EVENTS)
    execute(connection, "insert into events values (1, 1, '', '2124-01-01')")
    execute(connection, "analyze events")
    both = found_in_words(connection, EVENTS)

    assert empty == []
    assert early[1] == "None of them will count:"
    assert early[2] == f"Not counted: the {TOO_EARLY[2:]}"
    assert both[0] == "It has 5 events, from 1997-03-01 to 2124-01-01 (UTC)."
    assert both[1] == early[2]
    assert both[2].startswith("Not counted: the events more than 5 minutes in the fut")
    assert len(both) == 3
