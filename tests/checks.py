"""Runs `fast-dau check`, and reads what it finds."""

import json
from typing import Any

from tests.commands import run_cli

Cells = set[tuple[str | None, str, str]]


def equal(*arguments: str) -> str:
    """Return what the command says of tables that it must find equal."""
    done = run_cli("check", *arguments)
    assert (done.returncode, done.stderr) == (0, ""), done.stdout
    return done.stdout


def differences(*arguments: str) -> list[dict[str, Any]]:
    """Return the cells of tables that the command must find different."""
    done = run_cli("check", *arguments, "--format", "json")
    assert done.returncode == 1, done.stderr
    cells: list[dict[str, Any]] = json.loads(done.stdout)
    return cells


def differing(*arguments: str) -> Cells:
    """Return day, table and column of each differing cell."""
    return {
        (cell["activity_date"], cell["table"], cell["column"])
        for cell in differences(*arguments)
    }
