"""A user's own dbt project: made by `init`, and read alike by all that works on it."""

import json
import os
import re
import sys
from datetime import datetime, timedelta
from pathlib import Path
from random import Random

import pytest
import yaml

from orchestration.core import settings
from orchestration.core.dbt import DBT_PROGRAM
from orchestration.core.errors import UserError
from orchestration.core.own_project.make import project_name
from orchestration.core.settings import (
    DBT_PROJECT_DIR,
    ROOT,
    project_dir,
    rollup_schema,
)
from tests.commands import FAST_DAU, run_cli
from tests.made_up_events import eventful_days
from tests.oracle import Definitions, Event
from tests.own_projects import OwnProject, as_of
from tests.rollup import Rollup
from tests.states import State

NOW = datetime(2024, 3, 25, 12)
CLOCK = as_of(NOW)
ZONE = "Asia/Kathmandu"
OWN_MODELS = {
    "quarters.sql": "select max(dau) as most from {{ ref('daily_active_users') }}",
    "days.sql": "{{ config(materialized='table', schema='own') }}"
    " select activity_date from {{ ref('daily_retention') }}",
}
# What Dagster has: groups of assets, the schedules' zones, and schemas.
LOADED = """
import json
from orchestration.definitions import definitions
from orchestration.pipeline.dagster_manifest import MANIFEST
graph = definitions.resolve_asset_graph()
print(json.dumps({
    "groups": {key.to_user_string(): graph.get(key).group_name
               for key in graph.get_all_asset_keys()},
    "checks": sorted({key.name for key in graph.asset_check_keys}),
    "zones": sorted({one.execution_timezone for one in definitions.schedules}),
    "schemas": sorted({node["schema"] for node in MANIFEST["nodes"].values()
                       if node["resource_type"] == "model"}),
}))
"""


class Project(OwnProject):
    """One whose user has set the time zone, and has added models."""

    def __init__(self, folder: Path) -> None:
        super().__init__(folder, fast_dau_time_zone=ZONE)
        for name, model in OWN_MODELS.items():
            (folder / "models" / name).write_text(model)

    def dbt(self, *arguments: str) -> None:
        """Run plain dbt, which must end well."""
        done = self.run(DBT_PROGRAM, "--quiet", *arguments)
        assert done.returncode == 0, done.stdout

    def build(self, *arguments: str) -> None:
        """Build everything with plain dbt."""
        self.dbt("build", "--exclude-resource-type=unit_test", CLOCK, *arguments)


@pytest.fixture
def project(tmp_path: Path, database_env: dict[str, str]) -> Project:
    """Return a project whose settings are not the checkout's."""
    return Project(tmp_path / "usage")


def weeks_of_events(rollup: Rollup) -> None:
    """15 days, not yet built."""
    rollup.insert(eventful_days(Random(3), NOW - timedelta(days=14), 15))


STATE = State(weeks_of_events, Definitions(ZONE), has_product=True)


@pytest.mark.prove
def test_plain_dbt_the_commands_and_dagster_read_the_settings_of_the_project(
    project: Project, rollup: Rollup
) -> None:
    project.dbt("deps")
    project.build()
    below = project.folder / "models"
    checked = project.run(FAST_DAU, "check", "--format=csv", cwd=below)
    planned = project.run(FAST_DAU, "plan", f"{CLOCK}", cwd=below)
    loaded = project.run(
        sys.executable,
        *("-c", LOADED),
        cwd=ROOT,
        FAST_DAU_PROJECT_DIR=str(project.folder),
    )
    found = json.loads(loaded.stdout.splitlines()[-1])

    assert rollup.tables() == rollup.expected(NOW)
    assert rollup.query("select time_zone from analytics.rollup_state") == [(ZONE,)]
    assert (checked.returncode, checked.stderr) == (0, checked.stderr)
    assert "2024-03-25" in planned.stdout
    assert found["groups"]["quarters"] == found["groups"]["own/days"] == "usage"
    assert found["groups"]["daily_retention"] == "rollup"
    assert "assert_product_tables_agree" in found["checks"]
    assert found["zones"] == ["Asia/Kathmandu", "UTC"]
    assert found["schemas"] == ["analytics", "analytics_own"]


@pytest.mark.prove
def test_a_developers_target_leaves_production_untouched(
    project: Project, rollup: Rollup
) -> None:
    project.build()
    rollup.insert([Event(99, NOW - timedelta(days=1))])
    run = rollup.query("select run_id from analytics.rollup_state")
    tables = rollup.tables()
    project.build("--target=dev")
    developed = Rollup(
        rollup.connection, rollup.definitions, has_product=True, schema="dev_zoe"
    )
    checks = [
        project.run(FAST_DAU, "check", DBT_TARGET=target)
        for target in ("dev", "postgres")
    ]

    assert developed.tables() == developed.expected(NOW)
    assert rollup.query("select run_id from analytics.rollup_state") == run
    assert rollup.tables() == tables
    assert [check.returncode for check in checks] == [0, 1]
    assert rollup.query("select count(*) > 0 from dev_zoe_own.days") == [(True,)]


