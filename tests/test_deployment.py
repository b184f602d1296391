"""The units, the environment file and the commands that production is set up with."""

import os
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest
import yaml

from orchestration.core.settings import ROOT

DEPLOY = ROOT / "deploy"
UNITS = DEPLOY / "systemd"
EXAMPLE = (DEPLOY / "environment.example").read_text()
VERIFY = shutil.which("systemd-analyze")


def explained(example: str) -> dict[str, str]:
    """Return the variables that an example has, and the values it gives them."""
    return dict(re.findall(r"^#?([A-Z_]+)=(.*)$", example, re.MULTILINE))


@pytest.fixture
def units() -> Iterator[Path]:
    """Yield an empty folder whose path has neither blanks nor other letters.

    A unit names no others without a syntax of their own.
    """
    temporary = "/var/tmp"  # noqa: S108  # the folder made in it is private
    with tempfile.TemporaryDirectory(dir=temporary) as name:
        yield Path(name)


def rendered_units(folder: Path) -> list[str]:
    """Copy the units for this checkout and environment, which verify looks into."""
    (folder / "bin").symlink_to(Path(sys.executable).parent)
    (folder / "checkout").symlink_to(ROOT)
    places = {
        "/srv/fast-dau/.venv/bin": f"{folder}/bin",
        "/srv/fast-dau": f"{folder}/checkout",
    }
    for unit in [path for path in UNITS.rglob("*") if path.is_file()]:
        text = unit.read_text()
        for place, here in places.items():
            text = text.replace(place, here)
        copy = folder / unit.relative_to(UNITS)
        copy.parent.mkdir(exist_ok=True)
        copy.write_text(text)
    return [path.name for path in UNITS.iterdir() if path.is_file()]


@pytest.mark.skipif(
    VERIFY is None and os.environ.get("CI") != "true",
    reason="systemd-analyze is not installed",
)
def test_the_units_are_as_systemd_wants_them(units: Path) -> None:
    assert VERIFY
    done = subprocess.run(
        [VERIFY, "verify", *rendered_units(units)],
        # The system's own units are looked up as well: hence the colon.
        env={**os.environ, "SYSTEMD_UNIT_PATH": f"{units}:"},
        capture_output=True,
        text=True,
        check=False,
    )

    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")


def test_the_target_wants_every_service_and_the_page_explains_it() -> None:
    target = (UNITS / "fast-dau.target").read_text()
    page = (ROOT / "docs" / "production.md").read_text()
    services = {path.stem for path in UNITS.glob("*.service")}

    (wanted,) = re.findall(r"^Wants=(.*)$", target, re.MULTILINE)
    assert {name.removesuffix(".service") for name in wanted.split()} == services
    assert set(re.findall(r"^\| `(fast-dau-\w+)` \| ", page, re.MULTILINE)) == services


def test_the_code_server_is_where_the_others_look_for_it() -> None:
    workspace = yaml.safe_load((DEPLOY / "workspace.yaml").read_text())
    server = workspace["load_from"][0]["grpc_server"]
    unit = (UNITS / "fast-dau-code.service").read_text()

    assert f"--socket {server['socket']} " in unit
    assert f"--location-name {server['location_name']} " in unit
    assert f"prepare {server['socket']}\n" in unit


def test_every_variable_of_a_server_is_in_the_environment_file() -> None:
    # Of the embedded server, of the units themselves, and of the tests.
    elsewhere = {"FAST_DAU_HOME", "DAGSTER_HOME", "FAST_DAU_CHROMIUM"}
    wanted = set(explained((ROOT / "env.example").read_text())) - elsewhere
    storage = re.findall(r"env: (\w+)", (DEPLOY / "dagster.yaml").read_text())

    assert wanted | set(storage) <= set(explained(EXAMPLE))


def test_the_environment_file_holds_no_password() -> None:
    passwords = [text for name, text in explained(EXAMPLE).items() if "PASSW" in name]

    assert passwords == [""] * 4
