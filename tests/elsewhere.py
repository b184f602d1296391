"""Runs the quick tests where somebody else's checkout may stand: `make test-elsewhere`.

In a copy whose path has blanks and letters beyond ASCII, and which cannot be written
to, nor the home; for an ordinary user, where root starts it; with the ports taken that
this project's programs have by default, a shell full of settings for other projects, a
far time zone, files that nobody else may read, and signals ignored as under nohup.
"""

import os
import shutil
import socket
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from contextlib import ExitStack, suppress
from pathlib import Path

from orchestration.core.home import Account, server_account, user_name
from orchestration.core.settings import ROOT
from orchestration.core.signals import orderly_exit
from tests.copied_checkout import copy_checkout, make_environment
from tests.foreign_shell import PSQLRC, foreign_variables

# Quick, and touching ports, paths, files, the environment or the command line.
FILES = (
    "connection",
    "dashboards",
    "db_command",
    "demo_command",
    "deployment",
    "docs_command",
    "embedded_server",
    "embedded_server_access",
    "embedded_server_kills",
    "export_command",
    "generate_command",
    "load_command",
    "manifest",
    "own_project",
    "pipeline_definitions",
    "pipeline_prune",
    "readme",
    "spark_environment",
    "terminal",
    "ui_command",
)
_OPTIONS = ("--numprocesses=2", "--dist=worksteal", "-p", "no:cacheprovider")
_PORTS = (3000, 4040, 5432, 5433, 7077, 8080, 8081, 8088, 10000, 10001)


class Place:
    """The folders of one run, and who runs in them."""

    def __init__(self, folder: Path, account: Account) -> None:
        self.folder = folder
        self.account = account
        # Neither can be written to.
        self.checkout = folder / "Zoë's check out"
        self.home = folder / "home of Zoë"
        self.temporary = folder / "temporary files"
        self.python = self.checkout / ".venv" / "bin" / "python"

    def make(self) -> None:
        """Copy the checkout, and make the other folders."""
        copy_checkout(ROOT, self.checkout)
        self.home.mkdir()
        (self.home / ".psqlrc").write_text(PSQLRC)
        self.temporary.mkdir()
        os.chown(self.temporary, self.account.uid, self.account.gid)

    def close(self) -> None:
        """Take the right to write from the copy and the home."""
        for path in (self.checkout, *self.checkout.rglob("*"), self.home):
            if not path.is_symlink():
                path.chmod(path.stat().st_mode & ~0o222)

    def runs(self, python: str) -> bool:
        """Tell whether the account can use the copy with this interpreter."""
        if self.python.parent.exists():
            shutil.rmtree(self.python.parents[1])
        make_environment(self.python.parents[1], python)
        question = "import psycopg2, orchestration as o; print(o.__file__)"
        try:
            answer: subprocess.CompletedProcess[str] = subprocess.run(
                [str(self.python), "-E", "-c", question],
                cwd=self.folder,
                capture_output=True,
                text=True,
                check=False,
                **self.account.subprocess_arguments(),
            )
        except OSError:
            return False
        return answer.stdout.startswith(str(self.checkout))

    def test(self, arguments: Sequence[str]) -> int:
        """Run pytest there; return its exit code."""
        pytest = [str(self.python), "-m", "pytest", *_OPTIONS, *arguments]
        deaf = ["sh", "-c", 'trap "" HUP INT; exec "$@"', "sh", *pytest]
        with subprocess.Popen(
            deaf,
            cwd=self.checkout,
            env=foreign_variables(self.home, self.temporary),
            umask=0o077,
            **self.account.subprocess_arguments(),
        ) as tests:
            try:
                return tests.wait()
            finally:
                tests.terminate()


def main() -> int:
    """Make the place, run the tests there, and remove it."""
    os.umask(0o022)
    with ExitStack() as stack:
        stack.enter_context(orderly_exit())
        made = tempfile.TemporaryDirectory(prefix="fast-dau-")
        folder = Path(stack.enter_context(made))
        folder.chmod(0o755)
        place = _place(folder)
        place.close()
        for port in _PORTS:
            # Where it is in use, so much the better.
            with suppress(OSError):
                stack.enter_context(socket.create_server(("127.0.0.1", port)))
        print(f"In {place.checkout}, as {place.account.name}.", flush=True)
        return place.test(sys.argv[1:] or [f"tests/test_{name}.py" for name in FILES])


def _place(folder: Path) -> Place:
    """Return the place of an ordinary user, or of this one where none can reach it."""
    version = f"python{sys.version_info.major}.{sys.version_info.minor}"
    own = str(Path(sys.executable).resolve())
    pythons = [own, shutil.which(version, path=os.defpath)]
    place = Place(folder, server_account())
    place.make()
    if any(place.runs(python) for python in pythons if python):
        return place
    me = Account(user_name(os.geteuid()), os.geteuid(), os.getegid())
    print(f"`{place.account.name}` cannot use {own} and what is installed for it.")
    place = Place(folder, me)
    if not place.runs(own):
        raise SystemExit(f"Nor can {me.name}.")
    return place


if __name__ == "__main__":
    sys.exit(main())
