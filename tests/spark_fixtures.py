"""The Spark cluster of tests marked `spark`, and which process runs which of them."""

import re
from collections.abc import Callable, Generator, Iterator
from pathlib import Path
from typing import Any

import pytest
from xdist.scheduler import LoadScopeScheduling

from benchmarks.spark.event_log import logged_to
from orchestration.spark.cluster import Cluster
from orchestration.spark.cluster import start as start_spark
from orchestration.spark.cluster import stop as stop_spark
from orchestration.spark.home import spark_home
from tests.oracle import Definitions
from tests.rollup import Rollup
from tests.spark_rollup import SparkRollup, event_log

# For so few rows, to write Java and to compile it well takes longer than it saves.
_JAVA = (
    "-XX:+UseSerialGC -XX:MetaspaceSize=400m -XX:TieredStopAtLevel=1"
    # Or, of one compiler's code, there would be room for 48 MB, which is too little.
    " -XX:ReservedCodeCacheSize=240m"
)
QUICK_SPARK = {
    "spark.sql.codegen.wholeStage": "false",
    "spark.sql.codegen.factoryMode": "NO_CODEGEN",
    "spark.driver.extraJavaOptions": _JAVA,
    "spark.executor.extraJavaOptions": _JAVA,
}


@pytest.fixture(scope="session")
def spark_cluster(folder: Path) -> Iterator[Cluster]:
    """Yield a Spark cluster of two workers, for tests marked `spark`."""
    home = spark_home(folder / "spark")
    log = event_log(home)
    log.mkdir()
    with home.held():
        cluster = start_spark(home, 2, "1g", QUICK_SPARK | logged_to(log))
    yield cluster
    stop_spark(home)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    item: pytest.Item,
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Show what the server complained of last, where a test of its cluster fails."""
    report = yield
    cluster = getattr(item, "funcargs", {}).get("spark_cluster")
    if report.failed and cluster:
        log = cluster.home.log("thrift-server").read_text(errors="replace")
        complaints = re.findall(
            r"^.*(?: ERROR |Error\b|Exception\b).*$", log, re.MULTILINE
        )
        report.sections.append(("Spark's Thrift Server", "\n".join(complaints[-40:])))
    return report


@pytest.fixture
def on_spark(
    spark_cluster: Cluster,
    database_env: dict[str, str],
    whole_rollup_in: Callable[[Definitions], Rollup],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> Callable[[Definitions], SparkRollup]:
    """Return a function that opens a rollup on both engines, over the same events."""
    for name in ("SPARK_HOST", "SPARK_PORT"):
        monkeypatch.setenv(name, spark_cluster.variables[name])

    def opened(definitions: Definitions) -> SparkRollup:
        rollup = whole_rollup_in(definitions)
        return SparkRollup(rollup, database_env, spark_cluster, tmp_path)

    return opened


class _OneWithTheCluster(LoadScopeScheduling):  # type: ignore[misc]
    """One process has the session's cluster, another follows the page on its own."""

    def _split_scope(self, nodeid: str) -> str:
        return "page" if "test_spark_page" in nodeid else "cluster"


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(
    config: pytest.Config, log: Any
) -> LoadScopeScheduling | None:
    """Share out the tests, where `make test-spark` asks for `--dist loadscope`."""
    if config.getoption("dist") != "loadscope":
        return None
    return _OneWithTheCluster(config, log)
