"""One embedded cluster for the whole session, and a database for each test."""

import itertools
import os
import shutil
import tempfile
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path

import pytest

from orchestration.core.connection import Connection, connect, libpq_variables
from orchestration.embedded.server import server, stop
from tests.clusters import QUICK, cluster_folder, copy_cluster, make_cluster
from tests.events_tables import execute, init
from tests.loading import Loading, make_events_table
from tests.midnight import wait_out_midnight
from tests.oracle import Definitions
from tests.rollup import Rollup
from tests.spark_fixtures import (  # noqa: F401  # pytest finds them here
    on_spark,
    pytest_runtest_makereport,
    pytest_xdist_make_scheduler,
    spark_cluster,
)
from tests.states import DATABASE, State, States
from tests.surroundings import leave_the_shell_behind

_numbers = itertools.count(1)


def pytest_configure(config: pytest.Config) -> None:
    """Take nothing from the shell; let dbt parse into a folder of this process's own.

    Before any test module is imported, as Dagster's definitions read the project then.
    """
    leave_the_shell_behind()
    folder = tempfile.TemporaryDirectory(prefix="fast-dau-dbt-")
    config.add_cleanup(folder.cleanup)
    os.environ["DBT_TARGET_PATH"] = f"{folder.name}/target"
    os.environ["DBT_LOG_PATH"] = f"{folder.name}/logs"
    os.environ["HYPOTHESIS_STORAGE_DIRECTORY"] = f"{folder.name}/hypothesis"


@pytest.fixture
def one_day() -> None:
    """Let no midnight pass in a test that looks at the real clock more than once."""
    wait_out_midnight()


@pytest.fixture(scope="session")
def folder() -> Iterator[Path]:
    """Yield the folder of the session's clusters."""
    with cluster_folder() as folder:
        yield folder


@pytest.fixture(scope="session")
def made_cluster(folder: Path) -> Path:
    """Return the home of a new cluster that is not running, to be copied."""
    home = folder / "made"
    make_cluster(home)
    return home


@pytest.fixture
def home(folder: Path, made_cluster: Path) -> Iterator[Path]:
    """Yield the home of a stopped cluster of the test's own, removed afterwards."""
    home = folder / f"home_{next(_numbers)}"
    copy_cluster(made_cluster, home)
    yield home
    stop(home)
    shutil.rmtree(home)


@pytest.fixture(scope="session")
def cluster(folder: Path) -> Iterator[dict[str, str]]:
    """Yield PGHOST to PGDATABASE of the session's server."""
    with server(folder / "session", settings=QUICK) as variables:
        yield variables


@pytest.fixture(scope="session")
def administration(cluster: dict[str, str]) -> Iterator[Connection]:
    """Yield a connection that makes and drops databases."""
    opened = connect(cluster)
    opened.autocommit = True
    yield opened
    opened.close()


@pytest.fixture(scope="session")
def states(cluster: dict[str, str], administration: Connection) -> States:
    """Return the states that tests of this session start from."""
    return States(cluster, administration)


@pytest.fixture
def state(request: pytest.FixtureRequest) -> State:
    """Return where the module's tests begin: its STATE, else an empty events table."""
    state: State = getattr(request.module, "STATE", State())
    return state


@pytest.fixture
def database_env(
    request: pytest.FixtureRequest,
    cluster: dict[str, str],
    administration: Connection,
    monkeypatch: pytest.MonkeyPatch,
) -> Iterator[dict[str, str]]:
    """Yield PGHOST to PGDATABASE of a new database, and set them in os.environ.

    It is empty, or a copy of the fixture `state` where the test needs one. No other PG*
    variable is set during the test.
    """
    for name in libpq_variables(os.environ):
        monkeypatch.delenv(name)
    template = "template1"
    if "state" in request.fixturenames:
        states: States = request.getfixturevalue("states")
        template = states.template(request.getfixturevalue("state"))
    variables = {**cluster, "PGDATABASE": DATABASE}
    for name, text in variables.items():
        monkeypatch.setenv(name, text)
    with administration.cursor() as cursor:
        # Copying the template's files takes half the time of logging every page.
        cursor.execute(
            f"create database {DATABASE} template {template} strategy file_copy"
        )
        yield variables
        cursor.execute(f"drop database {DATABASE} with (force)")


@pytest.fixture
def connection(database_env: dict[str, str]) -> Iterator[Connection]:
    """Yield a connection to the test's database, in autocommit mode."""
    opened = connect(database_env)
    opened.autocommit = True
    yield opened
    opened.close()


@pytest.fixture
def other(database_env: dict[str, str]) -> Iterator[Connection]:
    """Yield a second connection, not in autocommit mode."""
    opened = connect(database_env)
    yield opened
    opened.close()


@pytest.fixture
def loading(connection: Connection, tmp_path: Path) -> Loading:
    """Return what loads files into a new, empty events table."""
    return Loading(make_events_table(connection), tmp_path)


@pytest.fixture
def stranger(connection: Connection) -> Iterator[str]:
    """Yield the name of a role that has no rights; its password is `x`."""
    execute(connection, "create role events_writer login password 'x'")
    yield "events_writer"
    execute(
        connection,
        "reset role",
        "drop owned by events_writer",
        "drop role events_writer",
    )


@pytest.fixture
def rollup(connection: Connection, state: State) -> Rollup:
    """Return a rollup in the state that the fixture `state` names."""
    return Rollup(connection, state.definitions, has_product=state.has_product)


@pytest.fixture
def rollup_in(connection: Connection) -> Callable[[Definitions], Rollup]:
    """Return a function that opens a rollup over a new, empty events table."""
    return partial(_open_rollup, connection, has_product=False)


@pytest.fixture
def whole_rollup_in(connection: Connection) -> Callable[[Definitions], Rollup]:
    """Return such a function for a rollup that has the product tables too."""
    return partial(_open_rollup, connection, has_product=True)


def _open_rollup(
    connection: Connection, definitions: Definitions, *, has_product: bool
) -> Rollup:
    init(connection)
    return Rollup(connection, definitions, has_product=has_product)
