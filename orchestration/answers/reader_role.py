"""A role that reads the results and nothing else, for BI tools and analysts."""

from collections.abc import Sequence
from pathlib import Path

from psycopg2 import sql

from orchestration.core.connection import Connection
from orchestration.core.errors import UserError
from orchestration.core.settings import dbt_vars, events_table, rollup_schema
from orchestration.core.statements import failures
from orchestration.source.ddl import Step, quoted
from orchestration.source.user_keys import keys_table
from orchestration.source.watching import change_log_table

_RIGHTS = Path(__file__).with_name("rights.sql").read_text()

_STATE = """
select
    to_regrole(quote_ident(%(group)s)) is not null as has_group,
    to_regrole(quote_ident(%(name)s)) is not null as has_name,
    exists (
        select from pg_auth_members
        where roleid = to_regrole(quote_ident(%(group)s))
            and member = to_regrole(quote_ident(%(name)s))
    ) as is_member,
    coalesce((
        select has_schema_privilege(rolname, nspname, 'usage')
        from pg_roles, pg_namespace
        where rolname = %(group)s and nspname = %(schema)s
    ), false) as may_use,
    exists (select from pg_namespace where nspname = %(schema)s) as has_schema
"""


def reader_steps(connection: Connection, name: str) -> list[Step]:
    """Return what is missing for the role to be a reader; the tables' grants follow.

    Raises UserError for a role that may do more than read.
    """
    group = dbt_vars()["reader_role"]
    values = {"group": group, "name": name, "schema": rollup_schema()}
    if name == group:
        raise UserError(f"{group} is the readers' group: give the reader another name.")
    with connection.cursor() as cursor, failures(f"Looking up the role {name}"):
        cursor.execute(_RIGHTS, {**values, "events": _events(connection)})
        _refuse(name, group, cursor.fetchall())
        cursor.execute(_STATE, values)
        ((has_group, has_name, is_member, may_use, has_schema),) = cursor.fetchall()

    def step(statement: str, remark: str) -> Step:
        names = {key: sql.Identifier(text) for key, text in values.items()}
        return Step(sql.SQL(statement).format(**names).as_string(connection), remark)

    steps = []
    if not has_group:
        steps.append(step("create role {group}", f"creating the group {group}"))
    if not has_name:
        steps.append(step("create role {name} login", f"creating the role {name}"))
    if not is_member:
        steps.append(step("grant {group} to {name}", f"letting {name} read"))
    if has_schema and not may_use:
        use = "grant usage on schema {schema} to {group}"
        steps.append(step(use, f"opening the schema {rollup_schema()} to {group}"))
    return steps


def _events(connection: Connection) -> list[str]:
    """Return the names of the tables that tell of single events or persons."""
    events = events_table()
    tables = (events, keys_table(events), change_log_table(events))
    return [quoted(connection, table) for table in tables]


def _refuse(name: str, group: str, rights: Sequence[tuple[str, str]]) -> None:
    """Raise UserError that lists the rights, each of a role, where there are any."""
    if public := [what for role, what in rights if role == "public"]:
        raise UserError(
            f"Everybody {' and '.join(public)}, and so would {name}: revoke that from "
            "public first. Nothing was changed."
        )
    listed = [
        what if role == name or role.startswith("pg_") else f"{what} (as {role})"
        for role, what in rights
    ]
    if listed:
        raise UserError(
            f"{name} {' and '.join(sorted(listed))}, and could do more than read: give "
            f"the reader another name, or revoke that from it, or from {group}. "
            "Nothing was changed."
        )
