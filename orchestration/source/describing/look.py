"""Looks at a table, or a view, of events: its columns, and what its times are."""

from collections.abc import Mapping
from dataclasses import dataclass

from orchestration.core.connection import Connection
from orchestration.core.errors import UserError
from orchestration.core.event_columns import quoted
from orchestration.core.event_variables import TIME_TYPES
from orchestration.core.settings import TableName
from orchestration.core.statements import identifier, is_built, rows
from orchestration.source.describing.guess import guessed_columns

_TYPES = """
with recursive types as (
    select attnum, attname, atttypid as type_id
    from pg_attribute
    where attrelid = %s::regclass and attnum > 0 and not attisdropped
    union all
    select types.attnum, types.attname, pg_type.typbasetype
    from types join pg_type on pg_type.oid = types.type_id
    where pg_type.typtype = 'd'
)

select
    types.attname::text,
    case pg_type.typtype when 'e' then 'enum' else format_type(types.type_id, null) end
from types join pg_type on pg_type.oid = types.type_id
where pg_type.typtype <> 'd'
order by types.attnum
"""
_USUAL = """
select percentile_disc(0.5) within group (order by time)
from (select {time} as time from {events} limit 1000) as few
"""
# Not an abbreviation, whose offset is that of summer or of winter; as runs have it.
_IS_ZONE = """
select count(*) = 1 from pg_timezone_names
where name = %s and (
    upper(name) in ('UTC', 'GMT')
    or upper(name) not in (select abbrev from pg_timezone_abbrevs)
)
"""
# As seconds it is the year 5138, as milliseconds 1973.
_MILLISECONDS_FROM = 100_000_000_000
_DEFAULT_TYPES = {
    "user_id": "integer",
    "course_id": "integer",
    "performed_at": "timestamp",
}
_SHORT = {name: short for short, name in TIME_TYPES.items()}


@dataclass(frozen=True)
class Description:
    """What was understood: the columns by role, their types, and the variables."""

    columns: Mapping[str, str | None]
    types: Mapping[str, str]
    variables: Mapping[str, object]


def described(
    connection: Connection, table: TableName, given: Mapping[str, str], zone: str
) -> Description:
    """Return what the table's columns are, as variables of dbt say it.

    Those that are as by default are left out. `zone`: that of times without one. Raises
    UserError where there is no such table or zone, or no user or time in it.
    """
    if not is_built(connection, table):
        raise UserError(f"There is no table or view {table}, or you may not see it.")
    if rows(connection, _IS_ZONE, zone) != [(True,)]:
        raise UserError(
            f"There is no time zone {zone}: names are those of the IANA list, such as "
            "Europe/Berlin."
        )
    types = column_types(connection, table)
    columns = guessed_columns(types, given)
    variables: dict[str, object] = {
        "events_schema": table.schema,
        "events_table": table.name,
        "events_columns": {
            role: column for role, column in columns.items() if column != role
        },
    }
    for role, default in _DEFAULT_TYPES.items():
        column = columns[role]
        kind = types[column] if column else default
        kind = _SHORT.get(kind, kind)
        if kind != default:
            variables[f"{role}_type"] = kind
    time = variables.get("performed_at_type", "timestamp")
    if time == "timestamp" and zone != "UTC":
        variables["performed_at_zone"] = zone
    if not str(time).startswith("timestamp") and _is_in_milliseconds(
        connection, table, str(columns["performed_at"])
    ):
        variables["performed_at_unit"] = "milliseconds"
    return Description(columns, types, {k: v for k, v in variables.items() if v != {}})


def column_types(connection: Connection, table: TableName) -> dict[str, str]:
    """Return the types of the columns, without length, in the columns' order.

    A domain is of the type that it is made of, and each enum is called `enum`.
    """
    name = identifier(table).as_string(connection)
    return dict(rows(connection, _TYPES, name))


def _is_in_milliseconds(connection: Connection, table: TableName, column: str) -> bool:
    query = _USUAL.replace("{time}", quoted(column).replace("{", "{{"))
    [(usual,)] = rows(connection, query, events=identifier(table))
    return usual is not None and usual >= _MILLISECONDS_FROM
