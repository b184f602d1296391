"""`fast-dau forget`: a person leaves the events and every table, or nothing changes."""

import json
import os
import signal
import subprocess
from collections.abc import Callable
from datetime import timedelta
from random import Random

import psycopg2
import pytest

from orchestration.core.connection import Connection
from orchestration.core.errors import Failure
from orchestration.trust.forget.run_lock import begin_alone
from tests.commands import FAST_DAU, refusal, run_cli
from tests.events_tables import EVENTS, execute
from tests.forgetting import (
    BERLIN,
    COUNTS,
    FIRST,
    FIRST_USER,
    LISTS,
    NOW,
    counts,
    everything,
    forget,
    listed,
    unfinished,
)
from tests.made_up_events import eventful_days
from tests.oracle import Definitions, Event
from tests.rollup import Rollup
from tests.states import State


@pytest.fixture
def state() -> State:
    """Where each test begins that has a `rollup`."""
    return BERLIN


def test_every_table_equals_a_recount_without_the_user(rollup: Rollup) -> None:
    users = listed(rollup)
    rollup.insert([Event(5, NOW + timedelta(minutes=1))])  # no run has counted it
    printed = forget(rollup, 5)

    assert 5 in users
    assert listed(rollup) == users - {5}
    assert rollup.tables() == rollup.expected(NOW)
    assert "proof: 0 rows left in analytics.returning_users, " in printed
    assert "analytics.user_lifetimes" in printed
    rollup.dbt("test", run_at=NOW)
    rollup.build(NOW, refresh="full")
    assert rollup.tables() == rollup.expected(NOW)


def test_a_user_before_all_others_takes_the_first_days_along(rollup: Rollup) -> None:
    first = rollup.tables()["daily_retention"][0][0]
    forget(rollup, FIRST_USER)

    after = rollup.tables()
    assert after["daily_retention"][0][0] == first + timedelta(days=6)
    assert after == rollup.expected(NOW)
    rollup.dbt("test", run_at=NOW)
    revised = rollup.query("select min(activity_date) from analytics.daily_revisions")
    assert revised == [(first + timedelta(days=6),)]


def test_every_window_that_a_user_was_in_is_counted_without_the_user(
    whole_rollup_in: Callable[[Definitions], Rollup],
) -> None:
    """Beside one who is there every day, to the last day of each window."""
    rollup = whole_rollup_in(Definitions())
    rollup.insert(
        Event(user, NOW - timedelta(days=day))
        for user, days in ((1, range(45)), (2, (34, 41)))
        for day in days
    )
    rollup.build(NOW)
    forget(rollup, 2)

    assert rollup.tables() == rollup.expected(NOW)


def test_users_of_today_alone_and_one_after_another(rollup: Rollup) -> None:
    rollup.insert([Event(901, NOW), Event(902, NOW - timedelta(minutes=1))])
    rollup.build(NOW)
    published = rollup.tables()["daily_active_users"][-1]
    for user, rest in ((901, 1), (902, 0)):
        printed = forget(rollup, user)

        assert "Days recounted: 1, from 2024-04-09 to 2024-04-09" in printed
        assert rollup.tables() == rollup.expected(NOW)
        last = rollup.tables()["daily_active_users"][-1]
        assert last[1] == published[1] - 2 + rest


@pytest.mark.parametrize("table", ["refresh_days", "daily_retention"])
def test_where_the_run_fails_the_person_is_gone_and_the_next_run_counts(
    rollup: Rollup, table: str
) -> None:
    """Before the run has taken anything up, and half-way."""
    users = listed(rollup)
    done = unfinished(rollup, 5, table)
    errors = done.stderr

    assert listed(rollup) == users - {5}
    erased = json.loads(done.stdout)
    assert (erased["days_recounted"], erased["days_kept"]) == ([], [])
    assert (
        len(erased["days_pending"])
        == erased["rows_erased"]["analytics.user_day_activity"]
    )
    assert "no more" in errors
    assert "User 5 is erased, but the run that counts the days again" in errors
    assert errors.endswith(
        "Counts include the user until one does: fast-dau dbt build\n"
    )
    assert rollup.tables() != rollup.expected(NOW)
    rollup.build(NOW)
    assert rollup.tables() == rollup.expected(NOW)


