"""The variables of a person who has other projects: none of them is for this one."""

import os
from collections.abc import Mapping
from pathlib import Path

PSQLRC = "\\timing on\n\\x on\n\\pset null '(none)'\n\\set AUTOCOMMIT off\n"
# What a test needs from the shell that it is started in.
_KEPT = ("CI", "FAST_DAU_CHROMIUM", "PATH")
_FOREIGN: Mapping[str, str] = {
    # Postgres: another server, which answers nobody, and what it wants.
    "PGHOST": "db.invalid",
    "PGHOSTADDR": "127.0.0.1",
    "PGPORT": "5432",
    "PGUSER": "zoë",
    "PGPASSWORD": "s3cret",
    "PGDATABASE": "shop",
    "PGSERVICE": "shop",
    "PGSSLMODE": "verify-full",
    "PGOPTIONS": "-c search_path=shop -c statement_timeout=1",
    "PGTZ": "America/St_Johns",
    "PGDATESTYLE": "German",
    "PGCLIENTENCODING": "LATIN1",
    "PGTARGETSESSIONATTRS": "standby",
    "PGDATA": "/var/lib/postgresql/data",
    # dbt: another project's.
    "DBT_PROFILE": "shop",
    "DBT_TARGET": "prod",
    "DBT_FULL_REFRESH": "1",
    "DBT_LOG_FORMAT": "json",
    "DBT_LOG_LEVEL": "error",
    "DBT_INDIRECT_SELECTION": "empty",
    "DBT_WRITE_JSON": "0",
    "DBT_QUIET": "1",
    # Ours, for another rollup, and the programs that this project starts.
    "FAST_DAU_SCHEMA": "shop",
    "SPARK_HOST": "spark.invalid",
    "SPARK_PORT": "10001",
    "SMTP_HOST": "smtp.invalid",
    "DAGSTER_PGHOST": "db.invalid",
    "EVENTS": "all",
    "HTTP_PROXY": "http://proxy.invalid:3128",
    "http_proxy": "http://proxy.invalid:3128",
    # The terminal and Python.
    "COLUMNS": "40",
    "LINES": "10",
    "TERM": "xterm-256color",
    "FORCE_COLOR": "1",
    "PAGER": "less",
    "PSQL_PAGER": "less",
    "PYTHONIOENCODING": "ascii:backslashreplace",
    "PYTHONUNBUFFERED": "1",
    "PYTHONHASHSEED": "7",
    # Tomorrow already, or the day after; and a language that is not installed.
    "TZ": "Pacific/Kiritimati",
    "LANG": "tr_TR.UTF-8",
    "LC_ALL": "C",
    "LANGUAGE": "tr:de",
}


def foreign_variables(home: Path, temporary: Path) -> dict[str, str]:
    """Return the whole environment of somebody with this home and folder for files."""
    return {
        **{name: os.environ[name] for name in _KEPT if name in os.environ},
        **_FOREIGN,
        "HOME": str(home),
        "TMPDIR": str(temporary),
        "PGPASSFILE": str(home / "no such file"),
        "DBT_PROFILES_DIR": str(home / ".dbt"),
        "DBT_PROJECT_DIR": str(home / "shop"),
        "DBT_TARGET_PATH": str(home / "shop" / "target"),
        "DAGSTER_HOME": str(home / "dagster"),
        "FAST_DAU_HOME": str(home / "fast-dau"),
        "FAST_DAU_PROJECT_DIR": str(home / "shop"),
        "SPARK_HOME": str(home / "spark"),
    }
