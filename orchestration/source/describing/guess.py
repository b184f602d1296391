"""Guesses which columns play the roles of an event, by their names and types."""

import re
from collections.abc import Mapping

from orchestration.core.errors import UserError
from orchestration.core.event_columns import TEXT_TYPES
from orchestration.core.event_variables import ID_TYPES, TIME_TYPES

# The best first. Ahoy, Segment, RudderStack, Moodle, Open edX, Django and Snowplow have
# names that are among them; the underscores, and the case, do not matter.
NAMES: Mapping[str, tuple[str, ...]] = {
    "user_id": (
        *("user_id", "account_id", "customer_id", "member_id", "person_id", "actor_id"),
        *("profile_id", "player_id", "student_id", "user", "distinct_id", "uid"),
        *("username", "user_name", "login", "email"),
        *("anonymous_id", "visitor_id", "device_id"),
    ),
    "course_id": ("course_id", "course", "course_key"),
    "kind": (
        *("kind", "event_name", "event", "event_type", "name", "event_kind", "type"),
        *("action", "verb"),
    ),
    "performed_at": (
        *("performed_at", "occurred_at", "happened_at", "event_time", "event_at"),
        *("event_timestamp", "timestamp", "time", "time_created", "ts", "created_at"),
        *("created", "action_time", "logged_at", "derived_tstamp", "collector_tstamp"),
        *("sent_at", "received_at", "at", "date", "day"),
    ),
    "properties": (
        *("properties", "props", "event_properties", "payload", "data", "attributes"),
        *("metadata", "event", "context", "extra", "other"),
    ),
}
ROLE_TYPES = {
    "user_id": ID_TYPES,
    "course_id": ID_TYPES,
    "kind": TEXT_TYPES,
    "performed_at": tuple(TIME_TYPES.values()),
    "properties": ("jsonb", "json"),
}
_NEEDED = {"user_id": "the user", "performed_at": "the time"}
# What brings a column of another type into one of these, by the role and that type.
_REMEDIES = {
    ("performed_at", "date"): (
        "A day has no time of day: in a view, `{column}::timestamp` puts its events at "
        "midnight, and an index on ({column}::timestamp) serves that"
    ),
    ("performed_at", "text"): (
        "No index serves a text that is read as a time: `alter table … alter {column} "
        "type timestamptz using {column}::timestamptz` makes it one"
    ),
    ("user_id", "json"): ("In a view, `{column} ->> 'KEY'` has the id in it as text"),
    ("user_id", "array"): (
        "In a view, `unnest({column})` makes an event of each user in it"
    ),
    ("user_id", "number"): "In a view, `{column}::bigint` is a whole number",
}
_FAMILIES = {
    **dict.fromkeys(("character varying", "character", "citext"), "text"),
    "jsonb": "json",
    **dict.fromkeys(("numeric", "double precision", "real"), "number"),
}


def guessed_columns(
    types: Mapping[str, str], given: Mapping[str, str]
) -> dict[str, str | None]:
    """Return the column of each role, None where there is none.

    `types`: of the table's columns, without length, `enum` for all enums. `given`: what
    the user has said, which is taken as it is, where the type will do; empty: none.
    Raises UserError where a user or a time is not to be found, or a column that was
    given is not.
    """
    for role, named in given.items():
        if not named and role not in _NEEDED:
            continue
        if not named:
            raise UserError(
                f"An event needs {_NEEDED[role]}: name its column, --columns "
                f"{role}=COLUMN."
            )
        if named not in types:
            raise UserError(
                f"There is no column {named} in it: it has {_listed(types)}."
            )
        _require_type(role, named, types[named])
    taken = set(given.values())
    found: dict[str, str | None] = {}
    for role in NAMES:
        of_name = [column for column in _named(role, types) if column not in taken]
        fitting = [c for c in of_name if types[c] in ROLE_TYPES[role]]
        column = given.get(role, next(iter(fitting), "")) or None
        if column is None and role in _NEEDED:
            if of_name:
                _require_type(role, of_name[0], types[of_name[0]])
            raise UserError(
                f"No column of the table looks like {_NEEDED[role]} of an event: name "
                f"it with --columns {role}=COLUMN. It has {_listed(types)}."
            )
        found[role] = column
        taken.add(column or "")
    return found


def _require_type(role: str, column: str, kind: str) -> None:
    if kind in ROLE_TYPES[role]:
        return
    family = "array" if kind.endswith("[]") else _FAMILIES.get(kind, kind)
    remedy = _REMEDIES.get((role, family), "A view can bring it into such a type")
    raise UserError(
        f"{column} is of type {kind}, which {role} cannot be: it is one of "
        f"{', '.join(ROLE_TYPES[role])}. {remedy.format(column=column)}."
    )


def _named(role: str, types: Mapping[str, str]) -> list[str]:
    """Return the columns whose names are those of a role, the best first."""
    plain = {re.sub(r"[\W_]", "", name.lower()): name for name in types}
    names = (name.replace("_", "") for name in NAMES[role])
    return [plain[name] for name in names if name in plain]


def _listed(types: Mapping[str, str]) -> str:
    return ", ".join(f"{name} {kind}" for name, kind in types.items()) or "no column"
