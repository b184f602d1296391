"""The variables that describe a table of events, and what they may be."""

from collections.abc import Mapping
from typing import Any

from orchestration.core.errors import UserError

ROLES = ("user_id", "course_id", "kind", "performed_at", "properties")

# Of users and courses: those whose values are equal or not, and in an order.
ID_TYPES = (
    *("smallint", "integer", "bigint", "uuid", "text", "character varying"),
    "citext",
)
# Of times, as the catalog has them; those of numbers count from 1970.
TIME_TYPES = {
    "timestamp": "timestamp without time zone",
    "timestamptz": "timestamp with time zone",
    "integer": "integer",
    "bigint": "bigint",
    "numeric": "numeric",
    "double precision": "double precision",
}
_WORDS = {
    "user_id_type": ID_TYPES,
    "course_id_type": ID_TYPES,
    "performed_at_type": tuple(TIME_TYPES),
    "performed_at_unit": ("seconds", "milliseconds"),
}


def check_event_variables(found: Mapping[str, Any], prefix: str) -> None:
    """Raise UserError where one of them, by its name without prefix, makes no sense."""
    for name, words in _WORDS.items():
        if found[name] not in words:
            raise UserError(
                f"The variable {prefix}{name} is {found[name]!r}, not one of "
                f"{', '.join(words)}."
            )
    columns = found["events_columns"]
    if (
        not isinstance(columns, dict)
        or not set(columns).issubset(ROLES)
        or not all(isinstance(name, str | None) for name in columns.values())
        or None in {columns.get(role, role) for role in ("user_id", "performed_at")}
    ):
        raise UserError(
            f"The variable {prefix}events_columns is {columns!r}, not a mapping of "
            f"{', '.join(ROLES)} to columns, such as {{user_id: account_id, "
            "course_id: null}, with a user and a time."
        )
