"""Dagster's settings: what is stored where, and which runs begin again."""

import json
import logging
from collections.abc import Iterator
from pathlib import Path

import dagster as dg
import psycopg2
import pytest
import yaml

from orchestration.core.connection import Connection, connect
from orchestration.core.settings import ROOT
from orchestration.pipeline.instance.prepare import SERVER_TAG, main
from tests.events_tables import execute, fetch
from tests.pipelines import OWNER, PASSWORD, psql, roles, user

PRODUCTION = ROOT / "deploy" / "dagster.yaml"
LOCAL = ROOT / "orchestration/pipeline/instance/dagster.yaml"
SOCKET = "/run/fast-dau/code.sock"


@pytest.fixture(scope="module")
def storage(
    cluster: dict[str, str], administration: Connection
) -> Iterator[dict[str, str]]:
    """PGHOST to PGDATABASE of Dagster's own database, as its role."""
    with roles(administration, OWNER):
        for _ in range(2):
            done = psql(cluster, "dagster_database.sql")
            assert (done.returncode, done.stderr) == (0, "")
        execute(administration, f"alter role dagster password '{PASSWORD}'")
        yield user({**cluster, "PGDATABASE": "dagster"}, "dagster")
        execute(administration, "drop database dagster with (force)")


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Dagster's home in production, with the settings linked into it."""
    (tmp_path / "dagster.yaml").symlink_to(PRODUCTION)
    monkeypatch.setenv("DAGSTER_HOME", str(tmp_path))
    return tmp_path


@pytest.fixture
def production(
    home: Path, storage: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> Iterator[dg.DagsterInstance]:
    """The instance that the services of production use."""
    for name, text in storage.items():
        monkeypatch.setenv(f"DAGSTER_{name}", text)
    with dg.DagsterInstance.get() as instance:
        yield instance


@dg.asset
def counted() -> dg.MaterializeResult[None]:
    """An asset with something to say."""
    return dg.MaterializeResult(metadata={"rows": 7})


@dg.asset
def wrong() -> None:
    """An asset that a failed data test fails."""
    raise dg.Failure("a data test failed")


@dg.job
def nothing() -> None:
    """A job for runs that only their record is needed of."""


def begun(
    instance: dg.DagsterInstance,
    status: dg.DagsterRunStatus = dg.DagsterRunStatus.STARTED,
    socket: str | None = SOCKET,
) -> str:
    """Record a run that began at the code server of a socket; return its id."""
    tags = {SERVER_TAG: json.dumps({"host": "localhost", "socket": socket})}
    run = instance.create_run_for_job(
        nothing, status=status, tags=tags if socket else {}
    )
    return run.run_id


def will_retry(instance: dg.DagsterInstance, run_id: str) -> tuple[str, str | None]:
    """Return how a run stands, and whether the daemon will begin it again."""
    run = instance.get_run_by_id(run_id)
    assert run
    return run.status.value, run.tags.get("dagster/will_retry")


def test_events_are_written_to_postgres_and_read_back(
    production: dg.DagsterInstance, storage: dict[str, str], home: Path
) -> None:
    run = dg.materialize([counted], instance=production)
    event = production.get_latest_materialization_event(dg.AssetKey("counted"))
    with connect(storage) as connection:
        rows = fetch(
            connection,
            "select count(*) filter (where dagster_event_type = 'PIPELINE_SUCCESS')"
            f" from event_logs where run_id = '{run.run_id}'",
        )

    assert event
    assert event.asset_materialization
    assert event.asset_materialization.metadata["rows"].value == 7
    assert rows == [(1,)]
    assert not list(home.rglob("*.db"))


def test_a_run_that_a_data_test_failed_is_not_retried(
    production: dg.DagsterInstance,
) -> None:
    run = dg.materialize([wrong], instance=production, raise_on_error=False)

    assert will_retry(production, run.run_id) == ("FAILURE", "false")


def test_a_run_whose_code_server_was_killed_is_retried_and_no_other_touched(
    production: dg.DagsterInstance, capsys: pytest.CaptureFixture[str]
) -> None:
    """Before the code server starts."""
    killed = begun(production)
    canceled = begun(production, dg.DagsterRunStatus.CANCELING)
    over = begun(production, dg.DagsterRunStatus.SUCCESS)
    at_work = [begun(production, socket=one) for one in (None, "/run/other.sock")]
    main([SOCKET])

    assert sorted(capsys.readouterr().out.splitlines()) == sorted(
        f"ended the record of the run {run_id}, which was killed"
        for run_id in (killed, canceled)
    )
    assert will_retry(production, killed) == ("FAILURE", "true")
    assert will_retry(production, canceled) == ("CANCELED", None)
    assert will_retry(production, over) == ("SUCCESS", None)
    assert {will_retry(production, one) for one in at_work} == {("STARTED", None)}
    main([SOCKET])
    assert capsys.readouterr().out == ""


def test_the_password_is_in_nothing_that_dagster_shows_or_hands_on(
    production: dg.DagsterInstance,
) -> None:
    shown = production.info_str()
    handed_on = dg.serialize_value(production.get_ref())

    assert "DAGSTER_PGPASSWORD" in handed_on
    assert PASSWORD not in shown + handed_on


def test_a_refused_password_is_in_no_message(
    home: Path,
    storage: dict[str, str],
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    for name, text in (storage | {"PGPASSWORD": "mistaken"}).items():
        monkeypatch.setenv(f"DAGSTER_{name}", text)
    # Five attempts, with seconds between them.
    monkeypatch.setattr("dagster_postgres.utils.time.sleep", lambda _: None)
    with caplog.at_level(logging.DEBUG), pytest.raises(Exception) as refused:  # noqa: PT011  # of whichever class
        dg.DagsterInstance.get()

    assert "password authentication failed" in caplog.text
    assert "mistaken" not in caplog.text + repr(refused.value)


def test_local_and_production_settings_differ_in_the_storage_only() -> None:
    production, local = (
        yaml.safe_load(path.read_text()) for path in (PRODUCTION, LOCAL)
    )

    assert "storage" not in local
    assert production == local | {"storage": production["storage"]}


def test_nobody_but_its_role_can_connect_to_dagsters_database(
    storage: dict[str, str],
) -> None:
    with pytest.raises(psycopg2.OperationalError, match="permission denied"):
        psycopg2.connect(
            host=storage["PGHOST"],
            port=storage["PGPORT"],
            dbname="dagster",
            user=OWNER,
            password=PASSWORD,
        )
