"""The user's table as what events are written into: by roles, in its own types."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from orchestration.core.connection import Connection
from orchestration.core.errors import UserError
from orchestration.core.event_columns import EventColumns, event_columns
from orchestration.core.event_variables import ROLES
from orchestration.core.settings import TableName, dbt_vars
from orchestration.core.statements import identifier, rows
from orchestration.source.loading.records import NULL

_MICROSECONDS = 6
_SECONDS = len("2024-01-02 03:04:05")

# A trigger may fill what nothing else does. The length of a domain is its own.
_COLUMNS = """
select
    class.relkind::text,
    attribute.attname::text,
    attribute.attgenerated <> '' as is_generated,
    attribute.attnotnull,
    attribute.attnotnull and not attribute.atthasdef and attribute.attidentity = ''
    and type.typdefault is null and not exists (
        select from pg_trigger
        where tgrelid = class.oid and tgtype & 7 = 7 and tgenabled <> 'D'
    ) as is_needed,
    case type.typtype when 'd' then type.typtypmod else attribute.atttypmod end
from pg_class as class
join pg_attribute as attribute on attribute.attrelid = class.oid
join pg_type as type on type.oid = attribute.atttypid
where
    class.oid = to_regclass(%s)
    and attribute.attnum > 0
    and not attribute.attisdropped
order by attribute.attnum
"""

# The server's own rules for clocks, so that what is written is what will be read.
_STORED = """
select ({stored})::text, {read} <> utc, {read_day} <> {day}
from unnest(%s::timestamp[]) with ordinality as times (utc, place)
order by place
"""


@dataclass(frozen=True)
class StoredTimes:
    """Times as COPY text, and the places of those that the column cannot tell apart.

    `moved`: of an hour that comes twice, and read as an hour later. `to_other_day`: of
    them, those that this brings to another day of the reporting time zone.
    """

    texts: Sequence[str]
    moved: Sequence[int] = ()
    to_other_day: Sequence[int] = ()


class Target:
    """The events table, for rows with these roles; `never_null`: columns of it.

    Raises UserError where its rows cannot be written, or lack something.
    """

    def __init__(
        self, connection: Connection, table: TableName, roles: Iterable[str]
    ) -> None:
        self._connection = connection
        self.columns = event_columns()
        names = {role: self.columns.name(role) for role in roles}
        # In the order in which rows are written.
        self.names = {role: name for role, name in names.items() if name is not None}
        name = identifier(table).as_string(connection)
        found = rows(connection, _COLUMNS, name)
        _require_table(table, found[0][0])
        self.never_null = {column for _, column, _, never, *_ in found if never}
        for _, column, is_generated, _, is_needed, modifier in found:
            if is_generated and column in self.names.values():
                raise UserError(
                    f"The column {column} of {table} is generated from others, so that "
                    "nothing can be written into it: insert events by a statement of "
                    "your own. Nothing was written."
                )
            if is_needed and column not in self.names.values():
                raise UserError(
                    f"The column {column} of {table} may not be null, and has no "
                    "default: give it one, or insert events by a statement of your "
                    "own. Nothing was written."
                )
            if column == self.columns.name("performed_at"):
                self._digits = _digits(self.columns, modifier)

    @property
    def is_usual(self) -> bool:
        """Whether a row of the contract is one of the table's, but for names."""
        has_usual_types = replace(self.columns, names={}) == EventColumns({})
        has_all = tuple(self.names) == ROLES
        return has_usual_types and has_all and self._digits == _MICROSECONDS

    def stored_times(self, times: Sequence[str]) -> StoredTimes:
        """Return UTC times, as COPY text, as the column has them.

        What is finer than the column is cut, never rounded: that could be another day.
        """
        if self._digits < _MICROSECONDS:
            end = _SECONDS + (1 + self._digits if self._digits else 0)
            times = [time[:end] for time in times]
        columns = self.columns
        if columns.time_type == "timestamp" and columns.zone == "UTC":
            return StoredTimes(times)
        stored = columns.recorded("utc")
        has_clocks = columns.time_type == "timestamp"
        read = columns.utc_of(stored) if has_clocks else "utc"
        zone = "'" + dbt_vars()["time_zone"].replace("'", "''") + "'"
        day = f"(({{}}) at time zone 'UTC' at time zone {zone})::date"
        query = (
            _STORED.replace("{stored}", stored)
            .replace("{read_day}", day.format(read))
            .replace("{read}", read)
            .replace("{day}", day.format("utc"))
        )
        given = ",".join("null" if time == NULL else f'"{time}"' for time in times)
        found = rows(self._connection, query, f"{{{given}}}")
        return StoredTimes(
            [NULL if text is None else text for text, _, _ in found],
            [place for place, (_, moved, _) in enumerate(found) if moved],
            [place for place, (_, _, other) in enumerate(found) if other],
        )


def _require_table(table: TableName, kind: str) -> None:
    if kind not in {"r", "p"}:
        raise UserError(
            f"{table} is a view, or another thing that holds no rows of its own: "
            "insert events into the tables below it. Nothing was written."
        )


def _digits(columns: EventColumns, modifier: int) -> int:
    """Return how many digits of a second's fraction the column keeps."""
    digits = _MICROSECONDS
    thousands = 3 if columns.units_a_second > 1 else 0
    match columns.time_type:
        case "timestamp" | "timestamptz" if modifier >= 0:
            digits = modifier
        case "integer" | "bigint":
            digits = thousands
        case "numeric" if modifier >= 0:
            # As Postgres keeps it: 11 bits, with a sign.
            scale = ((modifier - 4) & 0x7FF ^ 0x400) - 0x400
            digits = scale + thousands
    return max(0, min(digits, _MICROSECONDS))
