"""`fast-dau forget`: a person leaves the events and every table, and the counts."""

import json
import os
import subprocess
from collections.abc import Callable, Iterator
from datetime import date, datetime, timedelta
from random import Random

import psycopg2
import pytest

from orchestration.errors import Failure
from orchestration.forget.turn import begin_alone
from orchestration.postgres.connection import connect
from tests.commands import FAST_DAU, run_cli
from tests.events_tables import EVENTS
from tests.made_up_events import eventful_days, invalid_events
from tests.oracle import Definitions, Event, tables
from tests.product_oracle import Rows, active_by_segment
from tests.rollup import TABLES, Rollup

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
# The tables that wait for the next run, and what tells it to look after them.
FOLLOWING = ("rejected_events", "daily_active_users_by_course", "moved_days")
RECOUNTED = tuple(name for name in TABLES if name not in FOLLOWING)


@pytest.fixture
def rollup(whole_rollup_in: Callable[[Definitions], Rollup]) -> Rollup:
    """A rollup of a month in Berlin, which begins with one user's days."""
    opened = whole_rollup_in(Definitions(time_zone="Europe/Berlin"))
    opened.insert(
        Event(FIRST_USER, FIRST + timedelta(days=day)) for day in (0, 1, 3, 7, 8, 14)
    )
    opened.insert(eventful_days(Random(12), FIRST + timedelta(days=6), 25))
    opened.insert(invalid_events(NOW))
    opened.build(NOW)
    return opened


def forget(user_id: int, *options: str) -> str:
    """Erase the user; return what is printed."""
    done = run_cli("forget", str(user_id), "--yes", *options)
    assert done.returncode == 0, done.stderr
    return done.stdout


def refusal(code: int, *arguments: str) -> str:
    """Run the command, which fails with this exit code; return what it says."""
    done = run_cli("forget", *arguments)
    assert (done.returncode, done.stdout) == (code, "")
    return done.stderr


def recounted(of: dict[str, Rows]) -> dict[str, Rows]:
    """Return the tables that are up to date before any run."""
    return {name: of[name] for name in RECOUNTED}


def counts(rollup: Rollup) -> dict[str, Rows]:
    """Return the tables of counts."""
    return {name: rollup.tables()[name] for name in COUNTS}


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


def test_every_table_equals_a_recount_without_the_user_before_and_after_any_run(
    rollup: Rollup,
) -> None:
    users = listed(rollup)
    rollup.insert([Event(5, NOW + timedelta(minutes=1))])  # no run has counted it
    printed = forget(5)

    assert 5 in users
    assert listed(rollup) == users - {5}
    assert recounted(rollup.tables()) == recounted(rollup.expected(NOW))
    assert "proof: 0 rows left in analytics.returning_users, " in printed
    assert "analytics.user_lifetimes" in printed
    for refresh in ("incremental", "full"):
        rollup.build(NOW, refresh=refresh)
        assert rollup.tables() == rollup.expected(NOW)
    rollup.dbt("test", run_at=NOW)


def test_a_user_before_all_others_takes_the_first_days_along(rollup: Rollup) -> None:
    first = rollup.tables()["daily_retention"][0][0]
    forget(FIRST_USER)

    after = rollup.tables()
    assert after["daily_retention"][0][0] == first + timedelta(days=6)
    assert recounted(after) == recounted(rollup.expected(NOW))
    rollup.dbt("test", run_at=NOW)
    rollup.build(NOW)
    assert rollup.tables() == rollup.expected(NOW)
    revised = rollup.query("select min(activity_date) from analytics.daily_revisions")
    assert revised == [(first + timedelta(days=6),)]


def test_a_user_of_invalid_events_and_a_negative_id(rollup: Rollup) -> None:
    """User 1 has events of every reason; -1 needs no `--`, but may have it."""
    forget(1)
    forget(-1)
    done = run_cli("forget", "--yes", "--", "-1")

    assert "Nothing of user -1 was found." in done.stdout
    assert recounted(rollup.tables()) == recounted(rollup.expected(NOW))
    rollup.build(NOW)
    assert rollup.tables() == rollup.expected(NOW)


