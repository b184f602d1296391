"""`fast-dau generate`: into a real events table, all or nothing."""

import re
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest

from orchestration.core.connection import Connection
from orchestration.source.synthetic.inserting import insert_synthetic_events
from orchestration.source.synthetic.options import StreamOptions
from orchestration.source.synthetic.population import active_users, populate
from tests.commands import FAST_DAU, run_cli
from tests.events_tables import execute, fetch
from tests.loading import make_events_table
from tests.terminals import on_a_terminal

OPTIONS = StreamOptions(
    events=8_000,
    users=300,
    days=40,
    end_date=date(2025, 3, 31),
    late_share=0.1,
    duplicate_share=0.05,
    invalid_share=0.1,
)
SMALL = ("--events", "8000", "--users", "300", "--days", "40")
IN_MARCH = (*SMALL, "--end-date", "2025-03-31")
SHARES = ("--late-share=0.1", "--duplicate-share=0.05", "--invalid-share=0.1")
VALID = "user_id is not null and performed_at between '2000-01-01' and '2100-01-01'"


@pytest.fixture
def events(connection: Connection) -> Connection:
    """Return a connection to a database with an empty events table and its indexes."""
    return make_events_table(connection)


def test_the_table_gets_the_rows_of_every_share_and_the_command_says_so(
    events: Connection,
) -> None:
    ran = run_cli("generate", *IN_MARCH, *SHARES, "--seed", "7")
    population = populate(replace(OPTIONS, seed=7))

    assert ran.returncode == 0
    where, said = ran.stdout.splitlines()
    assert where == (
        f"Events go into public.events, in the database {events.info.dbname} at "
        f"{events.info.host}:{events.info.port}."
    )
    assert re.fullmatch(
        r"Generated 8,000 events of 300 users over 40 days "
        r"\(2025-02-20 to 2025-03-31\) into public\.events in [\d.]+ s "
        r"\([\d,]+ rows/s\)\.",
        said,
    )
    assert ran.stderr.startswith("Generating 8,000 events of 300 users over 40 days")
    assert fetch(
        events,
        """
        select count(*),
            count(*) filter (where user_id is null),
            count(*) filter (where performed_at is null),
            count(*) filter (where performed_at in ('infinity', '-infinity')),
            count(*) filter (where performed_at between '2900-01-01' and '3000-01-01'),
            count(*) filter (where performed_at between '1970-01-01' and '1971-01-01')
        from events
        """,
    ) == [(8_000, 160, 160, 160, 160, 160)]
    assert fetch(
        events,
        "select count(*) - count(distinct (user_id, course_id, kind, performed_at, "
        f"properties)) from events where {VALID}",
    ) == [(400,)]
    assert fetch(
        events,
        "select performed_at::date, count(distinct user_id) from events "
        f"where {VALID} group by 1 order by 1",
    ) == [
        (population.first_day + timedelta(days=day), len(active_users(population, day)))
        for day in range(population.days)
    ]


def test_progress_adds_up_to_the_rows_inserted(events: Connection) -> None:
    steps: list[int] = []
    insert_synthetic_events(events, OPTIONS, steps.append)

    assert sum(steps) == OPTIONS.events
    assert len(steps) >= OPTIONS.days
    assert fetch(events, "select count(*) from events") == [(OPTIONS.events,)]


def test_the_last_day_is_yesterday_unless_told(events: Connection) -> None:
    before = datetime.now(UTC).date()
    run_cli("generate", *SMALL, "--invalid-share", "0")
    after = datetime.now(UTC).date()
    [(last,)] = fetch(events, "select max(performed_at)::date from events")

    assert last in {day - timedelta(days=1) for day in (before, after)}


def test_users_who_get_no_event_are_mentioned(events: Connection) -> None:
    ran = run_cli("generate", *IN_MARCH, "--users", "5000")
    [(users,)] = fetch(
        events, f"select count(distinct user_id) from events where {VALID}"
    )

    assert f"8,000 events of {users:,} users" in ran.stdout
    assert (
        "8,000 events over 40 days are too few for 5,000 users: "
        f"{users:,} of them have one." in ran.stdout
    )


def test_a_terminal_gets_a_progress_bar(events: Connection) -> None:
    shown = on_a_terminal([str(FAST_DAU), "generate", *IN_MARCH], {})

    assert "8000/8000" in shown
    assert fetch(events, "select count(*) from events") == [(8_000,)]


def test_a_missing_table_is_a_sentence_and_not_made(connection: Connection) -> None:
    ran = run_cli("generate", *IN_MARCH)

    assert ran.returncode == 2
    assert "There is no table public.events" in ran.stderr
    assert fetch(connection, "select to_regclass('public.events')") == [(None,)]


def test_what_the_server_refuses_leaves_no_row_at_all(events: Connection) -> None:
    execute(events, "alter table events add check (performed_at < '2025-03-30')")
    ran = run_cli("generate", *IN_MARCH, "--invalid-share", "0")

    assert ran.returncode == 1
    assert ran.stderr.splitlines()[-1].startswith(
        "fast-dau: Filling public.events failed:"
    )
    assert "Traceback" not in ran.stderr
    assert fetch(events, "select count(*) from events") == [(0,)]


def test_made_up_events_are_not_mixed_with_others_and_can_be_taken_away(
    events: Connection,
) -> None:
    execute(events, "comment on table events is 'What people did.'")
    comment = "select obj_description('events'::regclass, 'pg_class')"

    for _ in range(2):
        assert run_cli("generate", *IN_MARCH).returncode == 0
    marked = fetch(events, comment)
    cleared = run_cli("generate", "--clear")

    assert marked == [
        ("What people did.\nSynthetic events of `fast-dau generate`: events=16000",)
    ]
    assert cleared.stdout == (
        "The synthetic events are cleared, and the tables built from them.\n"
    )
    assert fetch(events, comment) == [("What people did.",)]

    execute(events, "insert into events (user_id) values (1)")
    refused = run_cli("generate", *IN_MARCH)
    again = run_cli("generate", "--clear")

    assert refused.returncode == 2
    assert "public.events holds events that were not made up" in refused.stderr
    assert again.stdout == "There are no synthetic events to clear.\n"
    assert fetch(events, "select count(*) from events") == [(1,)]


@pytest.mark.parametrize(
    ("option", "text", "said"),
    [
        ("--events", "-5", "--events is -5"),
        ("--end-date", "2199-01-01", "in the future"),
        ("--end-date", "31.12.2024", "'31.12.2024' is not a day"),
    ],
)
def test_a_bad_option_is_refused_in_a_sentence(
    events: Connection, option: str, text: str, said: str
) -> None:
    ran = run_cli("generate", *IN_MARCH, option, text)

    assert ran.returncode == 2
    assert said in ran.stderr
    assert "Traceback" not in ran.stderr
    assert fetch(events, "select count(*) from events") == [(0,)]
