"""Where the server listens, and how it shares memory: what this machine has free."""

import hashlib
import shutil
import socket
from collections.abc import Iterator
from pathlib import Path

from orchestration.core.home import Home

HOST = "127.0.0.1"
_OWN_PORTS = range(20_000, 30_000)
_PORT_TRIES = 5
# Below this, parallel queries run out of it: a container has 64 MB by default.
_ENOUGH_SHARED_MEMORY_BYTES = 1 << 30


def placement(port: int) -> dict[str, str]:
    """Return the settings for a port: where it listens, and how it shares memory."""
    settings = {
        "listen_addresses": HOST,
        "port": str(port),
        "unix_socket_directories": "",
    }
    memory = Path("/dev/shm")  # noqa: S108  # asked for its size only
    if (
        memory.exists()
        and shutil.disk_usage(memory).total < _ENOUGH_SHARED_MEMORY_BYTES
    ):
        settings["dynamic_shared_memory_type"] = "mmap"
    return settings


def ports(home: Home) -> Iterator[int]:
    """Yield the ports to try: first the folder's own, then others that are free.

    A port that stays the same keeps what knows the server by it, such as dbt's cache
    of the parsed project. It lies below the range of which the system gives ports.
    """
    digest = hashlib.blake2b(bytes(home.folder), digest_size=4).digest()
    yield _OWN_PORTS[int.from_bytes(digest) % len(_OWN_PORTS)]
    for _ in range(_PORT_TRIES):
        with socket.socket() as probe:
            probe.bind((HOST, 0))
            port: int = probe.getsockname()[1]
        yield port
