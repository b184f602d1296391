"""Where the cluster's files are, and what was asked of it: `cluster.json`."""

import json
import shutil
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass
from pathlib import Path

from orchestration.core.errors import Failure
from orchestration.core.files import write_whole
from orchestration.core.home import default_home, open_home
from orchestration.core.locks import exclusive_if_free


@dataclass(frozen=True)
class Settings:
    """What the cluster was started with; it is on loopback only."""

    workers: int
    memory: str
    master_port: int
    port: int


@dataclass(frozen=True)
class SparkHome:
    """The folder. Tables and what describes them stay; all else is of one run."""

    folder: Path

    @property
    def warehouse(self) -> Path:
        """The tables' files, where a table has no place of its own."""
        return self.folder / "warehouse"

    @property
    def metastore(self) -> Path:
        """Derby's database of the tables that there are; Derby makes it."""
        return self.folder / "metastore"

    @property
    def logs(self) -> Path:
        """What each program prints, since the last start."""
        return self.folder / "logs"

    @property
    def work(self) -> Path:
        """The workers' folders and what is spilled or shuffled."""
        return self.folder / "work"

    def log(self, name: str) -> Path:
        """Return the file with the messages of one program."""
        return self.logs / f"{name}.log"

    def settings(self) -> Settings | None:
        """Return what the latest start was asked for, or None."""
        with suppress(OSError, ValueError, TypeError):
            return Settings(**json.loads(self._settings.read_text()))
        return None

    def remember(self, settings: Settings) -> None:
        """Keep what was asked for, the ports too, for the next start."""
        write_whole(self._settings, json.dumps(asdict(settings)))

    def clear(self) -> None:
        """Remove what is of an earlier run, and make the folders of the next one."""
        try:
            for folder in (self.logs, self.work):
                shutil.rmtree(folder, ignore_errors=True)
                folder.mkdir()
            self.warehouse.mkdir(exist_ok=True)
        except OSError as error:
            raise self._failure(error) from None

    @contextmanager
    def held(self) -> Iterator[None]:
        """Let nobody else start or stop the cluster; the folder is made if missing.

        Raises Failure where somebody else does just now, or it cannot be used.
        """
        try:
            self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        except OSError as error:
            raise self._failure(error) from None
        with exclusive_if_free(self.folder / "spark.lock") as lock:
            if lock is None:
                raise Failure(
                    f"The Spark in {self.folder} is just being started or stopped: "
                    "try again in a moment."
                )
            yield

    @property
    def _settings(self) -> Path:
        return self.folder / "cluster.json"

    def _failure(self, error: OSError) -> Failure:
        return Failure(
            f"Spark's folder {self.folder} cannot be used ({error.strerror}): name "
            "another one with --dir, or set FAST_DAU_HOME to a folder of your own."
        )


def spark_home(folder: Path | None = None) -> SparkHome:
    """Return the folder named, or the one beside the embedded server's data."""
    if folder is not None:
        return SparkHome(folder.expanduser().resolve())
    return SparkHome(open_home(default_home()).folder / "spark")
