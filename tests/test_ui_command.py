"""`fast-dau ui`: it comes up on the right database, and ends with all it started."""

import os
import re
import signal
import socket
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from dagster import DagsterInstance, DagsterRun, DagsterRunStatus

from orchestration.core.connection import Connection
from orchestration.core.settings import events_table
from orchestration.embedded.server import running
from orchestration.source.table import init_events_table
from tests.commands import refusal, run_cli
from tests.dbt_processes import TURN_LOCK, TURN_LOCK_IS_AWAITED
from tests.events_tables import execute, fetch
from tests.ui_processes import UI, free_port, started_ui
from tests.ui_processes import dagster_home as made_dagster_home


@pytest.fixture
def dagster_home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A DAGSTER_HOME of the test's own."""
    folder = made_dagster_home(tmp_path)
    monkeypatch.setenv("DAGSTER_HOME", str(folder))
    return folder


@contextmanager
def run_in_progress(connection: Connection, folder: Path) -> Iterator[tuple[UI, str]]:
    """Yield a UI and the id of its run, whose dbt waits for the run lock."""
    init_events_table(connection, events_table(), print)
    execute(connection, f"select pg_advisory_lock({TURN_LOCK})")
    with started_ui(os.environ, folder) as ui:
        run_id = ui.launch("hourly_incremental")
        condition = f"select {TURN_LOCK_IS_AWAITED} from pg_sleep(0.05)"
        while fetch(connection, condition) != [(True,)]:
            assert ui.process.poll() is None
            assert ui.status(run_id) != "FAILURE"
        assert any("dbt build" in line for line in ui.left())
        yield ui, run_id


def recorded_run(dagster_home: Path, run_id: str) -> DagsterRun:
    """Return the run as Dagster will find it when it starts again."""
    with DagsterInstance.from_config(str(dagster_home)) as instance:
        run = instance.get_run_by_id(run_id)
    assert run is not None
    return run


@pytest.mark.prove
def test_ctrl_c_ends_a_run_in_progress_and_everything_else(
    connection: Connection, dagster_home: Path, tmp_path: Path
) -> None:
    # Dagster would take its variables over those of the environment.
    (tmp_path / ".env").write_text("PGHOST=127.0.0.1\nPGPORT=1\n")

    with run_in_progress(connection, tmp_path) as (ui, run_id):
        code = ui.receive(signal.SIGINT)
        left = ui.left()
    run = recorded_run(dagster_home, run_id)

    assert (code, left) == (0, [])
    assert f"http://127.0.0.1:{ui.port}\n" in ui.output
    assert ui.output.endswith("The UI has stopped, and all that it had started.\n")
    assert "Traceback" not in ui.output
    # Dagster begins such a run again, which one whose dbt had failed it would not.
    assert run.status is DagsterRunStatus.FAILURE
    assert run.tags["dagster/failure_reason"] == "UNEXPECTED_TERMINATION"


@pytest.mark.prove
def test_after_a_kill_of_the_ui_nothing_lives_on(
    connection: Connection, dagster_home: Path, tmp_path: Path
) -> None:
    with run_in_progress(connection, tmp_path) as (ui, run_id):
        ui.receive(signal.SIGKILL)
        ui.wait_until_all_have_ended()
    run = recorded_run(dagster_home, run_id)

    assert run.status is DagsterRunStatus.FAILURE


@pytest.mark.prove
def test_a_signal_ends_the_ui_and_then_the_embedded_server(
    home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in [name for name in os.environ if name.startswith("PG")]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("FAST_DAU_HOME", str(home))

    # Without an events table.
    with started_ui(os.environ, tmp_path) as ui:
        second = run_cli("ui", "--port", "1025")
        is_server_up = running(home) is not None
        with urllib.request.urlopen(f"http://127.0.0.1:{ui.port}/server_info") as page:
            answer = page.status
        code = ui.receive(signal.SIGTERM)
        left = ui.left()

    assert (answer, is_server_up) == (200, True)
    assert (code, left, running(home)) == (128 + signal.SIGTERM, [], None)
    assert (home / "dagster" / "dagster.yaml").exists()
    assert second.returncode == 2
    assert re.fullmatch(r"fast-dau: A UI already runs on .*\n", second.stderr)


def test_an_address_that_nothing_can_listen_on_is_refused_before_anything_starts(
    home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("FAST_DAU_HOME", str(home))
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        in_use = refusal("ui", "--port", str(port))
    nowhere = refusal("ui", "--host", "my..host")

    cannot = "fast-dau: Nothing can listen on"
    assert re.fullmatch(rf"{cannot} 127.0.0.1:{port} \(.*\): .*\n", in_use)
    assert nowhere.startswith(f"{cannot} my..host:3000 (no name of a host): ")
    assert nowhere.count("\n") == 1
    assert not (home / "dagster").exists()


def test_an_address_that_others_can_reach_brings_a_warning(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("DAGSTER_HOME", "not/absolute")

    port = f"--port={free_port()}"
    exposed = refusal("ui", "--host", "0.0.0.0", port)  # noqa: S104  # nothing starts
    private = refusal("ui", "--host", "localhost", port)

    assert "no log-in" in exposed
    assert re.fullmatch(r"fast-dau: DAGSTER_HOME is 'not/absolute', .*\n", private)


def test_where_dagster_does_not_start_its_last_words_are_shown(
    database_env: dict[str, str], dagster_home: Path
) -> None:
    (dagster_home / "dagster.yaml").write_text("no_such_setting: 1\n")

    done = run_cli("ui", "--port", "1025")

    assert done.returncode == 1
    assert re.match(r"fast-dau: Dagster did not start: .*no_such_setting", done.stderr)
    assert str(dagster_home / "ui.log") in done.stderr
    assert len(done.stderr.splitlines()) == 1
