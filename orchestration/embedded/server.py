"""The embedded server: shared by all processes that use it, stopped by the last one.

Each process that uses it holds a shared kernel lock, so that one that is killed is
counted out at once.
"""

import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from types import MappingProxyType

from orchestration.core.demands import met_demands
from orchestration.core.home import Home, open_home
from orchestration.core.locks import exclusive, exclusive_if_free, shared
from orchestration.core.signals import orderly_exit
from orchestration.embedded.initdb import DATABASE, USER
from orchestration.embedded.placement import HOST
from orchestration.embedded.process import ensure_running, running_port, shut_down

SETTINGS: Mapping[str, str] = MappingProxyType(
    {
        "shared_buffers": "512MB",
        "work_mem": "64MB",
        "maintenance_work_mem": "256MB",
        "max_wal_size": "4GB",
        "random_page_cost": "1.1",
        "timezone": "UTC",
        "log_timezone": "UTC",
        # Nothing is replicated, and bulk loads then write far less WAL.
        "wal_level": "minimal",
        "max_wal_senders": "0",
    }
)
_NO_SETTINGS: Mapping[str, str] = MappingProxyType({})


@contextmanager
def server(
    folder: Path, *, settings: Mapping[str, str] = _NO_SETTINGS
) -> Iterator[dict[str, str]]:
    """Use the server whose files are in the folder: yield PGHOST to PGDATABASE.

    With them comes, lowered, what the environment demands and this server lacks.
    Makes the cluster and starts the server where needed, with `settings` over
    SETTINGS; one that is up already keeps those it has. The last user to leave stops
    it, unless it was told to keep running. Raises Failure where the folder cannot be
    used or the server does not start.
    """
    home = open_home(folder)
    with orderly_exit():
        try:
            with shared(home.users_lock):
                with exclusive(home.switch_lock):
                    port = ensure_running(home, {**SETTINGS, **settings})
                yield _variables(home, port)
        finally:
            _stop_if_unused(home)


def keep_running(folder: Path) -> dict[str, str]:
    """Start the server where needed, and let it outlive its users until `stop`."""
    with server(folder) as variables:
        open_home(folder).keep.touch()
        return variables


def stop(folder: Path) -> bool:
    """Stop the server, also one that was told to keep running.

    Returns False where other processes use it: then the last of them stops it.
    """
    if not os.access(folder, os.F_OK):
        return True
    home = open_home(folder)
    home.keep.unlink(missing_ok=True)
    return _stop_if_unused(home)


def running(folder: Path) -> dict[str, str] | None:
    """Return PGHOST to PGDATABASE of the folder's server, None where it is not up."""
    if not os.access(folder, os.F_OK):
        return None
    home = open_home(folder)
    port = running_port(home)
    return None if port is None else _variables(home, port)


def _variables(home: Home, port: int) -> dict[str, str]:
    return {
        "PGHOST": HOST,
        "PGPORT": str(port),
        "PGUSER": USER,
        "PGPASSWORD": home.password.read_text(),
        "PGDATABASE": DATABASE,
        **met_demands(os.environ),
    }


def _stop_if_unused(home: Home) -> bool:
    with (
        exclusive(home.switch_lock),
        exclusive_if_free(home.users_lock) as unused,
    ):
        if unused is None or home.keep.exists():
            return False
        shut_down(home)
        return True
