"""A role that reads the results and nothing else, for BI tools and analysts."""

from psycopg2 import sql
from psycopg2.extensions import connection as Connection  # noqa: N812  # a class

from orchestration.errors import UserError
from orchestration.events.ddl import Step, failures
from orchestration.settings import dbt_vars, rollup_schema

# What makes a role more than a reader, in words.
_RIGHTS = """
select unnest(array_remove(array[
    case when rolsuper then 'is a superuser' end,
    case when rolcreaterole then 'may create roles' end,
    case when rolbypassrls then 'passes row-level security by' end,
    case when pg_has_role(oid, (
        select nspowner from pg_namespace where nspname = %(schema)s
    ), 'usage') then 'owns the results' end
], null))
from pg_roles where rolname = %(name)s
"""

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
    with connection.cursor() as cursor, failures(f"Looking up the role {name}"):
        cursor.execute(_RIGHTS, values)
        rights = [right for (right,) in cursor.fetchall()]
        cursor.execute(_STATE, values)
        ((has_group, has_name, is_member, may_use, has_schema),) = cursor.fetchall()
    if name == group:
        raise UserError(f"{group} is the readers' group: give the reader another name.")
    if rights:
        raise UserError(
            f"{name} {' and '.join(rights)}, and could do more than read: "
            "give the reader another name."
        )

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
