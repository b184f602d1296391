"""Keeps a person's shell out of the tests: its variables, and signals it ignores."""

import os
import signal
from types import FrameType

# What Postgres's programs, dbt, Dagster, Spark, Rich and this project itself obey.
_FAMILIES = (
    "CLICOLOR",
    "DAGSTER_",
    "DBT_",
    "FAST_DAU_",
    "JUPYTER_",
    "PG",
    "PSQL",
    "PY_COLORS",
    "SMTP_",
    "SPARK_",
    "TTY_",
)
_NAMES = (
    "COLORTERM",
    "COLUMNS",
    "EVENTS",
    "FORCE_COLOR",
    "GITHUB_ACTIONS",  # Typer prints in colour there
    "JAVA_TOOL_OPTIONS",
    "LINES",
    "NO_COLOR",
    "PAGER",
    "PYTHONIOENCODING",
    "PYTHONUNBUFFERED",
    "PYTHONUTF8",
    "PYTHONWARNINGS",
    "TERM",
    "TERMINAL_WIDTH",
)
# Those that say how much is tested, and by which browser.
_OF_THE_TESTS = {
    "FAST_DAU_CHROMIUM",
    "FAST_DAU_CRASHES",
    "FAST_DAU_DAYS",
    "FAST_DAU_EVERY_HOURS",
    "FAST_DAU_EXAMPLES",
    "FAST_DAU_RANDOM",
}
_SIGNALS = (signal.SIGHUP, signal.SIGINT, signal.SIGTERM)


def leave_the_shell_behind() -> None:
    """Unset what the product or its tools would obey, and let children hear signals.

    A test that wants a variable sets it. To be called before any module is imported
    that reads one.
    """
    for name in list(os.environ):
        is_obeyed = name.startswith(_FAMILIES) or name in _NAMES
        if is_obeyed and name not in _OF_THE_TESTS:
            del os.environ[name]
    os.environ["PSQLRC"] = os.devnull
    # An office's proxy cannot reach what a test starts.
    os.environ["no_proxy"] = os.environ["NO_PROXY"] = "localhost,127.0.0.1"
    for number in _SIGNALS:
        if signal.getsignal(number) is signal.SIG_IGN:
            # The tests go on being deaf, as under nohup; what they start is not,
            # since a program begins with those signals ignored that its parent ignores.
            signal.signal(number, _stay_deaf)


def _stay_deaf(_number: int, _frame: FrameType | None) -> None:
    pass