def test_the_only_users_leave_empty_tables_or_none_where_none_are_built(
    whole_rollup_in: Callable[[Definitions], Rollup],
) -> None:
    rollup = whole_rollup_in(Definitions())
    rollup.insert(
        [Event(1, NOW), Event(2, NOW), Event(3, NOW - timedelta(days=20), course_id=1)]
    )
    for user, options in ((1, ()), (2, ("--keep-counts",))):
        assert "There are no tables yet" in forget(user, *options)
    rollup.build(NOW)
    published = rollup.tables()
    forget(3)

    assert [event.user_id for event in rollup.events()] == []
    assert len(published["daily_active_users"]) == 21
    assert not any(recounted(rollup.tables()).values())
    assert not rollup.tables()["daily_active_users_by_course"]
    rollup.build(NOW)
    assert not any(rollup.tables().values())


@pytest.mark.parametrize("options", [(), ("--keep-counts",)])
def test_a_rollup_without_product_tables(
    rollup_in: Callable[[Definitions], Rollup], options: tuple[str, ...]
) -> None:
    rollup = rollup_in(Definitions())
    rollup.insert(eventful_days(Random(12), FIRST, 20))
    rollup.build(NOW)
    published = rollup.tables()
    forget(5, *options)

    expected = rollup.expected(NOW)
    assert all(rollup.tables()[name] == expected[name] for name in LISTS[:2])
    counted = published if options else expected
    assert all(rollup.tables()[name] == counted[name] for name in COUNTS[:2])


def test_days_begin_with_the_first_valid_event_even_of_a_kind_that_does_not_count(
    whole_rollup_in: Callable[[Definitions], Rollup],
) -> None:
    rollup = whole_rollup_in(
        Definitions(active_kinds=("play",), time_zone="Asia/Kolkata")
    )
    rollup.insert([Event(1, FIRST, "play"), Event(2, NOW, "play")])
    rollup.insert([Event(3, FIRST + timedelta(days=9, hours=20), "view")])
    rollup.build(NOW)
    forget(1)

    assert recounted(rollup.tables()) == recounted(rollup.expected(NOW))
    assert rollup.tables()["daily_active_users"][0][0] == date(2024, 3, 20)


def test_days_whose_events_vanished_before_are_left_for_the_next_run(
    rollup: Rollup,
) -> None:
    rollup.execute(f"delete from events where user_id = {FIRST_USER}")
    forget(5)

    rollup.build(NOW, refresh="full")
    assert rollup.tables() == rollup.expected(NOW)


def test_kept_counts_stay_as_published_through_all_kinds_of_run(
    rollup: Rollup,
) -> None:
    """Two users' counts add up, and the first user's days do not vanish."""
    published = counts(rollup)
    others = listed(rollup) - {5, FIRST_USER}
    forget(5, "--keep-counts")
    printed = forget(FIRST_USER, "--keep-counts")

    assert "Days kept as published: 6, from 2024-03-10 to 2024-03-24." in printed
    assert counts(rollup) == published
    for refresh in ("incremental", "full", "start_over"):
        rollup.build(NOW, refresh=refresh)
        assert counts(rollup) == published
        assert listed(rollup) == others
    rollup.dbt("test", run_at=NOW)


@pytest.mark.parametrize("options", [(), ("--keep-counts",)])
def test_nobody_is_left_in_cohorts_frequency_courses_and_segments(
    rollup: Rollup, options: tuple[str, ...]
) -> None:
    segments = {"segments": {"kind": "kind"}}
    rollup.build(NOW, **segments)
    forget(5, *options)

    expected = rollup.expected(NOW)
    by_segment = active_by_segment(
        [
            (rollup.definitions.local_date(event.performed_at), event.user_id, event)
            for event in rollup.events()
            if rollup.definitions.why_rejected(event, NOW) is None
            and isinstance(event.performed_at, datetime)
            and event.user_id is not None
        ],
        {"kind": lambda event: event.kind},
        20,
    )
    # Before any run, and after each.
    names = ["cohort_retention", "activity_frequency_28d", "user_lifetimes"]
    assert [rollup.tables()[name] for name in names] == [expected[n] for n in names]
    names.append("daily_active_users_by_course")
    for refresh in ("incremental", "full"):
        rollup.build(NOW, refresh=refresh, **segments)
        left = rollup.tables()
        assert [left[name] for name in names] == [expected[name] for name in names]
        segment_rows = "select * from analytics.daily_active_users_by_segment"
        assert sorted(rollup.query(segment_rows)) == by_segment


