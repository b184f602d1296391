"""The folder of an export: each day's file is replaced as a whole, or not at all."""

import shutil
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from datetime import date
from pathlib import Path

from orchestration.core.errors import Failure, UserError
from orchestration.core.locks import exclusive_if_free
from orchestration.source.export.utc_days import Day

_WITHOUT_DAY = "__HIVE_DEFAULT_PARTITION__"  # Spark's and Hive's name for null

# Spark takes no notice of names that start with an underscore or a dot.
_DRAFT = "_export-new.parquet"
_LOCK = "_export.lock"
_NOTES = "_export.json"
_FILE = "part-0.parquet"


def folder_name(day: Day) -> str:
    """Return the name of a day's folder, as Hive and Spark have it."""
    return f"event_date={_WITHOUT_DAY if day is None else day.isoformat()}"


def days_of(names: Iterable[str]) -> dict[str, Day]:
    """Return those of the names that a day's folder has, each with its day."""
    days: dict[str, Day] = {}
    for name in names:
        key, _, text = name.partition("=")
        if key == "event_date":
            with suppress(ValueError):
                days[name] = None if text == _WITHOUT_DAY else date.fromisoformat(text)
    return days


class ExportFolder:
    """The folder, while this process alone writes to it; see `opened`."""

    def __init__(self, path: Path) -> None:
        self._path = path

    @property
    def notes(self) -> Path:
        """The file that says what is finished."""
        return self._path / _NOTES

    def days(self) -> list[Day]:
        """Return the days that have a folder."""
        return list(days_of(path.name for path in self._path.iterdir()).values())

    def file(self, day: Day) -> Path:
        """Return the path of the day's file."""
        return self._path / folder_name(day) / _FILE

    @contextmanager
    def replaced(self, day: Day) -> Iterator[Path]:
        """Yield a file to write, which takes the place of the day's own on leaving.

        Where the block raises, the day stays as it was.
        """
        draft = self._path / _DRAFT
        try:
            yield draft
            file = self.file(day)
            file.parent.mkdir(exist_ok=True)
            for other in set(file.parent.glob("part-*.parquet")) - {file}:
                other.unlink()  # of an earlier version, which wrote several
            draft.replace(file)
        finally:
            draft.unlink(missing_ok=True)

    def remove(self, day: Day) -> None:
        """Remove the day's folder."""
        shutil.rmtree(self.file(day).parent)


@contextmanager
def opened(path: Path) -> Iterator[ExportFolder]:
    """Make the folder where it is missing, and keep other exports out of it.

    Raises UserError where it cannot be written to or holds other things, and Failure
    where another export is at work on it or, later, a file cannot be written.
    """
    try:
        path.mkdir(parents=True, exist_ok=True)
        _refuse_other_things(path)
        (path / _LOCK).touch()
    except OSError as error:
        raise UserError(
            f"{path} cannot be a folder of events: {error.strerror}."
        ) from None
    with exclusive_if_free(path / _LOCK) as lock:
        if lock is None:
            raise Failure(f"Another `fast-dau export` is at work on {path}: try later.")
        try:
            yield ExportFolder(path)
        except OSError as error:
            reason = error.strerror or error
            raise Failure(f"Writing the events to {path} failed: {reason}.") from None


def _refuse_other_things(path: Path) -> None:
    names = sorted(entry.name for entry in path.iterdir())
    ours = days_of(names) if (path / _NOTES).exists() else {}
    others = [n for n in names if not n.startswith((".", "_")) and n not in ours]
    if others:
        raise UserError(
            f"{path} holds other things than an export of events, such as "
            f"{others[0]}: choose a new or an empty folder."
        )
