"""Runs a program, and ends it and all that it started when its own starter is gone.

Started as `python -m orchestration.core.leash PROGRAM ARGS…`, with a pipe as standard
input. When the pipe closes, on purpose or because the starter was killed, the program
is asked to end. Whatever is left of its process group then ends too.
"""

import os
import signal
import subprocess
import sys
import time
from contextlib import suppress
from threading import Thread

# A web server in the middle of an answer, a run that takes note of its end.
_PATIENCE_SECONDS = 15


def main() -> None:
    """Run the command line's program; exit with its code."""
    program = subprocess.Popen(sys.argv[1:], stdin=subprocess.DEVNULL, process_group=0)
    signal.signal(signal.SIGTERM, lambda *_: program.terminate())
    Thread(target=_end_with_starter, args=(program,), daemon=True).start()
    code = program.wait()
    _end_group(program.pid)
    sys.exit(code if code >= 0 else 128 - code)


def _end_with_starter(program: subprocess.Popen[bytes]) -> None:
    sys.stdin.read()
    # Dagster first stops what could start new runs.
    program.terminate()
    try:
        program.wait(_PATIENCE_SECONDS)
    except subprocess.TimeoutExpired:
        program.kill()


def _end_group(group: int) -> None:
    """Ask all that is left to end, such as a run in progress; then make it end."""
    with suppress(ProcessLookupError):
        os.killpg(group, signal.SIGTERM)
        deadline = time.monotonic() + _PATIENCE_SECONDS
        while time.monotonic() < deadline:
            _reap(group)
            os.killpg(group, 0)
            time.sleep(0.02)
        os.killpg(group, signal.SIGKILL)


def _reap(group: int) -> None:
    """Take leave of those that have become ours, as in a container without an init."""
    with suppress(ChildProcessError):
        while os.waitpid(-group, os.WNOHANG) != (0, 0):
            pass


if __name__ == "__main__":
    main()
