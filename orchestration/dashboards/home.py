"""Superset's own folder, beside the embedded server's: its record, secrets and log."""

import os
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from orchestration.core.errors import Failure, UserError
from orchestration.core.home import default_home, open_home
from orchestration.core.leashed import Workplace
from orchestration.core.locks import exclusive_if_free

_SECRET_BYTES = 32


@dataclass(frozen=True)
class SupersetHome:
    """The folder, and the lock that is held while Superset is at work in it."""

    folder: Path
    lock: int

    @property
    def workplace(self) -> Workplace:
        """Where its programs work; the log is of everything since the last start."""
        return Workplace("Superset", self.folder, self.folder / "log", self.lock)

    @property
    def record(self) -> Path:
        """Superset's own database: its users, and what they have changed."""
        return self.folder / "superset.db"

    @property
    def admin_password(self) -> Path:
        """The file with the password of Superset's user `admin`."""
        return self.folder / "admin_password"

    @property
    def reader_password(self) -> Path:
        """The file with the password of the role that reads the tables."""
        return self.folder / "reader_password"

    @property
    def secret_key(self) -> Path:
        """The file with the key by which Superset keeps the role's password."""
        return self.folder / "secret_key"

    def has_done(self, step: str, mark: str | None = None) -> bool:
        """Tell whether this step was ever done to its end, or with this mark."""
        path = self.folder / f"{step}.done"
        return path.exists() and mark in {None, path.read_text()}

    def note_done(self, step: str, mark: str) -> None:
        """Note that the step was done to its end."""
        (self.folder / f"{step}.done").write_text(mark)


@contextmanager
def superset_home() -> Iterator[SupersetHome]:
    """Hold the folder, made with its secrets where it is missing.

    Raises UserError where another Superset is at work in it.
    """
    folder = open_home(default_home()).folder / "superset"
    try:
        folder.mkdir(mode=0o700, exist_ok=True)
    except OSError as error:
        raise Failure(
            f"Superset's folder {folder} cannot be made ({error.strerror}): set "
            "FAST_DAU_HOME to a folder of your own."
        ) from None
    with exclusive_if_free(folder / "superset.lock") as lock:
        if lock is None:
            raise UserError(f"Superset already runs on {folder}, or is just stopping.")
        home = SupersetHome(folder, lock)
        for secret in (home.admin_password, home.reader_password, home.secret_key):
            _make_secret(secret)
        _open(home.workplace.log, os.O_TRUNC)
        yield home


def _make_secret(path: Path) -> None:
    if not path.exists() or not path.read_text():
        _open(path, os.O_TRUNC)
        path.write_text(secrets.token_urlsafe(_SECRET_BYTES))


def _open(path: Path, how: int) -> None:
    """Make the file for this user alone."""
    os.close(os.open(path, os.O_WRONLY | os.O_CREAT | how, 0o600))
