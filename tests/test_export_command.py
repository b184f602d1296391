"""The `fast-dau export` command itself: what it prints, its exit codes, and Ctrl-C."""

import re
import subprocess
import sys
from pathlib import Path

import pytest

from orchestration.core.connection import Connection
from tests.commands import run_cli
from tests.events_tables import execute
from tests.exports import exported, folders, in_table
from tests.loading import make_events_table

# As a user's Ctrl-C that comes while the third day is read.
CTRL_C = """
import itertools, os, signal
from orchestration.cli import main
from orchestration.source.export import export
days, copy_day = itertools.count(1), export.copy_day
def copy_and_stop(*day):
    if next(days) == 3:
        os.kill(os.getpid(), signal.SIGINT)
    copy_day(*day)
export.copy_day = copy_and_stop
main()
"""


@pytest.fixture
def events(connection: Connection) -> Connection:
    """Return a connection to a database with four events on three days."""
    make_events_table(connection)
    execute(
        connection,
        "insert into events (user_id, performed_at) values (1, '2024-03-01'), "
        "(2, '2024-03-01 12:00'), (1, '2024-03-02'), (1, '2024-03-04')",
    )
    return connection


def test_the_command_says_what_it_has_written_and_removed(
    events: Connection, tmp_path: Path
) -> None:
    first = run_cli("export", "--to", str(tmp_path))
    execute(events, "delete from events where performed_at = '2024-03-02'")
    second = run_cli("export", "--to", str(tmp_path), "--since", "2024-03-02")

    assert (first.returncode, second.returncode) == (0, 0)
    assert first.stderr == f"Exporting public.events to {tmp_path} …\n"
    assert re.fullmatch(
        rf"Exported 4 events of public\.events to 3 folders in {tmp_path}, as of "
        r"[\d-]+ [\d:]+ UTC: 0\.0 MiB in \d+\.\d s \([\d,]+ rows/s\)\.\n",
        first.stdout,
    )
    assert second.stdout.startswith("Exported 1 events of public.events to 1 folder ")
    assert second.stdout.endswith(
        "\nRemoved 1 folder of days that have no events now.\n"
    )
    assert exported(tmp_path) == in_table(events)


def test_ctrl_c_leaves_what_the_next_export_goes_on_with(
    events: Connection, tmp_path: Path
) -> None:
    command = ["export", "--to", str(tmp_path)]
    stopped = subprocess.run(
        [sys.executable, "-c", CTRL_C, *command],
        capture_output=True,
        text=True,
        check=False,
    )
    left = folders(tmp_path)
    resumed = run_cli(*command)

    assert (stopped.returncode, stopped.stdout) == (130, "")
    assert stopped.stderr.endswith(
        f"\nfast-dau: Stopped: the days that are finished stay in {tmp_path}, and the "
        "same command goes on from there.\n"
    )
    assert left == ["event_date=2024-03-01", "event_date=2024-03-02"]
    assert resumed.returncode == 0
    assert re.search(
        r"^Exported 1 events .*\n2 folders had been finished before the interruption, "
        r"as of [\d-]+ [\d:]+ UTC: what has changed in them since",
        resumed.stdout,
    )
    assert exported(tmp_path) == in_table(events)


def test_a_missing_table_and_days_the_wrong_way_round_are_refused(
    connection: Connection, tmp_path: Path
) -> None:
    folder = tmp_path / "new"
    missing = run_cli("export", "--to", str(folder))
    wrong = run_cli(
        "export",
        "--to",
        str(folder),
        "--since",
        "2024-03-02",
        "--until",
        "2024-03-01",
    )

    assert missing.returncode == wrong.returncode == 2
    assert missing.stderr.startswith("fast-dau: There is no table public.events: ")
    assert wrong.stderr == "fast-dau: --since 2024-03-02 is after --until 2024-03-01.\n"
    assert not folder.exists()
