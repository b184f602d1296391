"""The program `fast-dau` does what its command line does in a process of tests."""

import pytest

from tests.commands import run_cli, run_program
from tests.oracle import Definitions, Event
from tests.rollup import Rollup
from tests.states import State
from tests.test_plan_command import NOW


def of_two_days(rollup: Rollup) -> None:
    """Two days, first built."""
    rollup.insert([Event(1, NOW), Event(1, NOW.replace(day=NOW.day - 1))])
    rollup.build(NOW)


STATE = State(of_two_days, Definitions("Europe/Berlin"))


@pytest.mark.parametrize(
    ("arguments", "typed", "code"),
    [
        (["retention", "--format", "csv"], None, 0),
        (["db", "psql", "-At"], "select 'Zoë', 1 / 1;", 0),
        (["check", "--from", "2024-03-21"], None, 2),
        (["forget", "1"], "yes", 2),
        (["dau", "--since", "today"], None, 2),
    ],
)
def test_the_program_ends_with_the_same_code_and_prints_the_same(
    arguments: list[str], typed: str | None, code: int, rollup: Rollup
) -> None:
    here = run_cli(*arguments, input=typed)
    program = run_program(*arguments, input=typed)

    assert (here.returncode, program.returncode) == (code, code)
    assert (here.stdout, here.stderr) == (program.stdout, program.stderr)
