"""Runs `fast-dau` as a user would: in this process, or as the real program."""

import os
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import IO

import pytest

from orchestration import cli
from orchestration.core.dbt import dbt_environment, finished
from tests.rollup import exit_code_of_dbt

FAST_DAU = Path(sys.executable).parent / "fast-dau"
_STREAMS = (("stdin", "r"), ("stdout", "w"), ("stderr", "w"))
_SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)

Ended = subprocess.CompletedProcess[str]


def run_program(*args: str, input: str | None = None) -> Ended:  # noqa: A002  # as subprocess.run calls it
    """Run the program `fast-dau` in the test's environment, which takes a second more.

    The exit code and both outputs are the caller's to judge. Without `input` the
    command finds its standard input at its end.
    """
    return subprocess.run(
        [str(FAST_DAU), *args],
        input=input or "",
        capture_output=True,
        text=True,
        check=False,
        timeout=300,
    )


def run_cli(*args: str, input: str | None = None) -> Ended:  # noqa: A002  # as subprocess.run calls it
    """Run the command line in this process, as `run_program` does in another.

    So too the dbt that it starts.
    """
    command = [str(FAST_DAU), *args]
    code: object = 0
    with (
        pytest.MonkeyPatch.context() as patch,
        captured(input or "") as said,
        _same_signals(),
    ):
        patch.setattr(sys, "argv", command)
        patch.setattr("orchestration.core.dbt.finished", dbt_in_this_process)
        try:
            cli.main()
        except SystemExit as ended:
            code = ended.code or 0
    assert isinstance(code, int)
    return Ended(command, code, said.output, said.errors)


def answer(*arguments: str) -> str:
    """Return what a command prints, which must succeed and complain of nothing."""
    done = run_cli(*arguments)
    assert (done.returncode, done.stderr) == (0, "")
    return done.stdout


def refusal(*arguments: str, code: int = 2) -> str:
    """Return what a command says that is to fail with this code and print nothing."""
    done = run_cli(*arguments)
    assert (done.returncode, done.stdout) == (code, "")
    return done.stderr


def dbt_in_this_process(
    arguments: Sequence[str],
    variables: Mapping[str, str],
    *,
    capture_output: bool = False,
) -> Ended:
    """Run dbt in this process, where the product starts one."""
    if "parse" in arguments:
        # What is parsed already would not be written.
        return finished(arguments, variables, capture_output=capture_output)
    with ExitStack() as stack:
        patch = stack.enter_context(pytest.MonkeyPatch.context())
        for name, text in dbt_environment(variables).items():
            patch.setenv(name, text)
        # It would be left open.
        patch.setenv("DBT_LOG_LEVEL_FILE", "none")
        said = stack.enter_context(captured("")) if capture_output else Said()
        code = exit_code_of_dbt(list(arguments))
    return Ended(["dbt", *arguments], code, said.output, said.errors)


class Said:
    """What was printed."""

    output = ""
    errors = ""


@contextmanager
def captured(typed: str) -> Iterator[Said]:
    """Capture what this process and its children print, and give them this to read."""
    said = Said()
    with _file_as(0, typed), _file_as(1) as output, _file_as(2) as errors:
        with ExitStack() as streams, pytest.MonkeyPatch.context() as patch:
            for descriptor, (name, mode) in enumerate(_STREAMS):
                # As a program's own, which starts with these.
                stream = os.fdopen(
                    os.dup(descriptor), mode, buffering=1, encoding="utf-8"
                )
                patch.setattr(sys, name, streams.enter_context(stream))
            yield said
        output.seek(0)
        errors.seek(0)
        said.output, said.errors = output.read(), errors.read()


@contextmanager
def _file_as(descriptor: int, text: str = "") -> Iterator[IO[str]]:
    """Put a file with this text in the place of a stream of the process; yield it."""
    kept = os.dup(descriptor)
    with tempfile.TemporaryFile("w+", encoding="utf-8", newline="") as file:
        file.write(text)
        file.seek(0)
        os.dup2(file.fileno(), descriptor)
        try:
            yield file
        finally:
            os.dup2(kept, descriptor)
            os.close(kept)


@contextmanager
def _same_signals() -> Iterator[None]:
    """Give signals back to those who handled them before."""
    handlers = {number: signal.getsignal(number) for number in _SIGNALS}
    try:
        yield
    finally:
        for number, handler in handlers.items():
            signal.signal(number, handler)
