"""Plants one bug in a copy of the project, and runs the tests that ought to find it."""

import os
import re
import signal
import subprocess
import sys
import time
from dataclasses import dataclass
from enum import Enum
from pathlib import Path
from tempfile import TemporaryDirectory

from tests.copied_checkout import copy_checkout
from tests.mutants.catalogue import Mutant

# Many times what any of them takes on a slow machine: some bugs make tests wait.
PATIENCE_SECONDS = 1200
_FOUND = re.compile(r"^(?:FAILED|ERROR) (.+?)(?: - .*)?$", re.MULTILINE)


class Verdict(Enum):
    """What became of a planted bug; only the first is well."""

    FOUND = "found"
    ESCAPED = "ESCAPED"
    OUTDATED = "NO LONGER APPLIES"
    UNTRIED = "NOT TRIED"


@dataclass(frozen=True)
class Outcome:
    """A verdict, how long it took, and the test or the words that it rests on."""

    verdict: Verdict
    seconds: float = 0
    by: str = ""


def try_out(mutant: Mutant, root: Path) -> Outcome:
    """Return whether the mutant's tests find it, planted in a copy of the project.

    Of the project at `root` as it stands, with what is not committed yet.
    """
    target = root / mutant.file
    text = mutant.applied_to(target.read_text()) if target.exists() else None
    if text is None:
        return Outcome(Verdict.OUTDATED, by=mutant.file)
    with TemporaryDirectory(prefix="fast-dau-mutant-") as folder:
        copy_checkout(root, Path(folder))
        (Path(folder) / mutant.file).write_text(text)
        began = time.monotonic()
        code, output = run_tests(Path(folder), mutant.tests)
    verdict, by = judged(code, output)
    return Outcome(verdict, time.monotonic() - began, by or f"from {mutant.tests}")


def judged(code: int | None, output: str) -> tuple[Verdict, str]:
    """Return the verdict on what pytest ended with, and the test that found the bug.

    Only a test that fails finds a bug. Tests that cannot even be collected say that the
    planted code is not such as anybody would have committed.
    """
    if code == 0 and " passed" in output:
        return Verdict.ESCAPED, ""
    if code == 1 and (found := _FOUND.search(output)):
        return Verdict.FOUND, f"by {found[1]}"
    last_lines = "\n".join(output.splitlines()[-20:])
    ended = "took too long" if code is None else f"ended with {code}"
    return Verdict.UNTRIED, f"pytest {ended}:\n{last_lines}"


def run_tests(folder: Path, tests: tuple[str, ...]) -> tuple[int | None, str]:
    """Run test files of a copy as `make test` does, up to the first failure.

    Tests that are named one by one are run whichever marks they have. Return pytest's
    exit code, None where it took too long, and what it printed.
    """
    options = ["-x", "-q", "-p", "no:cacheprovider", "--color=no"]
    if all("::" in test for test in tests):
        options += ["-m", ""]
    with subprocess.Popen(
        [sys.executable, "-m", "pytest", *options, *tests],
        cwd=folder,
        # Before the checkout, in which the package and its commands are installed.
        env={**os.environ, "PYTHONPATH": str(folder)},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    ) as pytest:
        try:
            output, _ = pytest.communicate(timeout=PATIENCE_SECONDS)
        except subprocess.TimeoutExpired:
            return None, _ended(pytest)
    return pytest.returncode, output


def _ended(pytest: "subprocess.Popen[str]") -> str:
    """End the tests as Ctrl-C does, so that their servers stop; else by force."""
    pytest.send_signal(signal.SIGINT)
    try:
        output, _ = pytest.communicate(timeout=60)
    except subprocess.TimeoutExpired:
        pytest.kill()
        output, _ = pytest.communicate()
    return output
