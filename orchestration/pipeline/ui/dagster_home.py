"""Dagster's own folder, DAGSTER_HOME: settings, its record of runs, and logs."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path

from orchestration.core.errors import Failure, UserError
from orchestration.core.home import default_home, open_home
from orchestration.core.locks import exclusive_if_free
from orchestration.pipeline import instance


@dataclass(frozen=True)
class DagsterHome:
    """The folder, and the lock that is held while Dagster is at work in it.

    `is_own`: it is ours, so that no other services of Dagster use its storage.
    """

    folder: Path
    lock: int
    is_own: bool

    @property
    def log(self) -> Path:
        """What Dagster has printed since its last start."""
        return self.folder / "ui.log"


@contextmanager
def dagster_home() -> Iterator[DagsterHome]:
    """Hold DAGSTER_HOME, or a folder with our settings beside the embedded server.

    Raises UserError where it is no folder to use, or another UI is at work in it: two
    would start every scheduled run twice.
    """
    chosen = _chosen()
    folder = chosen or _own()
    with exclusive_if_free(folder / "ui.lock") as lock:
        if lock is None:
            raise UserError(
                f"A UI already runs on {folder}, or is just stopping: use that one, or "
                "set DAGSTER_HOME to another folder."
            )
        yield DagsterHome(folder, lock, is_own=chosen is None)


def _chosen() -> Path | None:
    """Return the folder that the environment names; its settings are the user's."""
    chosen = os.environ.get("DAGSTER_HOME")
    if not chosen:
        return None
    folder = Path(chosen).expanduser()
    if not folder.is_absolute() or not os.access(folder, os.R_OK | os.W_OK | os.X_OK):
        raise UserError(
            f"DAGSTER_HOME is {chosen!r}, which is no absolute path of a folder that "
            "you may write to: make one, or unset DAGSTER_HOME."
        )
    return folder


def _own() -> Path:
    """Return a folder beside the embedded server, with this version's settings."""
    folder = open_home(default_home()).folder / "dagster"
    settings = (files(instance) / "dagster.yaml").read_text()
    try:
        folder.mkdir(mode=0o700, exist_ok=True)
        written = folder / "dagster.yaml"
        if not written.exists() or written.read_text() != settings:
            written.write_text(settings)
    except OSError as error:
        raise Failure(
            f"Dagster's folder {folder} cannot be used ({error.strerror}): set "
            "DAGSTER_HOME to a folder of your own."
        ) from None
    return folder
