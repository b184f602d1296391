"""What a terminal of another alphabet, or a narrow one, gets to read."""

import os
import subprocess
import sys
from datetime import date
from io import StringIO

from rich.console import Console

from orchestration.answers.questions import Answer
from orchestration.answers.terminal import show_returning_users

_COMMAND = """
from orchestration import cli
cli.app = lambda **_: print("Reading … Zoë")
cli.main()
"""


def test_letters_that_a_terminal_lacks_are_numbers_and_no_traceback() -> None:
    done = subprocess.run(
        [sys.executable, "-c", _COMMAND],
        env={**os.environ, "PYTHONIOENCODING": "latin-1"},
        capture_output=True,
        check=False,
    )

    assert (done.returncode, done.stderr) == (0, b"")
    assert done.stdout.decode("latin-1") == "Reading \\u2026 Zoë\n"


def test_ids_of_users_are_shown_whole_and_to_the_letter() -> None:
    ids = ["[bold]ann[/]", "[/b]", f"a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11-{'é' * 40}"]
    day = date(2024, 1, 2)
    columns = (
        *("user_id", "previous_activity_date"),
        *("days_since_previous", "active_days_mask"),
    )
    shown = StringIO()
    show_returning_users(
        Answer(columns, iter([(user, day, 1, 1) for user in ids])),
        day,
        Console(file=shown, width=80),
    )
    _, heading, *lines = shown.getvalue().splitlines()
    users = heading.index("Active")

    assert "".join(line[:users].strip() for line in lines) == "".join(ids)
    assert max(map(len, lines)) <= 80
