"""The dbt project as Dagster sees it."""

import os

from dagster_dbt import DbtProject

from orchestration.core.settings import is_on_spark, profiles_dir, project_dir

if is_on_spark():
    # dagster-dbt reads it too. What is parsed for Postgres is of no use here, and a
    # Dagster for each of the two may work in one checkout.
    os.environ.setdefault("DBT_TARGET_PATH", "target/spark")

PROJECT = DbtProject(
    project_dir=project_dir(),
    profiles_dir=profiles_dir(),
    target_path=os.environ.get("DBT_TARGET_PATH", "target"),
)
