"""Commands of docs/production.md that need no systemd do what the page says."""

import os
import re
import shlex
import sys
from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path
from random import Random

import pytest

from orchestration.core.connection import Connection
from orchestration.core.settings import ROOT
from orchestration.embedded.binaries import program
from orchestration.source.table import init_events_table
from tests.clusters import query
from tests.events_tables import EVENTS, execute
from tests.made_up_events import eventful_days
from tests.oracle import Definitions
from tests.pipelines import OWNER, PASSWORD, ROLE, roles, user
from tests.rollup import Rollup
from tests.test_readme import block_of
from tests.test_readme import run as run_as_a_shell

PAGE = (ROOT / "docs" / "production.md").read_text()
BLOCKS = re.findall(r"```(?:sh|sql)\n(.*?)```", PAGE, re.DOTALL)
block_with = partial(block_of, BLOCKS)
NOW = datetime(2024, 4, 5, 12)


def run(script: str, environment: Mapping[str, str], **places: str) -> str:
    """Run a block as root would, with other names for its places."""
    path = (
        f"{program('psql').parent}:{Path(sys.executable).parent}:{os.environ['PATH']}"
    )
    for privilege in ("sudo ", "deploy/as_service "):
        script = script.replace(privilege, "")
    for place, here in places.items():
        script = script.replace(place, shlex.quote(here))
    return run_as_a_shell(script, ROOT, {**os.environ, **environment, "PATH": path})


@pytest.fixture
def installed(
    connection: Connection, database_env: dict[str, str], administration: Connection
) -> Iterator[Connection]:
    """The test's database with events and a change log, after the psql commands."""
    with roles(administration, OWNER):
        init_events_table(connection, EVENTS, print, change_log=True)
        made = run(block_with("psql -d product -f"), {}, product="test")
        assert "WARNING" not in made
        for name in (ROLE, "dagster"):
            execute(connection, f"alter role {name} password '{PASSWORD}'")
        yield connection
        execute(connection, f"drop owned by {ROLE} cascade")
        execute(administration, "drop database dagster with (force)")


def test_the_environment_file_is_for_its_owner_only(tmp_path: Path) -> None:
    install, edit = block_with("install -D -m 0600").splitlines()
    run(install, {}, **{"/etc/fast-dau": f"{tmp_path}/etc"})
    file = tmp_path / "etc" / "environment"

    assert edit == "sudo editor /etc/fast-dau/environment"
    assert file.stat().st_mode & 0o777 == 0o600
    assert file.read_text() == (ROOT / "deploy" / "environment.example").read_text()


def test_dagsters_storage_is_made_migrated_and_watched(
    installed: Connection, database_env: dict[str, str], tmp_path: Path
) -> None:
    (tmp_path / "dagster.yaml").symlink_to(ROOT / "deploy" / "dagster.yaml")
    storage = user({**database_env, "PGDATABASE": "dagster"}, "dagster")
    environment = {f"DAGSTER_{name}": text for name, text in storage.items()}
    done = run(
        block_with("instance migrate"), environment | {"DAGSTER_HOME": str(tmp_path)}
    )

    assert PASSWORD not in done
    assert query(storage, block_with("from runs")) == []


def test_the_tables_are_watched_dumped_and_restored(
    installed: Connection, database_env: dict[str, str], tmp_path: Path
) -> None:
    role = user(database_env, ROLE)
    rollup = Rollup(installed, Definitions())
    rollup.insert(eventful_days(Random(2), NOW - timedelta(days=9), 9))
    with pytest.MonkeyPatch.context() as patch:
        for name, text in role.items():
            patch.setenv(name, text)
        rollup.build(NOW)
        before = rollup.tables()
        watched = block_with("since_last_run").split(";\n")
        state, log, _ = (query(role, one) for one in watched if one.strip())
        places = {"analytics.dump": f"{tmp_path}/dump", "product": "test"}
        run(block_with("pg_dump"), database_env, **places)
        rollup.execute("drop schema analytics cascade")
        run(block_with("pg_restore"), database_env, **places)
        restored = rollup.tables()
        rollup.build(NOW, refresh="full")

    assert state[0][1] == 0
    assert log == [(0, None)]
    assert restored == before == rollup.tables()


def test_every_file_that_the_page_names_is_there() -> None:
    named = set(re.findall(r"deploy/[\w./]*\w", PAGE)) | {
        f"deploy/{name}" for name in re.findall(r"`(\w+\.sql)`", PAGE)
    }

    assert {"deploy/pipeline_role.sql", "deploy/as_service"} <= named
    assert [name for name in named if not (ROOT / name).exists()] == []