def test_kept_counts_look_forward_as_if_the_user_were_still_known(
    rollup: Rollup,
) -> None:
    """In the windows of days to come, and as somebody who has left."""
    published = [event for event in rollup.events() if event.user_id == 5]
    forget(5, "--keep-counts")
    for days in (1, 4, 30):
        now = NOW + timedelta(days=days)
        rollup.insert([Event(2, now)])
        rollup.build(now)
        expected = tables([*rollup.events(), *published], now, rollup.definitions)
        assert counts(rollup) == {name: expected[name] for name in COUNTS}


@pytest.mark.parametrize("options", [(), ("--keep-counts",)])
def test_a_run_that_stopped_before_is_made_good_by_the_next(
    rollup: Rollup, options: tuple[str, ...]
) -> None:
    """The list of days knew of a first day of which no other table knew."""
    late = Event(5, FIRST)
    known = [late, *(event for event in rollup.events() if event.user_id == 5)]
    rollup.insert([late])
    selected = ("refresh_days", "user_day_activity")
    day = FIRST.date()
    rollup.build(NOW, "--select", *selected, start_date=day, end_date=day)
    forget(5, *options)
    rollup.build(NOW)

    if options:
        expected = tables([*rollup.events(), *known], NOW, rollup.definitions)
        assert counts(rollup) == {name: expected[name] for name in COUNTS}
    else:
        assert rollup.tables() == rollup.expected(NOW)


def test_kept_counts_are_added_to_what_comes_late(rollup: Rollup) -> None:
    forget(FIRST_USER, "--keep-counts")
    day = FIRST + timedelta(days=1)
    rollup.insert([Event(5, day), Event(5, day - timedelta(days=1))])
    rollup.build(NOW, refresh="full")
    rollup.insert(
        Event(FIRST_USER, FIRST + timedelta(days=day)) for day in (0, 1, 3, 7, 8, 14)
    )

    expected = rollup.expected(NOW)
    assert counts(rollup) == {name: expected[name] for name in COUNTS}
    assert rollup.query(
        "select activity_date, dau, events_count, returning_users, returning_d1,"
        " returning_d7 from analytics.erased_counts where dau > 0 order by 1 limit 4"
    ) == [
        (date(2024, 3, 10), 1, 1, 0, 0, 0),
        (date(2024, 3, 11), 1, 1, 1, 1, 0),
        (date(2024, 3, 13), 1, 1, 1, 0, 0),
        (date(2024, 3, 17), 1, 1, 1, 0, 1),
    ]


def test_counts_follow_also_beside_those_that_are_kept(rollup: Rollup) -> None:
    events = [event for event in rollup.events() if event.user_id != 2]
    forget(5, "--keep-counts")
    forget(2)

    expected = tables(events, NOW, rollup.definitions)
    assert counts(rollup) == {name: expected[name] for name in COUNTS}
    rollup.build(NOW, refresh="full")
    assert counts(rollup) == {name: expected[name] for name in COUNTS}


def test_published_revisions_follow_and_count_no_revision(rollup: Rollup) -> None:
    forget(5)
    rollup.build(NOW, refresh="full")

    assert rollup.query(
        "select max(revisions_count), bool_and(revisions.dau = days.dau),"
        " bool_or(first_dau > revisions.dau)"
        " from analytics.daily_revisions as revisions"
        " join analytics.daily_active_users as days using (activity_date)"
    ) == [(0, True, True)]


@pytest.fixture
def purged(rollup: Rollup) -> Rollup:
    """The rollup, whose events of the first two weeks are gone."""
    rollup.execute(f"delete from events where performed_at < '{KEPT_FROM}'")
    rollup.build(NOW, events_kept_from=None)
    return rollup


def test_days_whose_events_were_purged_are_recounted_from_the_lists(
    rollup: Rollup, request: pytest.FixtureRequest
) -> None:
    events = [event for event in rollup.events() if event.user_id != 5]
    request.getfixturevalue("purged")
    forget(5)

    expected = recounted(tables(events, NOW, rollup.definitions))
    assert recounted(rollup.tables()) == expected
    for refresh in ("incremental", "full"):
        rollup.build(NOW, refresh=refresh, events_kept_from=None)
        assert recounted(rollup.tables()) == expected


def test_kept_counts_of_purged_days_stay_and_their_cohorts_follow(
    rollup: Rollup, request: pytest.FixtureRequest
) -> None:
    events = [event for event in rollup.events() if event.user_id != 5]
    published = counts(request.getfixturevalue("purged"))
    forget(5, "--keep-counts")

    expected = tables(events, NOW, rollup.definitions)
    names = (*LISTS, "cohort_retention", "activity_frequency_28d")
    for refresh in (None, "incremental", "full"):
        if refresh:
            rollup.build(NOW, refresh=refresh, events_kept_from=None)
        left = rollup.tables()
        assert [left[name] for name in names] == [expected[name] for name in names]
        assert counts(rollup) == published


