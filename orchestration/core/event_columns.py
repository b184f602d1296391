"""Which columns of the events table play the roles of an event, and what they hold."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from hashlib import md5
from typing import Any

from orchestration.core.event_variables import ROLES, TIME_TYPES
from orchestration.core.settings import TableName, dbt_vars

# Of a kind of event; `enum` is every enum.
TEXT_TYPES = ("text", "character varying", "character", "citext", "name", "enum")

# What Postgres's timestamps begin and end with, in seconds since 1970.
_FIRST_SECOND, _END_SECOND = -210_866_803_200, 9_224_318_016_000


@dataclass(frozen=True)
class EventColumns:
    """The columns by role, None where no column plays it, and the types of some.

    A time is of a type of Postgres's: `timestamp`, on the clocks of a zone;
    `timestamptz`; or a number of seconds, or `units_a_second`, since 1970.
    """

    names: Mapping[str, str | None]
    user_id_type: str = "integer"
    course_id_type: str = "integer"
    time_type: str = "timestamp"
    units_a_second: int = 1
    zone: str = "UTC"

    def name(self, role: str) -> str | None:
        """Return the column that plays a role."""
        return self.names.get(role, role)

    def types(self) -> dict[str, tuple[str, ...]]:
        """Return the types that the column of each role may be of, the usual first."""
        return {
            "user_id": (self.user_id_type,),
            "course_id": (self.course_id_type,),
            "kind": TEXT_TYPES,
            "performed_at": (TIME_TYPES[self.time_type],),
            "properties": ("jsonb", "json"),
        }

    def digest(self) -> str:
        """Return what tells columns, and ways to read a time, apart.

        As dbt's `digest_of_reading`, which looks in the change log for it.
        """
        reading = {
            "columns": {role: self.name(role) for role in ROLES},
            "type": self.time_type,
            "unit": "seconds" if self.units_a_second == 1 else "milliseconds",
            "zone": self.zone,
        }
        text = json.dumps(reading, sort_keys=True)
        return md5(text.encode(), usedforsecurity=False).hexdigest()

    def relation(self, table: TableName, *further: str) -> str:
        """Return the events as a query in brackets, its columns named by their roles.

        `performed_at` is a UTC timestamp; `recorded_at` is the same as its column has
        it, for bounds that its index serves (`recorded`). `further`: columns that stay
        as they are, such as `xmin`, which no view has.
        """
        columns = [f"{self._column(role)} as {role}" for role in ROLES]
        columns[2] = f"{self._column('kind')}::text as kind"
        columns[3] = f"{self.utc_of(self._column('performed_at'))} as performed_at"
        columns += [f"{self._column('performed_at')} as recorded_at", *further]
        source = f"{quoted(table.schema)}.{quoted(table.name)}"
        return f"(select {', '.join(columns)} from {source})"  # noqa: S608  # quoted

    def recorded(self, bound: str) -> str:
        """Return a UTC timestamp, or date, as the time's column would have it.

        On clocks that were put forward or back, it may be off by as much.
        """
        match self.time_type:
            case "timestamp" if self.zone == "UTC":
                return f"({bound})"
            case "timestamp":
                utc = f"({bound})::timestamp at time zone 'UTC'"
                return f"({utc} at time zone {self._zone})"
            case "timestamptz":
                return f"(({bound})::timestamp at time zone 'UTC')"
        number = f"extract(epoch from ({bound})::timestamp) * {self.units_a_second}"
        whole = self.time_type in {"integer", "bigint"}
        return f"floor({number})::bigint" if whole else f"({number})::{self.time_type}"

    def is_since(self, bound: str) -> str:
        """Return the predicate that a time is at or after a UTC timestamp, or date."""
        return self._is(">=", bound, "- interval '1 day'")

    def is_before(self, bound: str) -> str:
        """Return the predicate that a time is before it."""
        return self._is("<", bound, "+ interval '1 day'")

    def _is(self, operator: str, bound: str, slack: str) -> str:
        # On the clocks of a zone the index finds a little more than is asked for.
        is_exact = self.time_type != "timestamp" or self.zone == "UTC"
        wider = bound if is_exact else f"({bound})::timestamp {slack}"
        return (
            f"recorded_at {operator} {self.recorded(wider)} "
            f"and performed_at {operator} {bound}"
        )

    def is_infinite(self) -> str:
        """Return the predicate that `recorded_at` is of no time that there is."""
        if self.time_type.startswith("timestamp"):
            return "recorded_at in ('-infinity', 'infinity')"
        first, end = self._edges()
        return f"(recorded_at < {first} or recorded_at >= {end})"

    def of_row(self, row: str, role: str) -> str:
        """Return the column of a role in a trigger's row: `old` or `new`."""
        return f"{row}.{self._column(role)}"

    def utc(self, row: str) -> str:
        """Return the time of a trigger's row, as a UTC timestamp."""
        return self.utc_of(self.of_row(row, "performed_at"))

    def utc_of(self, column: str) -> str:
        """Return an expression of the time's column, as a UTC timestamp."""
        match self.time_type:
            case "timestamp" if self.zone == "UTC":
                return column
            case "timestamp":
                return f"{column} at time zone {self._zone} at time zone 'UTC'"
            case "timestamptz":
                return f"{column} at time zone 'UTC'"
        first, end = self._edges()
        seconds = f"{column} / {self.units_a_second}.0"
        return (
            f"case when {column} < {first} then timestamp '-infinity' "
            f"when {column} >= {end} then timestamp 'infinity' "
            f"else to_timestamp({seconds}) at time zone 'UTC' end"
        )

    def compared(self, row: str) -> list[str]:
        """Return what makes a trigger's row another event: equal is then the same."""
        as_text = {"kind": '::text collate "C"', "properties": "::text"}
        return [
            self.of_row(row, role) + as_text.get(role, "")
            for role in ROLES
            if self.name(role) is not None
        ]

    @property
    def _zone(self) -> str:
        return "'" + self.zone.replace("'", "''") + "'"

    def _edges(self) -> tuple[int, int]:
        return _FIRST_SECOND * self.units_a_second, _END_SECOND * self.units_a_second

    def _column(self, role: str) -> str:
        name = self.name(role)
        if name is not None:
            return quoted(name)
        types = {"course_id": self.course_id_type, "kind": "text"}
        return f"null::{types.get(role, 'jsonb')}"


def quoted(name: str) -> str:
    """Return a name as it stands in a statement."""
    return '"' + name.replace('"', '""') + '"'


def event_columns(variables: Mapping[str, Any] | None = None) -> EventColumns:
    """Return them as the variables have them: those of a run, else of the project."""
    found = variables or dbt_vars()
    return EventColumns(
        names=found["events_columns"],
        user_id_type=found["user_id_type"],
        course_id_type=found["course_id_type"],
        time_type=found["performed_at_type"],
        units_a_second=1000 if found["performed_at_unit"] == "milliseconds" else 1,
        zone=found["performed_at_zone"],
    )
