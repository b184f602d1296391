"""Where an embedded cluster lives, and the system user that its programs run as.

Postgres refuses to run as root. For root the programs run as `nobody`, who must
reach the folder; no folder of anyone else's is ever opened up for that.
"""

import hashlib
import os
import pwd
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from orchestration.core.errors import Failure
from orchestration.core.settings import ROOT


@dataclass(frozen=True)
class Account:
    """The system user whose the cluster is."""

    name: str
    uid: int
    gid: int

    @property
    def is_another(self) -> bool:
        """Whether programs must be started as someone else than this process."""
        return self.uid != os.geteuid()

    def subprocess_arguments(self) -> dict[str, Any]:
        """Return what `subprocess` takes to run a program as this user."""
        if not self.is_another:
            return {}
        return {"user": self.uid, "group": self.gid, "extra_groups": []}

    def may(self, path: Path, bits: int) -> bool:
        """Tell whether the path's mode grants this user these bits (r 4, w 2, x 1)."""
        status = path.stat()
        if status.st_uid == self.uid:
            shift = 6
        else:
            shift = 3 if status.st_gid == self.gid else 0
        return status.st_mode >> shift & bits == bits

    def can_enter(self, folder: Path) -> bool:
        """Tell whether this user can pass through the folder and all its parents."""
        existing = (path for path in (folder, *folder.parents) if path.is_dir())
        return all(self.may(path, 1) for path in existing)


def server_account() -> Account:
    """Return the user that runs the server: this process's own, `nobody` for root."""
    uid = os.geteuid()
    if uid != 0:
        return Account(name=user_name(uid), uid=uid, gid=os.getegid())
    try:
        nobody = pwd.getpwnam("nobody")
    except KeyError:
        raise Failure(
            "Postgres refuses to run as root, and this system has no user `nobody` "
            "to run it as: run fast-dau as a normal user, or set PGHOST to a server."
        ) from None
    return Account(name=nobody.pw_name, uid=nobody.pw_uid, gid=nobody.pw_gid)


@dataclass(frozen=True)
class Home:
    """The files of one cluster. `cluster` appears whole, in one rename."""

    folder: Path
    account: Account

    @property
    def cluster(self) -> Path:
        """The data folder and its password, for the server's user alone."""
        return self.folder / "cluster"

    @property
    def data(self) -> Path:
        """The server's data folder."""
        return self.cluster / "data"

    @property
    def password(self) -> Path:
        """The file with the generated password."""
        return self.cluster / "password"

    @property
    def log(self) -> Path:
        """The server's messages since its last start."""
        return self.folder / "server.log"

    @property
    def users_lock(self) -> Path:
        """Held shared by every process that uses the server."""
        return self.folder / "users.lock"

    @property
    def switch_lock(self) -> Path:
        """Held while the server is started or stopped."""
        return self.folder / "switch.lock"

    @property
    def server_lock(self) -> Path:
        """Held by the server's own processes, as long as one of them lives."""
        return self.folder / "server.lock"

    @property
    def keep(self) -> Path:
        """Where this exists, the server outlives its last user."""
        return self.folder / "keep-running"


def default_home() -> Path:
    """Return FAST_DAU_HOME, or `.fast-dau` in the project where it can be used.

    Where the server runs as `nobody`, who cannot reach the project, it is a folder
    of this project's own in /var/lib/fast-dau.
    """
    chosen = os.environ.get("FAST_DAU_HOME")
    if chosen:
        return Path(chosen).expanduser().absolute()
    account = server_account()
    if account.is_another and not account.can_enter(ROOT):
        digest = hashlib.sha256(os.fsencode(ROOT)).hexdigest()[:12]
        return Path("/var/lib/fast-dau") / digest
    return ROOT / ".fast-dau"


def open_home(folder: Path) -> Home:
    """Make the folder where it is missing, and check that its cluster is ours.

    Raises Failure where it cannot be made or reached, or is another user's.
    """
    home = Home(folder.resolve(), server_account())
    try:
        _check(home)
        _make_folder(home.folder, 0o711 if home.account.is_another else 0o700)
    except OSError as error:
        raise Failure(
            f"The database folder {home.folder} cannot be used "
            f"({error.strerror}): set FAST_DAU_HOME to a folder of your own."
        ) from None
    return home


def _check(home: Home) -> None:
    if home.account.is_another and not home.account.can_enter(home.folder):
        raise Failure(
            "Postgres refuses to run as root, so its server runs as "
            f"`{home.account.name}`, who cannot enter {home.folder}: set "
            "FAST_DAU_HOME to a folder that others may pass through."
        )
    if home.cluster.exists():
        owner = home.cluster.stat().st_uid
        if owner != home.account.uid:
            raise Failure(
                f"The database in {home.folder} was made by another user (its server "
                f"runs as `{user_name(owner)}`, yours as `{home.account.name}`): run "
                "fast-dau as that user, or set FAST_DAU_HOME to another folder."
            )


def _make_folder(folder: Path, mode: int) -> None:
    if folder.is_dir():
        return
    _make_folder(folder.parent, mode)
    # Made beside and renamed: nobody ever meets it with a mode cut by the umask.
    draft = Path(tempfile.mkdtemp(dir=folder.parent))
    draft.chmod(mode)
    try:
        draft.rename(folder)
    except OSError:
        draft.rmdir()
        if not folder.is_dir():
            raise


def user_name(uid: int) -> str:
    """Return the system user's name, or its number where it has none."""
    try:
        return pwd.getpwuid(uid).pw_name
    except KeyError:
        return str(uid)