def test_counts_by_course_follow_where_events_are_left(
    rollup: Rollup, request: pytest.FixtureRequest
) -> None:
    """Of purged days nobody knows in which courses the user was."""

    def by_course(of: dict[str, Rows], *, purged: bool) -> Rows:
        rows = of["daily_active_users_by_course"]
        return [row for row in rows if (row[0] <= KEPT_FROM) == purged]

    published = rollup.tables()
    request.getfixturevalue("purged")
    forget(5)
    rollup.build(NOW, events_kept_from=None)

    expected = by_course(rollup.expected(NOW), purged=False)
    assert by_course(rollup.tables(), purged=False) == expected
    assert by_course(published, purged=False) != expected
    kept = by_course(rollup.tables(), purged=True)
    assert kept == by_course(published, purged=True)


def test_a_start_from_nothing_forgets_what_was_kept_of_purged_days(
    purged: Rollup,
) -> None:
    published = counts(purged)
    forget(5, "--keep-counts")
    forget(FIRST_USER, "--keep-counts")
    purged.build(NOW, refresh="full", events_kept_from=None)

    assert counts(purged) == published
    purged.build(NOW, refresh="start_over", events_kept_from=None)
    left = purged.tables()["daily_active_users"][1:]
    assert left == published["daily_active_users"][-len(left) :]
    assert left[0][0] == KEPT_FROM + timedelta(days=1)
    purged.dbt("test", run_at=NOW, events_kept_from=None)


def test_history_begins_with_a_day_and_not_with_a_window_of_a_day_that_is_gone(
    whole_rollup_in: Callable[[Definitions], Rollup],
) -> None:
    rollup = whole_rollup_in(Definitions())
    rollup.insert([Event(1, FIRST), Event(2, FIRST + timedelta(days=9))])
    rollup.build(NOW)
    forget(1, "--keep-counts")
    kept_from = FIRST.date() + timedelta(days=3)
    rollup.build(NOW, refresh="start_over", events_kept_from=kept_from)

    assert rollup.tables()["daily_active_users"][0][:2] == (date(2024, 3, 19), 1)
    assert run_cli("check").returncode == 0


def test_the_key_of_a_user_known_by_text_is_erased_too(rollup: Rollup) -> None:
    rollup.execute(
        "create table events_user_keys (user_key text primary key, "
        "user_id int not null unique);"
        "insert into events_user_keys values ('ann@example.org', 5), ('bob', 8)"
    )
    erased = json.loads(forget(5, "--format", "json"))

    assert rollup.query("select user_key from events_user_keys") == [("bob",)]
    assert erased["rows_erased"]["public.events_user_keys"] == 1
    assert erased["rows_left"] == {
        "analytics.returning_users": 0,
        "analytics.user_day_activity": 0,
        "analytics.user_lifetimes": 0,
        "public.events": 0,
        "public.events_user_keys": 0,
    }
    assert (
        len(erased["days_recounted"])
        == erased["rows_erased"]["analytics.user_day_activity"]
    )


def test_a_user_who_is_not_there_changes_nothing(rollup: Rollup) -> None:
    forget(5)
    before = everything(rollup)

    for user, options in ((5, ()), (5, ("--keep-counts",)), (123456, ())):
        printed = forget(user, *options)
        assert printed.startswith(f"Nothing of user {user} was found.\nproof: 0 rows")
    assert json.loads(forget(5, "--format", "json"))["found"] is False
    assert everything(rollup) == before


def test_a_rollup_of_an_earlier_version_is_to_be_built_first(rollup: Rollup) -> None:
    """By which it gets tables, and columns."""
    rollup.execute(
        "drop table analytics.daily_revisions cascade;"
        "alter table analytics.erased_counts drop column wau_7d, drop column mau_28d,"
        " drop column new_users, drop column dormant_users"
    )

    message = refusal(2, "5", "--yes", "--keep-counts")
    assert (
        "lacks analytics.daily_revisions, analytics.erased_counts.dormant_users: "
        "`fast-dau dbt build`" in message
    )
    assert 5 in listed(rollup)
    rollup.build(NOW)
    published = counts(rollup)
    forget(5, "--keep-counts")
    assert counts(rollup) == published


