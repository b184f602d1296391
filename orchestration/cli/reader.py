"""What `fast-dau init --reader` does: a role that reads the results."""

from collections.abc import Callable, Mapping

from orchestration.answers.reader_role import reader_steps
from orchestration.core.connection import Connection
from orchestration.core.dbt import run_dbt
from orchestration.core.errors import Failure
from orchestration.core.settings import TableName, rollup_schema
from orchestration.core.statements import is_built
from orchestration.source import ddl

# What the models grant is for dbt to say.
_GRANT = ["run-operation", "fast_dau.grant_to_readers"]


def make_reader(
    connection: Connection,
    environment: Mapping[str, str],
    name: str,
    report: Callable[[str], None],
    *,
    dry_run: bool,
) -> None:
    """Make the role, or say how; Failure where dbt cannot grant it the tables."""
    steps = reader_steps(connection, name)
    if dry_run:
        print(ddl.script(steps))
        print(f"-- then, on the tables: fast-dau dbt {' '.join(_GRANT)}")
        return
    ddl.run(connection, f"the reader {name}", steps, report)
    if is_built(connection, TableName(rollup_schema(), "refresh_days")):
        code = run_dbt(["--quiet", *_GRANT], environment)
        if code != 0:
            raise Failure(f"dbt could not grant the tables to {name}: see above.")
        print(f"{name} can read the results in {rollup_schema()}.")
    else:
        print(f"{name} can read the results as soon as a run has made them.")
    print(f"Its password: fast-dau db psql -c '\\password {name}'")