@pytest.mark.prove
def test_where_the_run_is_killed_the_next_one_counts(
    rollup: Rollup, other: Connection
) -> None:
    execute(other, "lock table analytics.rolling_active_users")
    given = json.dumps(rollup.variables(run_at=NOW))
    with subprocess.Popen(
        [FAST_DAU, "forget", "5", "--yes", "--vars", given],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    ) as erasing:
        while not rollup.query(
            "select from pg_locks where not granted and relation ="
            " 'analytics.rolling_active_users'::regclass"
        ):
            assert erasing.poll() is None
        os.killpg(erasing.pid, signal.SIGKILL)

    other.rollback()
    assert 5 not in listed(rollup)
    rollup.build(NOW, silent_seconds=1)
    assert rollup.tables() == rollup.expected(NOW)


@pytest.mark.prove
def test_a_user_of_invalid_events_and_a_negative_id(rollup: Rollup) -> None:
    """User 1 has events of every reason; -1 needs no `--`, but may have it."""
    forget(rollup, 1)
    forget(rollup, -1)
    done = run_cli("forget", "--yes", "--", "-1")

    assert "Nothing of user -1 was found." in done.stdout
    assert rollup.tables() == rollup.expected(NOW)


@pytest.mark.prove
def test_the_only_users_leave_empty_tables_or_none_where_none_are_built(
    whole_rollup_in: Callable[[Definitions], Rollup],
) -> None:
    rollup = whole_rollup_in(Definitions())
    rollup.insert(
        [Event(1, NOW), Event(2, NOW), Event(3, NOW - timedelta(days=20), course_id=1)]
    )
    for user, options in ((1, ()), (2, ("--keep-counts",))):
        assert "There are no tables yet" in forget(rollup, user, *options)
    rollup.build(NOW)
    published = rollup.tables()
    forget(rollup, 3)

    assert [event.user_id for event in rollup.events()] == []
    assert len(published["daily_active_users"]) == 21
    assert not any(rollup.tables().values())


@pytest.mark.parametrize("options", [(), ("--keep-counts",)])
def test_a_rollup_without_product_tables(
    rollup_in: Callable[[Definitions], Rollup], options: tuple[str, ...]
) -> None:
    rollup = rollup_in(Definitions())
    rollup.insert(eventful_days(Random(12), FIRST, 20))
    rollup.build(NOW)
    published = rollup.tables()
    forget(rollup, 5, *options)

    expected = rollup.expected(NOW)
    assert all(rollup.tables()[name] == expected[name] for name in LISTS[:2])
    counted = published if options else expected
    assert all(rollup.tables()[name] == counted[name] for name in COUNTS[:2])


def test_the_key_of_a_user_known_by_text_is_erased_too(rollup: Rollup) -> None:
    rollup.execute(
        "create table events_user_keys (user_key text primary key, "
        "user_id int not null unique);"
        "insert into events_user_keys values ('ann@example.org', 5), ('bob', 8)"
    )
    erased = json.loads(forget(rollup, 5, "--format", "json"))

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
    forget(rollup, 5)
    before = everything(rollup)

    for user, options in ((5, ()), (5, ("--keep-counts",)), (123456, ())):
        printed = forget(rollup, user, *options)
        assert printed.startswith(f"Nothing of user {user} was found.\nproof: 0 rows")
    assert json.loads(forget(rollup, 5, "--format", "json"))["found"] is False
    assert everything(rollup) == before


