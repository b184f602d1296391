"""Every command of the README does what it says, in the README's order."""

import os
import re
import subprocess
from collections.abc import Iterator, Mapping, Sequence
from functools import partial
from pathlib import Path

import pytest

from orchestration.core import demands
from orchestration.core.connection import libpq_variables
from orchestration.core.manifest import STATE, models
from orchestration.core.settings import ROOT
from tests.clusters import cluster_folder
from tests.commands import FAST_DAU

README = (ROOT / "README.md").read_text()
BLOCKS = re.findall(r"```sh\n(.*?)```", README, re.DOTALL)
SCRIPTS = re.findall(r"```python\n(.*?)```", README, re.DOTALL)


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    """A folder that looks like the checkout to plain dbt, and may be written to."""
    folder = tmp_path / "checkout"
    folder.mkdir()
    for name in ("dbt_project", "profiles.yml"):
        (folder / name).symlink_to(ROOT / name)
    return folder


@pytest.fixture
def embedded_env(database_env: dict[str, str]) -> Iterator[dict[str, str]]:
    """An environment without PG* variables, whose embedded server is of its own."""
    named = libpq_variables(os.environ)
    path = f"{FAST_DAU.parent}{os.pathsep}{os.environ['PATH']}"
    with cluster_folder() as folder:
        yield {
            **{name: text for name, text in os.environ.items() if name not in named},
            "FAST_DAU_HOME": str(folder / "home"),
            "PATH": path,
        }


def run(script: str, folder: Path, environment: Mapping[str, str]) -> str:
    """Run a block of a page as a shell would; return what it printed."""
    done = subprocess.run(
        ["bash", "-euo", "pipefail", "-c", script],
        cwd=folder,
        env=environment,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )
    assert done.returncode == 0, f"{script}\n{done.stdout}"
    return done.stdout


def block_of(blocks: Sequence[str], text: str) -> str:
    """Return the one block that holds this text."""
    (found,) = (block for block in blocks if text in block)
    return found


block_with = partial(block_of, BLOCKS)


def test_no_block_is_left_out_of_the_tests_below() -> None:
    assert (len(BLOCKS), len(SCRIPTS)) == (14, 2)


@pytest.mark.prove
def test_the_blocks_for_the_embedded_server_run_as_they_stand(
    checkout: Path, embedded_env: dict[str, str]
) -> None:
    run("fast-dau demo --events 30000 --users 800", checkout, embedded_env)
    run(block_with("fast-dau dau\n"), checkout, embedded_env)
    run(block_with("fast-dau check"), checkout, embedded_env)
    run(block_with("fast-dau explain"), checkout, embedded_env)
    run(block_with("init --reader"), checkout, embedded_env)
    own = run(block_with("my_events.csv"), checkout, embedded_env)
    forgotten = run(block_with("fast-dau forget"), checkout, embedded_env)
    run(block_with("fast-dau db start"), checkout, embedded_env)

    answer = re.findall(r"2024-03-0[12] \w+ +(\d) +(\d)", own)
    assert answer == [("1", "1"), ("1", "1")]
    assert "User 17 is erased." in forgotten


@pytest.mark.prove
def test_the_blocks_for_a_server_of_ones_own_run_as_they_stand(
    checkout: Path, embedded_env: dict[str, str], database_env: dict[str, str]
) -> None:
    exports = " ".join(f"{name}='{text}'" for name, text in database_env.items())
    block = block_with("export PGHOST=")
    script = re.sub(
        r"^export PGHOST=.*$", f"export {exports}", block, flags=re.MULTILINE
    )

    run(script, checkout, embedded_env)
    project = checkout.parent / "usage"
    run(block_with("init --table"), project, embedded_env | database_env)
    run(block_with("dbt build --target"), project, embedded_env | database_env)
    rows, frame = (
        run(f"python - <<'END'\n{script}END", checkout, embedded_env | database_env)
        for script in SCRIPTS
    )

    assert rows == "[]\n"
    assert "retention_rate" in frame


@pytest.mark.prove
def test_the_blocks_for_production_run_as_they_stand(
    checkout: Path, embedded_env: dict[str, str], database_env: dict[str, str]
) -> None:
    # Of the days that the block rebuilds.
    events = "--events 1000 --users 50 --days 5 --end-date 2024-03-03"
    script = f"fast-dau init\nfast-dau generate {events}\n"
    script += block_with("--exclude-resource-type")

    run(script, checkout, embedded_env | database_env)
    run(block_with("init --change-log"), checkout, embedded_env | database_env)
    run(block_with("missing_events: purged"), checkout, embedded_env | database_env)


@pytest.mark.parametrize("command", ["make demo", "make test"])
def test_the_make_commands_exist(command: str) -> None:
    """They are what CI runs; running the tests from a test would not end."""
    planned = run(f"{command} --dry-run", ROOT, dict(os.environ))

    assert command in BLOCKS[0]
    assert {"make demo": "fast-dau demo", "make test": "pytest"}[command] in planned


def test_every_make_target_is_told_to_users_or_to_contributors() -> None:
    makefile, page = (ROOT / n for n in ("Makefile", "CONTRIBUTING.md"))
    targets = re.findall(r"^([a-z-]+):.*##", makefile.read_text(), re.MULTILINE)
    told = set(re.findall(r"`?make ([a-z-]+)", README + page.read_text()))

    assert len(targets) >= 12
    assert set(targets) <= told


def test_every_table_is_in_the_readme_and_described() -> None:
    section = README.partition("\n## The tables\n")[2].partition("\n## ")[0]

    told = re.findall(r"^\| `(\w+)` \| ", section, re.MULTILINE)
    assert sorted(told) == sorted([*models(), *STATE])


def test_every_environment_variable_that_is_read_is_explained() -> None:
    names = re.compile(r"['\"](PG[A-Z]+|FAST_DAU_\w+)['\"]")
    read: set[str] = set()
    for path in [ROOT / "profiles.yml", *ROOT.glob("orchestration/**/*.py")]:
        read |= set(names.findall(path.read_text()))
    example = (ROOT / "env.example").read_text()
    explained = set(re.findall(r"^#?(\w+)=", example, re.MULTILINE))

    assert {"PGHOST", "PGDATABASE", "FAST_DAU_PROJECT_DIR"} <= explained
    # Those are refused or, where the server is the embedded one, not asked of it.
    elsewhere = {"PGHOSTADDR", "PGSERVICE", *demands.NAMES}
    assert read - explained <= elsewhere