def test_nothing_has_changed_where_it_fails_half_way(rollup: Rollup) -> None:
    """By a trigger, or for a table that it does not know."""
    before = everything(rollup)
    rollup.execute(
        "create function keep() returns trigger language plpgsql as "
        "$$ begin raise 'rows are for ever'; end $$;"
        "create trigger keep before delete on analytics.returning_users "
        "for each row execute function keep()"
    )
    for options in ((), ("--keep-counts",)):
        message = refusal(1, "5", "--yes", *options)
        assert "Erasing user 5 failed: rows are for ever." in message
        assert everything(rollup) == before

    rollup.execute(
        "drop trigger keep on analytics.returning_users;"
        "create table analytics.friends (user_id text);"
        "insert into analytics.friends values ('5'), ('5'), ('55')"
    )
    assert "left in analytics.friends (2)" in refusal(1, "5", "--yes")
    assert everything(rollup) == before

    rollup.execute("delete from analytics.friends where user_id = '5'")
    assert "analytics.friends" in forget(5)


@pytest.fixture
def reader(rollup: Rollup, database_env: dict[str, str]) -> Iterator[Rollup]:
    """The rollup, which the command may only read."""
    database = database_env["PGDATABASE"]
    rollup.execute(
        f"create role reader_of_{database};"
        f"alter database {database} set role reader_of_{database};"
        f"grant usage on schema analytics to reader_of_{database};"
        f"grant select on all tables in schema analytics, public"
        f" to reader_of_{database}"
    )
    yield rollup
    rollup.execute(f"drop owned by reader_of_{database}")
    rollup.execute(f"drop role reader_of_{database}")


def test_who_may_not_delete_is_told_so(reader: Rollup) -> None:
    message = refusal(1, "5", "--yes")

    assert "permission denied for table moved_days (ask the owner" in message


def test_input_that_is_refused(rollup: Rollup) -> None:
    before = everything(rollup)

    assert "no terminal to ask on: confirm it with --yes" in refusal(2, "5")
    for arguments in (["5", "--yes", "--keepcounts"], [str(2**31), "--yes"], ["--yes"]):
        refusal(2, *arguments)
    assert everything(rollup) == before


@pytest.mark.parametrize(("answer", "code"), [("n", 2), ("y", 0)])
def test_on_a_terminal_it_asks(rollup: Rollup, answer: str, code: int) -> None:
    ours, theirs = os.openpty()
    os.write(ours, f"{answer}\n".encode())
    done = subprocess.run(
        [FAST_DAU, "forget", "5"], stdin=theirs, capture_output=True, check=False
    )
    os.close(ours)
    os.close(theirs)

    assert done.returncode == code
    assert b"Erase user 5 from public.events and every table of" in done.stderr
    assert (5 in listed(rollup)) == (answer == "n")


def test_it_waits_while_a_run_has_the_turn(rollup: Rollup) -> None:
    rollup.execute("update analytics.rollup_state set run_id = 'run-1'")
    before = everything(rollup)
    with subprocess.Popen(
        [FAST_DAU, "forget", "5", "--yes"],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
    ) as waiting:
        assert waiting.stderr is not None
        line = waiting.stderr.readline()
        assert line.startswith("Waiting for the run that began at 20")
        assert "(run-1). Has it died?" in line
        assert everything(rollup) == before
        rollup.execute("update analytics.rollup_state set run_id = null")
        waiting.communicate()

    assert waiting.returncode == 0
    assert recounted(rollup.tables()) == recounted(rollup.expected(NOW))


def test_it_waits_for_no_run_for_ever_and_lets_none_begin_beside_it(
    rollup: Rollup, database_env: dict[str, str]
) -> None:
    other = connect(database_env)
    rollup.execute("update analytics.rollup_state set run_id = 'run-1'")
    with pytest.raises(Failure, match=r"the turn of the run that began at .*\(run-1\)"):
        begin_alone(other, EVENTS, "analytics", print, wait_seconds=0)

    rollup.execute("update analytics.rollup_state set run_id = null")
    begin_alone(other, EVENTS, "analytics", print, wait_seconds=0)
    rollup.execute("set lock_timeout = 1")
    with pytest.raises(psycopg2.errors.LockNotAvailable):
        rollup.execute(
            "select pg_advisory_xact_lock("
            "hashtextextended('fast-dau rollup analytics', 0))"
        )
    other.close()
