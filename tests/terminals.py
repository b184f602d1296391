"""Programs as they are on a terminal."""

import contextlib
import os
import pty
import subprocess
from collections.abc import Iterator, Mapping, Sequence


def on_a_terminal(command: Sequence[str], environment: Mapping[str, str]) -> str:
    """Return what a program writes to a terminal, where it ends well.

    Both of its outputs are the terminal, of a hundred columns.
    """
    screen, terminal = pty.openpty()
    with subprocess.Popen(
        command,
        env={**os.environ, "TERM": "xterm", "COLUMNS": "100", **environment},
        stdout=terminal,
        stderr=terminal,
    ) as process:
        os.close(terminal)
        shown = "".join(_texts_on(screen))
    assert process.returncode == 0
    return shown


def _texts_on(screen: int) -> Iterator[str]:
    # Linux reports the end as an error, others as an empty read.
    with contextlib.suppress(OSError):
        while read := os.read(screen, 1 << 16):
            yield read.decode(errors="replace")
    os.close(screen)
