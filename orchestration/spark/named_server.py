"""The Thrift Server that the environment names, by the variables of profiles.yml."""

import re
from collections.abc import Mapping
from typing import Any

from orchestration.core.errors import Failure, UserError
from orchestration.spark.thrift import NoAnswerError, Result, Server, run

# Kerberos takes more than a name and a password, which profiles.yml does not give.
_WITH_PASSWORD = ("LDAP", "CUSTOM")
_AUTHS = ("NONE", "NOSASL", *_WITH_PASSWORD)
_DEFAULT_PORT = 10_000
# Thrift's words for a connection that the other end has closed.
_LOST = "read 0 bytes"


def server_of(environment: Mapping[str, str]) -> Server:
    """Return the server; what is not set is as in profiles.yml.

    Raises UserError, which names the variable, where one of them makes no sense.
    """
    port = environment.get("SPARK_PORT", str(_DEFAULT_PORT))
    if not port.isdecimal():
        raise UserError(f"SPARK_PORT {port!r} is not a number, such as 10000.")
    auth = environment.get("SPARK_AUTH", "NONE")
    if auth not in _AUTHS:
        raise UserError(f"SPARK_AUTH {auth!r} is none of {', '.join(_AUTHS)}.")
    password = environment.get("SPARK_PASSWORD") or None
    if (password is not None) != (auth in _WITH_PASSWORD):
        raise UserError(
            f"SPARK_PASSWORD is {'set' if password else 'not set'}, and SPARK_AUTH is "
            f"{auth}: a password goes with {' or '.join(_WITH_PASSWORD)}, and only so."
        )
    return Server(
        host=environment.get("SPARK_HOST", "localhost"),
        port=int(port),
        user=environment.get("SPARK_USER") or environment.get("USER") or "spark",
        password=password,
        auth=auth,
    )


def ask_server(
    server: Server, statement: str, parameters: Mapping[str, Any] | None = None
) -> Result:
    """Ask a question there; Failure says which variable to mend, where one can be.

    Where the server lets the connection go, it is asked once more.
    """
    try:
        try:
            return run(server, statement, parameters)
        except NoAnswerError as error:
            if _LOST not in str(error):
                raise
        return run(server, statement, parameters)
    except NoAnswerError as error:
        raise Failure(f"{str(error).rstrip('.')}: {_remedy(str(error))}") from None


def _remedy(message: str) -> str:
    # The words are those of Spark's server, and those of PyHive, for it closes the
    # connection.
    if re.search("validating the login|Bad status: [34]|authentication", message):
        return "correct SPARK_USER and SPARK_PASSWORD."
    if _LOST in message:
        return "correct SPARK_AUTH, or SPARK_PORT: something else may listen there."
    return "start its Thrift Server, or correct SPARK_HOST and SPARK_PORT."
