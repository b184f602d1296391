"""When dbt is to parse the project: where any of its files is not as it was."""

import json
import os
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from orchestration.core import manifest as module
from orchestration.core.manifest import parsed

PACKAGE = "dbt_packages/fast_dau"
FOLDERS = ("models", "macros", "tests", "analyses", "seeds", f"{PACKAGE}/models")
AN_HOUR_AGO = time.time() - 3600
PROFILE = "usage: {target: prod, outputs: {prod: {type: postgres, schema: analytics}}}"


def manifest(
    project: str = "usage", engine: str = "postgres", schema: str = "analytics"
) -> str:
    """Return as much of a manifest as says what it was made for."""
    made_for = {"project_name": project, "adapter_type": engine}
    nodes = {"model.fast_dau.refresh_days": {"schema": schema}}
    return json.dumps({"metadata": made_for, "nodes": nodes})


@pytest.fixture
def parses(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[], bool]:
    """Return a function that tells whether dbt parses a project in tmp_path."""
    runs: list[str] = []

    def run_dbt(*_: Any) -> int:
        runs.append("parse")
        (tmp_path / "target" / "manifest.json").write_text(manifest())
        return 0

    def asked() -> bool:
        runs.clear()
        parsed()
        return bool(runs)

    for folder in FOLDERS:
        (tmp_path / folder).mkdir(parents=True)
        (tmp_path / folder / "one.sql").touch()
    (tmp_path / "dbt_project.yml").write_text("{name: usage, profile: usage}")
    (tmp_path / "profiles.yml").write_text(PROFILE)
    (tmp_path / PACKAGE / "dbt_project.yml").write_text("name: fast_dau")
    for path in [tmp_path, *tmp_path.rglob("*")]:
        os.utime(path, (AN_HOUR_AGO, AN_HOUR_AGO))
    monkeypatch.setenv("FAST_DAU_PROJECT_DIR", str(tmp_path))
    monkeypatch.delenv("DBT_TARGET_PATH")
    monkeypatch.setattr(module, "run_dbt", run_dbt)
    return asked


@pytest.mark.parametrize("folder", FOLDERS)
@pytest.mark.parametrize(
    "change",
    [
        pytest.param(lambda file: file.with_name("two.sql").touch(), id="come"),
        pytest.param(os.utime, id="changed"),
        pytest.param(Path.unlink, id="gone"),
    ],
)
def test_it_is_parsed_anew_once_where_a_file_has_come_changed_or_gone(
    parses: Callable[[], bool],
    tmp_path: Path,
    folder: str,
    change: Callable[[Path], None],
) -> None:
    parses()
    # The clock of a file system is coarse.
    os.utime(tmp_path / "target" / "manifest.json", (AN_HOUR_AGO + 60,) * 2)
    change(tmp_path / folder / "one.sql")

    assert [parses(), parses()] == [True, False]


@pytest.mark.parametrize(
    "other", [{"engine": "spark"}, {"project": "shop"}, {"schema": "dev_zoe"}]
)
def test_it_is_parsed_anew_where_it_was_parsed_for_another_target_or_project(
    parses: Callable[[], bool], tmp_path: Path, other: dict[str, str]
) -> None:
    parses()
    (tmp_path / "target" / "manifest.json").write_text(manifest(**other))

    assert [parses(), parses()] == [True, False]
