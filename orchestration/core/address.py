"""Where a web server listens, and whether it answers there."""

import socket
import urllib.request
from dataclasses import dataclass
from ipaddress import ip_address

from orchestration.core.errors import UserError

_PATIENCE_SECONDS = 2
_EVERYWHERE = {"0.0.0.0": "127.0.0.1", "::": "::1"}  # noqa: S104  # told apart only


@dataclass(frozen=True)
class Address:
    """A host and port to listen on."""

    host: str
    port: int

    @property
    def url(self) -> str:
        """Where a browser on this machine finds it."""
        host = _EVERYWHERE.get(self.host, self.host)
        return f"http://{f'[{host}]' if ':' in host else host}:{self.port}"

    @property
    def is_private(self) -> bool:
        """Whether only this machine can reach it."""
        try:
            return ip_address(self.host).is_loopback
        except ValueError:
            return self.host == "localhost"

    def require_free(self) -> None:
        """Raise UserError where nothing can listen there."""
        try:
            family, kind, _, _, place = socket.getaddrinfo(
                self.host, self.port, type=socket.SOCK_STREAM
            )[0]
            with socket.socket(family, kind) as probe:
                # As the web server does: what a closed connection leaves is no harm.
                probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
                probe.bind(place)
        except (OSError, UnicodeError) as error:
            # UnicodeError: a name that no host can have, such as one with two dots.
            reason = getattr(error, "strerror", None) or "no name of a host"
            raise UserError(
                f"Nothing can listen on {self.host}:{self.port} ({reason}): "
                "give another --port, or a --host of this machine."
            ) from None

    def answers(self, page: str) -> bool:
        """Tell whether a web server has this page there."""
        # Past any proxy that the environment names.
        direct = urllib.request.build_opener(urllib.request.ProxyHandler({}))
        try:
            with direct.open(f"{self.url}/{page}", timeout=_PATIENCE_SECONDS):
                return True
        except OSError:
            return False