def test_a_rollup_of_an_earlier_version_is_to_be_built_first(rollup: Rollup) -> None:
    """By which it gets columns."""
    rollup.execute(
        "alter table analytics.erased_counts drop column wau_7d cascade,"
        " drop column mau_28d, drop column new_users, drop column dormant_users;"
        "update analytics.rollup_state set version = 2"
    )

    message = refusal("forget", "5", "--yes", "--keep-counts")
    assert "lacks analytics.erased_counts.dormant_users: `fast-dau dbt b" in message
    assert 5 in listed(rollup)
    rollup.build(NOW)
    published = counts(rollup.tables())
    forget(rollup, 5, "--keep-counts")
    assert counts(rollup.tables()) == published


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
        message = refusal("forget", "5", "--yes", *options, code=1)
        assert "Erasing user 5 failed: rows are for ever." in message
        assert everything(rollup) == before

    rollup.execute(
        "drop trigger keep on analytics.returning_users;"
        "create table analytics.friends (user_id text);"
        "insert into analytics.friends values ('5'), ('5'), ('55')"
    )
    assert "left in analytics.friends (2)" in refusal("forget", "5", "--yes", code=1)
    assert everything(rollup) == before

    rollup.execute("delete from analytics.friends where user_id = '5'")
    assert "analytics.friends" in forget(rollup, 5)


def test_who_may_not_delete_is_told_so(rollup: Rollup, stranger: str) -> None:
    rollup.execute(
        f"alter database test set role {stranger};"
        f"grant usage on schema analytics to {stranger};"
        f"grant select on all tables in schema analytics, public to {stranger}"
    )
    message = refusal("forget", "5", "--yes")

    assert "analytics.rollup_state belongs to " in message
    assert "or connect as a superuser. Nothing was changed." in message


def test_input_that_is_refused(rollup: Rollup) -> None:
    before = everything(rollup)

    assert "no terminal to ask on: confirm it with --yes" in refusal("forget", "5")
    for arguments in (["5", "--yes", "--keepcounts"], [str(2**31), "--yes"], ["--yes"]):
        refusal("forget", *arguments)
    assert "is not a mapping such as" in refusal(
        "forget", "5", "--yes", "--vars", "full"
    )
    assert everything(rollup) == before


@pytest.mark.parametrize(("answer", "code"), [("n", 2), ("y", 0)])
def test_on_a_terminal_it_asks(rollup: Rollup, answer: str, code: int) -> None:
    given = json.dumps(rollup.variables(run_at=NOW))
    ours, theirs = os.openpty()
    os.write(ours, f"{answer}\n".encode())
    done = subprocess.run(
        [FAST_DAU, "forget", "5", "--vars", given],
        stdin=theirs,
        capture_output=True,
        check=False,
    )
    os.close(ours)
    os.close(theirs)

    assert done.returncode == code
    assert b"Erase user 5 from public.events and every table of" in done.stderr
    assert (5 in listed(rollup)) == (answer == "n")


def test_it_waits_while_a_run_holds_the_lock(rollup: Rollup) -> None:
    rollup.execute("update analytics.rollup_state set run_id = 'run-1'")
    before = everything(rollup)
    given = json.dumps(rollup.variables(run_at=NOW))
    with subprocess.Popen(
        [FAST_DAU, "forget", "5", "--yes", "--vars", given],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
    ) as waiting:
        assert waiting.stderr is not None
        line = waiting.stderr.readline()
        assert line.startswith("Waiting for the run that began at 20")
        assert "(run-1) to end. If it was killed" in line
        assert everything(rollup) == before
        rollup.execute("update analytics.rollup_state set run_id = null")
        waiting.communicate()

    assert waiting.returncode == 0
    assert rollup.tables() == rollup.expected(NOW)


def test_it_waits_for_no_run_for_ever_and_lets_none_begin_beside_it(
    rollup: Rollup, other: Connection
) -> None:
    rollup.execute("update analytics.rollup_state set run_id = 'run-1'")
    with pytest.raises(Failure, match=r"the run that began at .*\(run-1\)"):
        begin_alone(other, EVENTS, print, wait_seconds=0)

    rollup.execute("update analytics.rollup_state set run_id = null")
    begin_alone(other, EVENTS, print, wait_seconds=0)
    rollup.execute("set lock_timeout = 1")
    with pytest.raises(psycopg2.errors.LockNotAvailable):
        rollup.execute(
            "select pg_advisory_xact_lock("
            "hashtextextended('fast-dau rollup analytics', 0))"
        )
