"""Dagster's own tools on this project: `dg`, and `dagster dev`."""

import os
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest
import yaml

from orchestration.core.settings import ROOT

BIN = Path(sys.executable).parent


def test_the_code_location_has_one_name_whoever_loads_it() -> None:
    tools = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]
    ours, production = (
        yaml.safe_load((ROOT / folder / "workspace.yaml").read_text())["load_from"][0]
        for folder in ("orchestration/pipeline/instance", "deploy")
    )
    code_server = (ROOT / "deploy/systemd/fast-dau-code.service").read_text()

    assert {
        tools["dagster"]["code_location_name"],
        tools["dg"]["project"]["code_location_name"],
        ours["python_module"]["location_name"],
        production["grpc_server"]["location_name"],
    } == {"fast_dau"}
    assert "--location-name fast_dau " in code_server


@pytest.mark.prove
@pytest.mark.parametrize(
    ("command", "answer"),
    [("check defs", "All definitions loaded successfully."), ("list defs", "backfill")],
)
def test_dg_finds_the_definitions_by_the_projects_file(
    command: str, answer: str
) -> None:
    done = subprocess.run(
        [BIN / "dg", *command.split()],
        cwd=ROOT,
        env={**os.environ, "VIRTUAL_ENV": str(BIN.parent)},
        capture_output=True,
        text=True,
        check=False,
    )

    assert (done.returncode, done.stderr) == (0, "")
    assert answer in done.stdout
