"""A user's id as the command line has it, in the type that the events have."""

import re
from uuid import UUID

from psycopg2 import sql

from orchestration.core.errors import UserError

_BITS = {"smallint": 16, "integer": 32, "bigint": 64}


def parsed_id(text: str, kind: str) -> int | str:
    """Return the id; UserError where no user can have it."""
    if bits := _BITS.get(kind):
        number = int(text) if re.fullmatch(r"[-+]?[0-9]{1,20}", text) else None
        if number is None or not -(2 ** (bits - 1)) <= number < 2 ** (bits - 1):
            raise UserError(
                f"{text!r} is not a user_id of these events, which are whole numbers "
                f"of type {kind}."
            )
        return number
    if kind == "uuid":
        try:
            return str(UUID(text))
        except ValueError:
            raise UserError(
                f"{text!r} is not a user_id of these events, which are of type uuid."
            ) from None
    return text


def is_user(kind: str, column: str = "user_id") -> sql.Composed:
    """Return the condition that a column of such ids is the one that is asked for.

    The operators of citext are not to be found where only Postgres's own are: there
    they would be those of text, to which Ann is not ann.
    """
    condition = "lower({}::text) = lower(%s)" if kind == "citext" else "{} = %s"
    return sql.SQL(condition).format(sql.Identifier(column))
