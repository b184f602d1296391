"""The `fast-dau load` command itself: what it prints, and its exit codes."""

from pathlib import Path

from tests.commands import run_cli
from tests.events_tables import execute
from tests.loading import Loading

CSV = "customer;ts\nann;2024-01-02T03:04:05+02:00\n;\nbob;2024-01-03 00:00:00\n"
OPTIONS = ("--columns", "user_id=customer,performed_at=ts", "--delimiter", ";")


def test_the_command_loads_and_says_what_to_do_next(loading: Loading) -> None:
    path = loading.file(CSV)
    refused = run_cli("load", str(path), *OPTIONS)
    loaded = run_cli("load", str(path), *OPTIONS, "--hash-users")
    execute(loading.connection, "create schema analytics create table refresh_days ()")
    again = run_cli("load", str(path), *OPTIONS, "--hash-users")

    info = loading.connection.info
    where = (
        f"Events go into public.events, in the database {info.dbname} at "
        f"{info.host}:{info.port}.\n"
    )
    assert (refused.returncode, refused.stdout) == (2, where)
    assert refused.stderr == (
        f"fast-dau: {path}, line 2, column customer: 'ann' is not an integer "
        "(--hash-users gives each text id an integer); nothing was loaded.\n"
    )
    assert (loaded.returncode, loaded.stderr) == (0, "")
    assert loaded.stdout == where + (
        f"Loaded 3 events from {path} into public.events; next: fast-dau dbt build\n"
        "Their days are from 2024-01-02 to 2024-01-03 (UTC).\n"
        "Not counted: 1 events without a time: fast_dau_events_columns names the "
        "column that is read as performed_at\n"
    )
    assert again.stdout == loaded.stdout + (
        "Events of days that were rolled up before are picked up by: "
        "fast-dau dbt build --vars 'fast_dau_refresh: full'\n"
    )
    assert len(loading.stored()) == 6


def test_without_a_table_the_command_says_how_to_make_one(
    database_env: dict[str, str], tmp_path: Path
) -> None:
    result = run_cli("load", str(tmp_path / "events.csv"))

    assert (result.returncode, result.stdout) == (2, "")
    assert result.stderr.startswith("fast-dau: There is no table public.events: create")
