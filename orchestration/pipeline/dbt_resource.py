"""dbt as Dagster's runs start it."""

from functools import cached_property
from typing import Any

from dagster_dbt import DbtCliResource
from dagster_dbt.compat import DBT_PYTHON_VERSION

from orchestration.core.dbt import DBT_PROGRAM
from orchestration.pipeline.project import PROJECT


class InstalledDbt(DbtCliResource):
    """The dbt that is installed here, which needs no process to say its version.

    dagster-dbt would run `dbt --version` before each command: seconds of imports, and
    three requests to the index of packages, which may be out of reach.
    """

    @cached_property
    def _cli_version(self) -> Any:
        return DBT_PYTHON_VERSION


DBT = InstalledDbt(
    project_dir=str(PROJECT.project_dir),
    profiles_dir=str(PROJECT.profiles_dir),
    dbt_executable=str(DBT_PROGRAM),
)
