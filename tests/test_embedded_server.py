"""The embedded server: made where needed, shared, stopped by its last user."""

import socket
from contextlib import ExitStack
from pathlib import Path

import pytest

from orchestration.core.errors import Failure
from orchestration.core.locks import exclusive_if_free
from orchestration.embedded import placement
from orchestration.embedded.server import keep_running, running, server, stop
from tests.clusters import QUICK, other_user, query


def test_an_empty_folder_of_any_name_becomes_a_server(folder: Path) -> None:
    home = folder / 'it\'s $HOME "quoted"' / "deeper"

    with server(home, settings=QUICK) as variables:
        [settings] = query(
            variables,
            """
            select current_database(), current_user, datcollate, datctype,
                pg_encoding_to_char(encoding), current_setting('wal_level'),
                current_setting('TimeZone'), current_setting('fsync')
            from pg_database where datname = current_database()
            """,
        )
        [(version,)] = query(variables, "show server_version")

    expected = ("fast_dau", "fast_dau", "C", "C", "UTF8", "minimal", "UTC", "off")
    assert settings == expected
    assert version.startswith("18.")
    assert running(home) is None


def test_rows_outlive_the_server(home: Path) -> None:
    with server(home) as variables:
        query(variables, "create table kept as select 42 as answer")
    with server(home) as variables:
        rows = query(variables, "table kept")

    assert rows == [(42,)]


def test_the_last_user_out_stops_the_server(home: Path) -> None:
    with other_user(home) as first, other_user(home) as second:
        found = [first.variables(), second.variables()]
        first_code = first.leave()
        still_running = running(home)
        second_code = second.leave()

    assert found[0] == found[1] == still_running
    assert (first_code, second_code) == (0, 0)
    assert running(home) is None


def test_four_processes_race_for_an_empty_folder_and_share_one_server(
    folder: Path,
) -> None:
    home = folder / "raced"
    with ExitStack() as stack:
        users = [stack.enter_context(other_user(home)) for _ in range(4)]
        found = [user.variables() for user in users]
        codes = [user.leave() for user in users]

    assert found == [found[0]] * 4
    assert codes == [0] * 4
    assert running(home) is None


def test_a_server_told_to_keep_running_outlives_its_users_until_the_stop(
    home: Path,
) -> None:
    kept = keep_running(home)
    with server(home) as used:
        pass
    still = running(home)
    again = keep_running(home)
    has_stopped = stop(home)

    assert kept == used == still == again
    assert has_stopped
    assert running(home) is None


def test_a_server_in_use_is_stopped_by_its_last_user_after_the_stop(
    home: Path,
) -> None:
    keep_running(home)
    with server(home):
        has_stopped = stop(home)
        still = running(home)

    assert not has_stopped
    assert still is not None
    assert running(home) is None


def test_a_server_whose_password_was_changed_still_stops(home: Path) -> None:
    with server(home) as variables:
        query(variables, "alter role fast_dau password 'another'")

    with exclusive_if_free(home / "server.lock") as lock:
        assert lock is not None


def test_a_start_that_fails_ends_in_a_sentence_with_the_log(home: Path) -> None:
    with pytest.raises(Failure) as failure, server(home, settings={"work_mem": "lots"}):
        pass
    with server(home) as variables:
        rows = query(variables, "select 1")

    assert 'invalid value for parameter "work_mem": "lots"' in str(failure.value)
    assert str(home.resolve() / "server.log") in str(failure.value)
    assert rows == [(1,)]


def test_the_port_stays_the_same_unless_another_program_has_it(home: Path) -> None:
    with server(home) as variables:
        first = variables["PGPORT"]
    with server(home) as variables:
        again = variables["PGPORT"]
    with socket.create_server(("127.0.0.1", int(first))), server(home) as variables:
        rows = query(variables, "select 1")

    assert again == first
    assert (variables["PGPORT"] != first, rows) == (True, [(1,)])


def test_parallel_queries_work_without_much_shared_memory(
    home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A container's /dev/shm has 64 MB by default."""
    monkeypatch.setattr(placement, "_ENOUGH_SHARED_MEMORY_BYTES", 1 << 60)

    with server(home) as variables:
        [(kind,)] = query(variables, "show dynamic_shared_memory_type")

    assert kind == ("mmap" if Path("/dev/shm").exists() else "posix")  # noqa: S108


def test_variables_of_the_caller_do_not_reach_the_server(
    home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, text in {
        "PGCLIENTENCODING": "LATIN1",
        "PGOPTIONS": "-c nonsense=1",
        "PGHOSTADDR": "192.0.2.1",
        "PGSSLMODE": "require",
    }.items():
        monkeypatch.setenv(name, text)

    with server(home) as first, server(home) as second:
        monkeypatch.undo()
        [(encoding,)] = query(first, "show client_encoding")

    assert first == second
    assert encoding == "UTF8"
