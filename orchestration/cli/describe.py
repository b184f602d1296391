"""What `fast-dau init --table` understands of a table, shown and kept."""

from orchestration.core.connection import Connection
from orchestration.core.event_variables import ROLES
from orchestration.core.settings import TableName
from orchestration.source.describing.keep import keep, lines
from orchestration.source.describing.look import Description, described
from orchestration.source.loading.mapping import parse_columns


def describe(
    connection: Connection, name: str, columns: str, zone: str, *, dry_run: bool
) -> None:
    """Look at a table, say what its columns are, and keep that in the settings.

    `columns`: those that the user names, as for `load`; ROLE= alone: none plays it.
    Raises UserError where there is no user or time in it.
    """
    table = _table_name(name)
    found = described(connection, table, parse_columns(columns), zone)
    comment = "-- " if dry_run else ""
    print(f"{comment}{table} holds events:")
    for line in _understood(found):
        print(f"{comment}  {line}")
    if dry_run:
        for line in lines(found.variables):
            print(f"-- in dbt_project.yml: {line}")
        return
    print(
        f"Kept in {keep(found.variables)}. To choose other columns: --columns "
        "user_id=COLUMN,kind=COLUMN; to leave one out: --columns kind="
    )


def _understood(found: Description) -> list[str]:
    shown = []
    for role in ROLES:
        column = found.columns[role]
        kind = "none, which is left out" if column is None else found.types[column]
        if role == "performed_at":
            kind += _how(found)
        shown.append(f"{role:13} {column or '-':20} {kind}")
    return shown


def _how(found: Description) -> str:
    unit = found.variables.get("performed_at_unit", "seconds")
    kind = str(found.variables.get("performed_at_type", "timestamp"))
    if not kind.startswith("timestamp"):
        return f", {unit} since 1970"
    if kind == "timestamptz":
        return ""
    zone = found.variables.get("performed_at_zone", "UTC")
    return f", on the clocks of {zone} (others: --times-in ZONE)"


def _table_name(name: str) -> TableName:
    schema, dot, table = name.partition(".")
    if not dot:
        return TableName("public", name)
    return TableName(schema, table)
