"""A database as in production: another's events, and the pipeline's own role."""

import os
import subprocess
from collections.abc import Iterator, Mapping
from contextlib import contextmanager

import pytest

from orchestration.core.connection import Connection, connect
from orchestration.core.settings import ROOT
from orchestration.embedded.binaries import program
from orchestration.source.table import init_events_table
from tests.events_tables import EVENTS, execute
from tests.oracle import Definitions
from tests.rollup import Rollup

OWNER = "shop"
ROLE = "fast_dau_pipeline"
PASSWORD = "made-up"  # noqa: S105  # of servers that end with the tests

# Who owns what, and may do what with it.
RIGHTS = """
select 'relation', oid::regclass::text, relowner, relacl::text from pg_class
union all
select 'schema', nspname, nspowner, nspacl::text from pg_namespace
where nspname !~ '^pg_(toast_)?temp'
union all
select 'database', datname, datdba, datacl::text from pg_database
union all
select 'role', rolname, oid, rolconnlimit::text from pg_roles
order by 1, 2
"""


def psql(
    variables: Mapping[str, str], file: str, **names: str
) -> subprocess.CompletedProcess[str]:
    """Run an SQL file of deploy/ with these psql variables, as the page says."""
    given = [f"--set={name}={text}" for name, text in names.items()]
    return subprocess.run(
        [program("psql"), "--no-psqlrc", *given, f"--file={ROOT / 'deploy' / file}"],
        env={**os.environ, **variables},
        capture_output=True,
        text=True,
        check=False,
    )


@contextmanager
def roles(administration: Connection, *names: str) -> Iterator[None]:
    """Make roles that can log in; remove them, and those the files make, afterwards."""
    execute(
        administration,
        *(f"create role {name} login password '{PASSWORD}'" for name in names),
    )
    try:
        yield
    finally:
        execute(
            administration,
            *(f"drop role if exists {name}" for name in (*names, ROLE, "dagster")),
        )


def user(variables: Mapping[str, str], name: str) -> dict[str, str]:
    """Return the variables with which this role connects."""
    return {**variables, "PGUSER": name, "PGPASSWORD": PASSWORD}


@contextmanager
def pipeline(
    cluster: Mapping[str, str], administration: Connection
) -> Iterator[Rollup]:
    """Yield a rollup whose events are another's, and whose runs are the role's.

    The test's own connection is a superuser's; the commands of the environment connect
    as the role.
    """
    name = "pipeline"
    with roles(administration, OWNER):
        execute(administration, f"create database {name} owner {OWNER}")
        variables = {**cluster, "PGDATABASE": name}
        owner = connect(user(variables, OWNER))
        init_events_table(owner, EVENTS, print, change_log=True)
        execute(owner, "create table customers (name text)")
        owner.close()
        opened = connect(variables)
        opened.autocommit = True
        made = psql(variables, "pipeline_role.sql")
        assert (made.returncode, made.stderr) == (0, "")
        execute(opened, f"alter role {ROLE} password '{PASSWORD}'")
        with pytest.MonkeyPatch.context() as patch:
            for variable, text in user(variables, ROLE).items():
                patch.setenv(variable, text)
            yield Rollup(opened, Definitions(), has_product=True)
        opened.close()
        execute(administration, f"drop database {name} with (force)")
