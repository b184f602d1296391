"""Planted bugs are found, or it is said which are not; the project stays as it is."""

import subprocess
from pathlib import Path

import pytest

from orchestration.core.errors import UserError
from orchestration.core.settings import ROOT
from tests.mutants.catalogue import Mutant, chosen, read_mutants
from tests.mutants.trial import Outcome, Verdict, judged, try_out

SUM = "def add(a, b):\n    return a + b\n"
TEST = """
import subprocess, sys

def test_adds():
    assert subprocess.check_output(
        [sys.executable, "-c", "import toy; print(toy.add(0, 2))"], cwd="/"
    ) == b"2\\n"
"""


@pytest.fixture
def toy(tmp_path: Path) -> Path:
    """A project of one function and one test, of which nothing is committed."""
    subprocess.run(["git", "init", "--quiet", tmp_path], check=True)
    (tmp_path / ".gitignore").write_text("secret.py\n")
    (tmp_path / "secret.py").write_text("")
    (tmp_path / "toy.py").write_text(SUM)
    (tmp_path / "test_toy.py").write_text(TEST)
    return tmp_path


def mutant(old: str, new: str) -> Mutant:
    """Return a bug in the toy, in which this takes the place of that."""
    return Mutant("a bug", "toy.py", old, new, ("test_toy.py",))


@pytest.mark.parametrize(
    ("bug", "verdict", "by"),
    [
        ("a - b", Verdict.FOUND, "by test_toy.py::test_adds"),
        ("a | b", Verdict.ESCAPED, "from ('test_toy.py',)"),
    ],
)
def test_a_bug_is_found_by_the_test_that_fails_or_has_escaped_from_all(
    bug: str, verdict: Verdict, by: str, toy: Path
) -> None:
    outcome = try_out(mutant("a + b", bug), toy)

    assert (outcome.verdict, outcome.by) == (verdict, by)
    assert (toy / "toy.py").read_text() == SUM


@pytest.mark.parametrize("old", ["a * b", "a", "b\n"])
def test_a_bug_whose_place_is_not_there_exactly_once_no_longer_applies(
    old: str, toy: Path
) -> None:
    (toy / "toy.py").write_text(SUM + SUM)

    assert try_out(mutant(old, "c"), toy) == Outcome(Verdict.OUTDATED, by="toy.py")


@pytest.mark.parametrize(
    ("code", "output"),
    [
        (0, "1 skipped in 0.1s"),
        (4, "ERROR: file or directory not found: test_gone.py"),
        (5, "no tests ran in 0.01s"),
        (None, "Interrupted"),
    ],
    ids=["skipped", "no such file", "no tests", "took too long"],
)
def test_a_bug_for_which_no_test_runs_to_its_end_is_not_tried(
    code: int | None, output: str
) -> None:
    verdict, by = judged(code, output)

    assert verdict is Verdict.UNTRIED
    assert output in by


def test_code_that_cannot_be_imported_is_no_planted_bug(toy: Path) -> None:
    (toy / "test_toy.py").write_text("import toy\n\ndef test(): pass\n")

    assert try_out(mutant("a + b", "a +"), toy).verdict is Verdict.UNTRIED


def test_parts_of_all_mutants_hold_each_of_them_once() -> None:
    mutants = read_mutants()
    parts = [chosen(mutants, f"{n}/10") for n in range(1, 11)]

    bugs = [mutant.bug for part in parts for mutant in part]
    assert sorted(bugs) == sorted({mutant.bug for mutant in mutants})
    assert chosen(mutants, words=[mutants[0].bug]) == mutants[:1]
    with pytest.raises(UserError, match="There is no part 11/10"):
        chosen(mutants, "11/10")


def test_every_planted_bug_has_its_place_and_its_tests() -> None:
    """Who changes the code expresses the bug anew: here it shows at once."""
    mutants = read_mutants()
    displaced = [
        mutant.bug
        for mutant in mutants
        if not mutant.applied_to((ROOT / mutant.file).read_text())
    ]
    missing = []
    for test in {test for mutant in mutants for test in mutant.tests}:
        path, _, name = test.partition("::")
        if f"\ndef {name or 'test_'}" not in (ROOT / path).read_text():
            missing.append(test)

    assert len(mutants) >= 64
    assert (displaced, missing) == ([], [])
