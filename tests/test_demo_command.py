"""`fast-dau demo` and `fast-dau dbt`: from nothing to answers, and no harm done."""

import re
from datetime import date
from pathlib import Path

import pytest

from orchestration.core.connection import Connection
from orchestration.source.synthetic.demo import prepare_demo
from orchestration.source.synthetic.options import StreamOptions
from tests.commands import FAST_DAU, run_cli, run_program
from tests.events_tables import execute, fetch
from tests.terminals import on_a_terminal

CLEARED = "The synthetic events are cleared, and the tables built from them.\n"
SMALL = ("--events", "20000", "--users", "500", "--days", "20")


def count(connection: Connection, table: str) -> int:
    """Return how many rows a table has."""
    return int(fetch(connection, f"select count(*) from {table}")[0][0])


@pytest.mark.usefixtures("one_day")
def test_the_demo_goes_from_nothing_to_answers_and_back(
    connection: Connection, tmp_path: Path
) -> None:
    first = run_program("demo", *SMALL)
    made = count(connection, "events")
    second = run_cli("demo", *SMALL)
    mine = tmp_path / "mine.csv"
    mine.write_text("user_id,performed_at\n1,2024-03-01 09:00\n")
    mixed = run_cli("load", str(mine))
    cleared = run_cli("demo", "--clear")

    assert (first.returncode, made) == (0, 20_000)
    assert re.search(r"\d{4}-\d\d-\d\d \w+ +\d+ +[\d,]+ +█", first.stdout)
    assert "What to look at next" in first.stdout
    # The second demo's build is an ordinary run, with nothing to write.
    written = dict(
        re.findall(r"analytics\.(\w+) \.+ \[\S*?(\d+) rows written", second.stdout)
    )
    assert set(written) >= {"user_day_activity", "returning_users", "daily_retention"}
    assert {int(n) for t, n in written.items() if t != "refresh_days"} == {0}
    assert "20,000 synthetic events are there" in second.stdout
    assert mixed.returncode == 2
    assert "clear them with `fast-dau demo --clear`" in mixed.stderr
    assert (cleared.stdout, count(connection, "events")) == (
        CLEARED,
        0,
    )
    assert count(connection, "pg_tables where schemaname = 'analytics'") == 0
    assert run_cli("load", str(mine)).returncode == 0


def test_the_demo_leaves_the_events_of_others_alone(connection: Connection) -> None:
    run_cli("init")
    execute(connection, "insert into events (user_id) values (1)")

    done = run_cli("demo", *SMALL)
    cleared = run_cli("demo", "--clear")

    assert done.returncode == 2
    assert "holds events that were not made up, to which none are added" in done.stderr
    assert cleared.stdout == "There are no synthetic events to clear.\n"
    assert count(connection, "events") == 1


def test_events_added_to_the_demos_are_not_cleared_with_them(
    connection: Connection,
) -> None:
    prepare_demo(connection, StreamOptions(events=50, end_date=date(2024, 1, 1)), print)
    execute(connection, "insert into events (user_id) values (1)")

    refused = run_cli("demo", "--clear")
    execute(connection, "delete from events where performed_at is null")
    cleared = run_cli("demo", "--clear")

    assert refused.returncode == 2
    assert "holds 51 events, which are not just the synthetic ones" in refused.stderr
    assert (cleared.stdout, count(connection, "events")) == (
        CLEARED,
        0,
    )


@pytest.mark.parametrize(
    ("arguments", "code", "said"),
    [
        (["ls", "--quiet", "--select", "daily_retention"], 0, "daily_retention"),
        (["no-such-command"], 2, "No such command"),
        (["build", "--vars", "{fast_dau_start_date: 2024-02-30}"], 2, "is not YAML"),
        (["build", "--vars=full"], 2, "is not a mapping"),
    ],
)
def test_dbt_gets_its_arguments_and_gives_its_exit_code(
    arguments: list[str], code: int, said: str, database_env: dict[str, str]
) -> None:
    run = run_program if arguments[0] == "ls" else run_cli
    done = run("dbt", *arguments)

    assert done.returncode == code
    assert said in done.stdout + done.stderr
    assert "Traceback" not in done.stdout + done.stderr


@pytest.mark.parametrize(
    ("variable", "text", "has_colours"),
    [("NO_COLOR", "", False), ("DBT_USE_COLORS", "true", True)],
)
def test_dbt_writes_no_colours_into_a_pipe_unless_it_is_told_to(
    database_env: dict[str, str],
    monkeypatch: pytest.MonkeyPatch,
    variable: str,
    text: str,
    has_colours: bool,
) -> None:
    monkeypatch.setenv(variable, text)
    done = run_program("dbt", "debug")

    assert "connection ok" in done.stdout
    assert ("\x1b[" in done.stdout) == has_colours


def test_a_terminal_gets_dbts_colours_but_where_no_color_is_set(
    database_env: dict[str, str],
) -> None:
    shown = {
        text: on_a_terminal([str(FAST_DAU), "dbt", "debug"], {"NO_COLOR": text})
        for text in ("", "1")
    }

    assert "\x1b[32m" in shown[""]
    assert "\x1b[" not in shown["1"]
    assert "connection ok" in shown["1"]


@pytest.mark.parametrize("command", ["dau", "init", "demo"])
def test_a_wrong_password_is_named_by_its_variable_and_not_shown(
    command: str, database_env: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PGPASSWORD", "guess-me")

    done = run_cli(command)

    assert done.returncode == 1
    assert "PGPASSWORD" in done.stderr
    assert "guess-me" not in done.stdout + done.stderr
    assert len(done.stderr.splitlines()) == 1
