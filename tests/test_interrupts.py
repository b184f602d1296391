"""Ctrl-C ends what a command is at, also while it waits for the server."""

import os
import signal
import subprocess
from contextlib import closing
from pathlib import Path

import pytest

from orchestration.core.connection import Connection, connect
from tests.commands import FAST_DAU, run_cli
from tests.events_tables import execute, wait_until

WAITING = """
select from pg_stat_activity
where datname = current_database() and wait_event_type = 'Lock'
"""


@pytest.mark.parametrize(
    ("command", "locked"),
    [
        ("generate --events 100", "events"),
        ("load mine.csv", "events"),
        ("check", "events"),
        ("explain", "events"),
        # What dbt's hooks wait for, it waits for to the end.
        ("dbt build", "analytics.daily_retention"),
    ],
)
def test_ctrl_c_ends_a_command_that_waits_for_the_server(
    connection: Connection,
    database_env: dict[str, str],
    tmp_path: Path,
    command: str,
    locked: str,
) -> None:
    (tmp_path / "mine.csv").write_text("user_id,performed_at\n1,2024-03-01 09:00\n")
    run_cli("init")
    if command in {"check", "explain", "dbt build"}:
        execute(connection, "insert into events values (1, 1, 'a', '2024-03-01')")
        assert run_cli("dbt", "build").returncode == 0
    with closing(connect(database_env)) as other, other.cursor() as cursor:
        cursor.execute(f"lock table {locked} in access exclusive mode")
        process = subprocess.Popen(
            [FAST_DAU, *command.split()],
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            cwd=tmp_path,
            start_new_session=True,
        )
        wait_until(connection, f"select exists ({WAITING})")
        # As a terminal does: to the command, and to what it has started.
        os.killpg(process.pid, signal.SIGINT)
        _, said = process.communicate(timeout=60)

        assert (process.returncode, said.splitlines()[-1]) == (
            130,
            "fast-dau: Stopped by Ctrl-C.",
        )
        assert "Traceback" not in said
        wait_until(connection, f"select not exists ({WAITING})")
