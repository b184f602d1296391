"""The dbt project as Dagster sees it, parsed when any of its files has changed."""

import json
import os
from pathlib import Path

from dagster_dbt import DbtProject

from orchestration.dbt import run_dbt
from orchestration.errors import Failure
from orchestration.postgres.connection import libpq_variables
from orchestration.postgres.locks import exclusive
from orchestration.settings import DBT_PROJECT_DIR, ROOT, is_on_spark

if is_on_spark():
    # dagster-dbt reads it too. What is parsed for Postgres is of no use here, and a
    # Dagster for each of the two may work in one checkout.
    os.environ.setdefault("DBT_TARGET_PATH", "target/spark")

PROJECT = DbtProject(
    project_dir=DBT_PROJECT_DIR,
    profiles_dir=ROOT,
    target_path=os.environ.get("DBT_TARGET_PATH", "target"),
)


def parsed(project: DbtProject) -> Path:
    """Return the path of the project's manifest, made anew where it is out of date.

    Takes a second or two then, and no database. Raises Failure where dbt finds the
    project at fault; what it says goes to standard output.
    """
    target = project.manifest_path.parent
    target.mkdir(parents=True, exist_ok=True)
    # The web server, the daemon and a run may all come here at once.
    with exclusive(target / "parsing.lock"):
        if _is_out_of_date(project.manifest_path):
            code = run_dbt(["--quiet", "parse"], libpq_variables(os.environ))
            if code != 0:
                raise Failure(f"dbt cannot parse {DBT_PROJECT_DIR}: see its message.")
    return project.manifest_path


def _is_out_of_date(manifest: Path) -> bool:
    if not manifest.exists():
        return True
    # A command of dbt may have been given the folder with another target, and another
    # project where the environment names the folder for both.
    made_for = json.loads(manifest.read_text())["metadata"]
    engine = "spark" if is_on_spark() else "postgres"
    if (made_for["project_name"], made_for["adapter_type"]) != ("fast_dau", engine):
        return True
    made = manifest.stat().st_mtime
    sources = [DBT_PROJECT_DIR / "dbt_project.yml"]
    for folder in ("models", "macros", "tests", "analyses"):
        # Folders too, whose times tell of files that are gone.
        sources += [DBT_PROJECT_DIR / folder, *(DBT_PROJECT_DIR / folder).rglob("*")]
    return any(source.stat().st_mtime > made for source in sources)
