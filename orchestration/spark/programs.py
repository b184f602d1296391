"""The programs of the `pyspark` wheel, which has no scripts that start a cluster."""

import importlib.util
import os
from collections.abc import Mapping
from pathlib import Path

from orchestration.core.errors import UserError
from orchestration.spark.home import Settings, SparkHome
from orchestration.spark.processes import Role

HOST = "127.0.0.1"
# Debian's libpostgresql-jdbc-java, for events that are read from Postgres.
_POSTGRES_DRIVER = Path("/usr/share/java/postgresql.jar")
_SERVER_MEMORY = "2g"
_DAEMON_MEMORY = "512m"

# What a user's shell may have set for another Spark does not reach this one.
_KEPT = ("HOME", "JAVA_HOME", "LANG", "PATH", "TMPDIR", "USER")


def require_packages() -> Path:
    """Return the folder of the wheel's programs.

    Raises UserError where it, or what speaks to Spark, is not installed.
    """
    specs = {name: importlib.util.find_spec(name) for name in ("pyspark", "pyhive")}
    missing = [name for name, spec in specs.items() if spec is None]
    spark = specs["pyspark"]
    if missing or spark is None or not spark.origin:
        raise UserError(
            f"The package {' and '.join(missing)} is not installed: "
            "pip install 'fast-dau[spark]'"
        )
    return Path(spark.origin).parent


def environment(home: SparkHome, programs: Path, *, is_server: bool) -> dict[str, str]:
    """Return a program's environment: loopback only, and none of the user's.

    Spark takes the memory of the Thrift Server from there too, before any setting.
    """
    return {
        **{name: os.environ[name] for name in _KEPT if name in os.environ},
        "SPARK_HOME": str(programs),
        "SPARK_LOCAL_IP": HOST,
        "SPARK_LOCAL_DIRS": str(home.work),
        "SPARK_DAEMON_MEMORY": _SERVER_MEMORY if is_server else _DAEMON_MEMORY,
        "SPARK_MASTER_OPTS": "-Dspark.master.rest.enabled=false "
        # A cluster for tests is one whose executors are killed.
        "-Dspark.deploy.maxExecutorRetries=-1",
    }


def master(settings: Settings) -> list[str]:
    """Return the arguments of spark-class for the master."""
    port = str(settings.master_port)
    return [Role.MASTER, "--host", HOST, "--port", port, "--webui-port", "0"]


def worker(home: SparkHome, settings: Settings, name: str) -> list[str]:
    """Return the arguments of spark-class for one worker, of one core."""
    return [
        Role.WORKER,
        *("--host", HOST, "--webui-port", "0", "--cores", "1"),
        *("--memory", settings.memory, "--work-dir", str(home.work / name)),
        _address(settings),
    ]


def thrift_server(
    home: SparkHome, settings: Settings, more: Mapping[str, str]
) -> list[str]:
    """Return the arguments of spark-submit for the server that clients talk to."""
    configuration = {
        "spark.driver.host": HOST,
        "spark.driver.bindAddress": HOST,
        "spark.executor.memory": settings.memory,
        "spark.ui.enabled": "false",
        "spark.sql.shuffle.partitions": "4",
        "spark.sql.metadataCacheTTLSeconds": "10",
        "spark.sql.legacy.allowNonEmptyLocationInCTAS": "true",
        "spark.sql.warehouse.dir": home.warehouse.as_uri(),
        "spark.hadoop.javax.jdo.option.ConnectionURL": (
            f"jdbc:derby:{home.metastore};create=true"
        ),
        "spark.hadoop.hive.server2.thrift.port": str(settings.port),
        "spark.hadoop.hive.server2.thrift.bind.host": HOST,
        # The metastore is opened anew for each user of each thread: by default, for
        # each statement.
        "spark.hadoop.hive.server2.enable.doAs": "false",
        "spark.hadoop.hive.server2.async.exec.threads": "8",
        # They would lie in a folder that all servers of a user share, and the first of
        # them to stop deletes.
        "spark.hadoop.hive.server2.logging.operation.enabled": "false",
        **more,
    }
    if _POSTGRES_DRIVER.exists():
        # Not `spark.jars`: the server lets go of those when it closes a session.
        for program in ("driver", "executor"):
            configuration[f"spark.{program}.extraClassPath"] = str(_POSTGRES_DRIVER)
    options = [["--conf", f"{key}={text}"] for key, text in configuration.items()]
    return [
        *("--class", Role.THRIFT_SERVER, "--master", _address(settings)),
        *(word for option in options for word in option),
        "spark-internal",
    ]


def _address(settings: Settings) -> str:
    return f"spark://{HOST}:{settings.master_port}"
