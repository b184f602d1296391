"""Superset's programs: they set it up, import the dashboards, and serve them."""

import hashlib
import os
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path

from orchestration.core.address import Address
from orchestration.core.leashed import Leashed, leashed
from orchestration.dashboards.bundle import filled_bundle
from orchestration.dashboards.home import SupersetHome
from orchestration.dashboards.python_environment import REQUIREMENTS

USER = "admin"
_THREADS, _SECONDS_FOR_AN_ANSWER = 8, 120
# What import-directory prints, and then exits with 0.
_REFUSED = b"An error occurred"


@dataclass(frozen=True)
class Superset:
    """Superset, by the folder of its programs and the folder that it works in."""

    programs: Path
    home: SupersetHome

    def set_up(self) -> None:
        """Make its database and its user, or bring them up to this version."""
        pins = REQUIREMENTS.read_text()
        if self.home.has_done("setup", pins):
            return
        print("Setting up Superset's own database …", flush=True)
        if not self.home.has_done("setup"):
            # What a first attempt has left half-way, and nobody has used yet.
            self.home.record.unlink(missing_ok=True)
        self._run("db", "upgrade")
        self._run("init")
        who = ["--firstname", "fast-dau", "--lastname", "dashboards"]
        address = ["--email", "admin@localhost"]
        self._run("fab", "create-admin", "--username", USER, *who, *address)
        self.home.note_done("setup", pins)

    def import_dashboards(self, database: str) -> None:
        """Import the dashboards on this database, unless they are there as they are.

        What somebody has changed in Superset stays until the files change.
        """
        with filled_bundle(database, self.home.folder) as folder:
            digest = _digest(folder)
            if self.home.has_done("import", digest):
                return
            print("Importing the dashboards …", flush=True)
            self._run("import-directory", "--overwrite", str(folder))
            self.home.note_done("import", digest)

    @contextmanager
    def served(self, address: Address) -> Iterator[Leashed]:
        """Serve it at the address, and end it on leaving."""
        program: list[str | Path] = [
            self.programs / "gunicorn",
            *("--bind", f"{address.host}:{address.port}"),
            *("--worker-class", "gthread", "--threads", str(_THREADS)),
            *("--timeout", str(_SECONDS_FOR_AN_ANSWER)),
            "superset.app:create_app()",
        ]
        with leashed(program, self.home.workplace, self._environment()) as server:
            yield server

    def _run(self, *arguments: str) -> None:
        workplace = self.home.workplace
        done = subprocess.run(
            [self.programs / "superset", *arguments],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            env=self._environment(),
            cwd=workplace.folder,
            check=False,
        )
        with workplace.log.open("ab") as log:
            log.write(done.stdout)
        if done.returncode != 0 or _REFUSED in done.stdout:
            raise workplace.failure(f"could not do `superset {arguments[0]}`")

    def _environment(self) -> dict[str, str]:
        """Return what its programs see: nothing of the pipeline's own connection."""
        kept = {
            name: text
            for name, text in os.environ.items()
            if not name.startswith("PG") or "SSL" in name
        }
        return kept | {
            "SUPERSET_HOME": str(self.home.folder),
            "SUPERSET_CONFIG_PATH": str(
                files("orchestration.dashboards").joinpath("superset_config.py")
            ),
            "FLASK_APP": "superset.app:create_app()",
            # An option's value, which a list of processes would show.
            "FLASK_FAB_CREATE_ADMIN_PASSWORD": self.home.admin_password.read_text(),
            "SCARF_ANALYTICS": "false",
        }


def _digest(folder: Path) -> str:
    digest = hashlib.sha256()
    for path in sorted(folder.glob("**/*.yaml")):
        digest.update(path.relative_to(folder).as_posix().encode())
        digest.update(path.read_bytes())
    return digest.hexdigest()
