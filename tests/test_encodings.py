"""Databases of other encodings, and what is sent to all of them."""

import json
import os
from collections.abc import Iterator
from contextlib import closing
from datetime import datetime, timedelta
from pathlib import Path
from random import Random

import pytest

from orchestration.core.connection import Connection, connect, libpq_variables
from orchestration.core.settings import ROOT
from tests.commands import answer, run_cli
from tests.events_tables import execute
from tests.made_up_events import eventful_days
from tests.oracle import Definitions
from tests.rollup import Rollup
from tests.states import DATABASE

NOW = datetime(2024, 3, 25, 12)


@pytest.fixture(params=["LATIN1", "LATIN9", "SQL_ASCII"])
def rollup(
    request: pytest.FixtureRequest,
    cluster: dict[str, str],
    administration: Connection,
    monkeypatch: pytest.MonkeyPatch,
) -> Iterator[Rollup]:
    """A rollup over no events table yet, in a database of another encoding."""
    for name in libpq_variables(os.environ):
        monkeypatch.delenv(name)
    variables = {**cluster, "PGDATABASE": DATABASE}
    for name, text in variables.items():
        monkeypatch.setenv(name, text)
    execute(
        administration,
        f"create database {DATABASE} encoding '{request.param}' locale 'C'"
        " template template0",
    )
    with closing(connect(variables)) as opened:
        opened.autocommit = True
        yield Rollup(opened, Definitions(), has_product=True)
    execute(administration, f"drop database {DATABASE} with (force)")


def test_everything_works_on_a_database_of_another_encoding(
    rollup: Rollup, tmp_path: Path
) -> None:
    answer("init", "--change-log")
    (tmp_path / "a.csv").write_text(
        "user_id,kind,performed_at\nzoë,spielé,2024-03-24 12:00:00\n", "utf-8"
    )
    answer_of_load = run_cli("load", str(tmp_path / "a.csv"), "--hash-users")
    rollup.insert(eventful_days(Random(3), NOW - timedelta(days=9), 9))
    rollup.dbt(
        "build",
        "--exclude-resource-type=unit_test",
        run_at=NOW,
        segments={"kind": "kind"},
    )

    assert (answer_of_load.returncode, answer_of_load.stderr) == (0, "")
    assert rollup.tables() == rollup.expected(NOW)
    assert rollup.query(
        "select value, dau from analytics.daily_active_users_by_segment"
        " where activity_date = '2024-03-24' and value = 'spielé'"
    ) == [("spielé", 1)]
    answer("check", "--from", "2024-03-20", "--to", "2024-03-24")
    ((user,),) = rollup.query("select user_id from events where kind = 'spielé'")
    assert "proof: 0 rows left" in run_cli("forget", str(user), "--yes").stdout
    answer("dau")
    # By a run of the program's, not of plain dbt, a kind of any letters is understood.
    chosen = json.dumps(
        {
            "fast_dau_active_kinds": ["spielé"],
            "fast_dau_refresh": "start_over",
        }
    )
    assert run_cli("dbt", "run", "--vars", chosen).returncode == 0


def test_letters_that_the_database_lacks_are_told_by_their_line(
    rollup: Rollup, tmp_path: Path
) -> None:
    answer("init")
    header = "user_id,kind,performed_at\n"
    (tmp_path / "a.csv").write_text(f"{header}1,a,\n2,игра,\n", "utf-8")
    (tmp_path / "b.csv").write_text(f"{header}жук,a,\n", "utf-8")
    kinds = run_cli("load", str(tmp_path / "a.csv"))
    keys = run_cli("load", str(tmp_path / "b.csv"), "--hash-users")

    if rollup.query("show server_encoding") == [("SQL_ASCII",)]:
        assert (kinds.returncode, keys.returncode) == (0, 0)
        assert rollup.query("select kind from events where user_id = 2") == [("игра",)]
        return
    assert kinds.returncode == 2
    assert "a.csv, line 3: character with byte sequence" in kinds.stderr
    assert keys.returncode == 1
    assert "has no equivalent in encoding" in keys.stderr
    assert rollup.query("select from events") == []


def test_what_is_sent_to_a_server_is_ascii() -> None:
    """Descriptions and comments too; what users choose is theirs."""
    files = [
        *(ROOT / "dbt_project").rglob("*.sql"),
        *(ROOT / "dbt_project").rglob("*.yml"),
        *(ROOT / "orchestration").rglob("*.sql"),
        *(ROOT / "deploy").glob("*.sql"),
    ]
    sent = [file for file in files if "target" not in file.parts]

    assert len(sent) > 100
    assert [str(file) for file in sent if not file.read_bytes().isascii()] == []
