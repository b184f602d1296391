"""What each command says of itself, and where it refuses, on 80 columns: a file each.

`make said` writes the files in tests/said anew, to be read in the difference.
"""

import os
import shlex
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from typer.main import get_command

from orchestration.cli import app
from tests.commands import run_cli

IS_WRITTEN = bool(os.environ.get("WRITE_SAID"))
SAID = Path(__file__).with_name("said")
# Whose help is that of another program.
OTHERS = {"dbt", "db psql"}
# On a database without a table.
REFUSALS = {
    "dau": [
        "",
        "--from yesterday",
        "--from 2024-03-02 --to 2024-03-01",
        "--format xml",
    ],
    "retention": ["", "--to 2024-02-30"],
    "returning": ["", "--on 10/11/2026"],
    "courses": [""],
    "active": [""],
    "growth": [""],
    "cohorts": ["", "--to 2024-02-30"],
    "report": ["", "--out /no/such/folder/report.html"],
    "plan": ["--vars 'start_date: 2024-03-01'", "--vars full", "--lateness"],
    "check": ["", "--from 2024-03-02 --to 2024-03-01"],
    "explain": ["", "--format xml"],
    "init": ["--table nowhere", "--strike-off nowhere", "--columns user_id=a"],
    "load": ["", "no-such-file.csv", "a.csv --delimiter ab"],
    "generate": ["", "--events 0"],
    "export": ["", "--to out"],
    "forget": ["", "bob", "7"],
    "demo": ["--days 0", "--end-date tomorrow"],
    "dbt": ["build --vars full"],
    "ui": ["--port 0", "--host no.such.host.invalid"],
}


def commands(group: Any, prefix: str = "") -> Iterator[str]:
    """Yield the names of the commands, those of groups with the group's before them."""
    for name, command in group.commands.items():
        if hasattr(command, "commands"):
            yield from commands(command, f"{name} ")
        else:
            yield f"{prefix}{name}"


def ours() -> list[str]:
    """Return the names of those that have something of their own to say."""
    names = commands(get_command(app))
    return [name for name in names if name not in OTHERS or name in REFUSALS]


def said(command: str) -> str:
    """Return what it says, each time after what was typed, and its exit code."""
    typed = [] if command in OTHERS else [f"{command} --help"]
    typed += [f"{command} {options}".strip() for options in REFUSALS.get(command, [])]
    return "\n".join(map(_answered, typed))


def _answered(typed: str) -> str:
    done = run_cli(*shlex.split(typed))
    lines = (done.stdout + done.stderr).splitlines()
    text = "\n".join(line.rstrip() for line in lines)
    return f"$ fast-dau {typed}\n{text}\n# exit code {done.returncode}\n"


@pytest.mark.parametrize("command", ["", *ours()])
@pytest.mark.usefixtures("database_env")
def test_what_a_command_says_is_what_its_file_has(
    command: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("COLUMNS", "80")
    file = SAID / f"{command.replace(' ', '-') or 'fast-dau'}.txt"
    text = said(command)
    if IS_WRITTEN:
        file.write_text(text)

    assert text == file.read_text()