def test_init_makes_what_is_missing_and_leaves_alone_what_is_there(
    tmp_path: Path,
) -> None:
    folder = tmp_path / "Product usage"
    folder.mkdir()
    (folder / "packages.yml").write_text("packages: []\n")
    first = run_cli("init", "--project", str(folder))
    (folder / "dbt_project.yml").write_text("name: mine\n")
    (folder / ".gitignore").unlink()
    second = run_cli("init", "--project", str(folder))

    assert "made: dbt_project.yml, models/README.md, .gitignore, profiles" in (
        first.stdout
    )
    assert f"still to name `- local: {os.path.relpath(DBT_PROJECT_DIR, folder)}`" in (
        first.stdout
    )
    assert "made: .gitignore\n" in second.stdout
    assert "was there, and is as it was: dbt_project.yml, packages.yml" in second.stdout
    assert (folder / "dbt_project.yml").read_text() == "name: mine\n"
    assert "product_usage:" in (folder / "profiles.yml").read_text()


@pytest.mark.parametrize(
    ("arguments", "reason"),
    [
        ([str(ROOT / "usage")], "within fast-dau's own folder"),
        (["usage", "--dry-run"], "goes with no other option"),
        (["usage", "--reader=bi"], "goes with no other option"),
        (["/dev/null/usage"], "cannot be made"),
    ],
)
def test_init_refuses_a_place_that_is_none(arguments: list[str], reason: str) -> None:
    done = run_cli("init", "--project", *arguments)

    assert done.returncode > 0
    assert reason in done.stderr


@pytest.mark.parametrize(
    ("folder", "name"),
    [
        ("usage", "usage"),
        ("Zoë's usage", "zo__s_usage"),
        ("fast-dau", "my_fast_dau"),
        ("dbt", "my_dbt"),
        ("2024", "my_2024"),
    ],
)
def test_the_projects_name_is_the_folders_as_dbt_takes_it(
    folder: str, name: str
) -> None:
    assert project_name(Path("/srv") / folder) == name


def test_the_settings_in_the_project_are_those_there_are_at_their_defaults() -> None:
    template = ROOT / "orchestration/core/own_project/template/dbt_project.yml"
    shown = re.findall(
        r"^  # (fast_dau_\w+): (.*?)(?:  #|$)", template.read_text(), re.MULTILINE
    )
    page = (ROOT / "docs" / "settings.md").read_text()

    assert len(shown) >= 6
    assert [(n, d) for n, d in shown if f"| `{n}` | `{d}` |" not in page] == []


@pytest.fixture
def other(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return a dbt project without our package, in which the test is at work."""
    folder = tmp_path / "other"
    (folder / "models").mkdir(parents=True)
    (folder / "dbt_project.yml").write_text("{name: other, profile: other}")
    monkeypatch.chdir(folder / "models")
    return folder


def test_the_nearest_project_is_at_work_and_within_the_checkout_its_own(
    other: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    nearest = project_dir()
    monkeypatch.chdir(ROOT / "docs")

    assert nearest == other
    assert project_dir() == DBT_PROJECT_DIR


def test_the_schema_is_that_of_the_target(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("USER", "zoe")
    default = rollup_schema()
    monkeypatch.setenv("DBT_TARGET", "dev")

    assert (default, rollup_schema()) == ("analytics", "dev_zoe")


def test_a_project_without_the_package_is_refused(other: Path) -> None:
    with pytest.raises(UserError, match="no package fast_dau: run `dbt deps`"):
        settings.dbt_vars.__wrapped__()


@pytest.mark.parametrize(
    ("profile", "reason"),
    [
        ("other: {outputs: {prod: {schema: x}}}", "no 'default', which"),
        ("other: {target: prod, outputs: {prod: {}}}", "no 'schema', which"),
        ("mine: {}", "no 'other', which"),
        (
            "other: {target: x, outputs: {x: {schema: \"{{ env_var('NOT') }}\"}}}",
            "the variable NOT is not set",
        ),
        ("other: {{ nothing", "is not YAML"),
    ],
)
def test_a_profile_that_names_no_schema_is_refused(
    other: Path, profile: str, reason: str
) -> None:
    (other / "profiles.yml").write_text(profile)

    with pytest.raises(UserError, match=reason):
        rollup_schema()


def test_the_version_is_the_one_of_pyproject_everywhere() -> None:
    package = yaml.safe_load((DBT_PROJECT_DIR / "dbt_project.yml").read_text())
    changes = (ROOT / "CHANGELOG.md").read_text()

    assert run_cli("--version").stdout == f"fast-dau {package['version']}\n"
    assert f"\n## [{package['version']}]" in changes
