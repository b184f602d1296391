"""What the environment demands of a server, where the embedded one is not like that."""

from collections.abc import Mapping
from typing import Any

# libpq's parameter, and what goes with any server on the loopback address.
_DEMANDS = {
    "PGSSLMODE": ("sslmode", "prefer"),
    "PGCHANNELBINDING": ("channel_binding", "prefer"),
    "PGGSSENCMODE": ("gssencmode", "prefer"),
    "PGREQUIREAUTH": ("require_auth", "scram-sha-256"),
    "PGTARGETSESSIONATTRS": ("target_session_attrs", "any"),
}

NAMES = frozenset(_DEMANDS)


def met_demands(environment: Mapping[str, str]) -> dict[str, str]:
    """Return those of the demands that are set, lowered to what is given.

    They are meant for a server elsewhere, which wants encryption, say.
    """
    return {
        name: given for name, (_, given) in _DEMANDS.items() if environment.get(name)
    }


def demanded(environment: Mapping[str, str]) -> dict[str, Any]:
    """Return libpq's parameters for the demands that the environment makes."""
    return {
        parameter: environment[name]
        for name, (parameter, _) in _DEMANDS.items()
        if environment.get(name)
    }
