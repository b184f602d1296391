"""`fast-dau export`: the files hold what the table holds, day by day."""

import json
import shutil
from collections import Counter
from datetime import date
from pathlib import Path

import pyarrow as pa
import pytest
from pyarrow import parquet as pq

from orchestration.core.connection import Connection
from orchestration.core.errors import Failure, UserError
from orchestration.source.export import day_file
from orchestration.source.export.folder import opened
from orchestration.source.export.utc_days import Span, days_with_events
from orchestration.source.synthetic.inserting import insert_synthetic_events
from orchestration.source.synthetic.options import StreamOptions
from tests.events_tables import EVENTS, execute, fetch
from tests.exports import WITHOUT_TIME, export, exported, folders, in_table
from tests.loading import make_events_table
from tests.own_projects import described

ODD_ROWS = r"""
insert into events values
    (null, null, null, null, null),
    (1, null, '', '2024-02-29 23:59:59.999999', '""'),
    (1, 2, E'a,"b"\r\nc\td\\N', '2024-03-01 00:00:00', '{"a\"b": "c\nd, \u00e9 \\\\"}'),
    (2147483647, -2147483648, 'NULL', '2024-03-01 00:00:00.1', 'null'),
    (7, 7, E'\\.', '2024-03-01 12:00', '[1.50, true, {"x": null}]'),
    (7, 7, 'Ωmega 🦉 ''quoted''', '1582-10-10 00:00:00', '{}'),
    (7, 7, ' ', '0001-01-01 00:00:00.000001', null),
    (7, 7, 'a', '9999-12-31 23:59:59.999999', null),
    (7, 7, 'b', '9999-12-30 23:59:59.999999', null),
    (7, 7, 'c', '10000-01-01 00:00:00', null),
    (7, 7, 'd', '294276-12-31 23:59:59.999999', null),
    (7, 7, 'e', '0001-12-31 23:59:59 BC', null),
    (7, 7, 'f', '4713-01-01 00:00:00 BC', null),
    (7, 7, 'g', 'infinity', null),
    (7, 7, 'h', '-infinity', null),
    (7, 7, 'h', '-infinity', null)
"""


@pytest.fixture
def events(connection: Connection) -> Connection:
    """Return a connection to a database with an empty events table."""
    return make_events_table(connection)


@pytest.fixture
def week(events: Connection) -> Connection:
    """Return a connection to a database with four events a day, for seven days."""
    execute(
        events,
        "insert into events (user_id, performed_at) select n, "
        "timestamp '2024-03-01' + n * interval '6 hours' from generate_series(0, 27) n",
    )
    return events


class StopError(Exception):
    """An interruption."""


def stop_after(days: int, done: int) -> None:
    if done == days:
        raise StopError


def interrupted(variables: dict[str, str], folder: Path, days: int) -> None:
    """Export until so many days are done."""
    with pytest.raises(StopError):
        export(variables, folder, progress=lambda done, *_: stop_after(days, done))


def test_the_files_equal_the_table_cell_by_cell(
    events: Connection, database_env: dict[str, str], tmp_path: Path
) -> None:
    options = StreamOptions(
        events=6_000,
        users=200,
        days=20,
        end_date=date(2024, 3, 20),
        duplicate_share=0.05,
        invalid_share=0.1,
    )
    insert_synthetic_events(events, options, lambda _: None)
    execute(events, ODD_ROWS)
    done = export(database_env, tmp_path)

    assert exported(tmp_path) == in_table(events)
    assert sum(day.rows for day in done.written) == 6_016
    assert {"event_date=0001-01-01", "event_date=9999-12-31", WITHOUT_TIME} <= set(
        folders(tmp_path)
    )


def test_the_columns_are_of_the_types_that_spark_is_promised(
    week: Connection, database_env: dict[str, str], tmp_path: Path
) -> None:
    export(database_env, tmp_path)
    schema = pq.read_schema(tmp_path / "event_date=2024-03-01" / "part-0.parquet")
    time = pq.ParquetFile(
        tmp_path / "event_date=2024-03-01" / "part-0.parquet"
    ).schema.column(3)

    assert dict(zip(schema.names, schema.types, strict=True)) == {
        "user_id": pa.int32(),
        "course_id": pa.int32(),
        "kind": pa.string(),
        "performed_at": pa.timestamp("us"),
        "properties": pa.string(),
    }
    assert json.loads(time.logical_type.to_json())["isAdjustedToUTC"] is False


def test_all_days_are_as_of_one_moment(
    week: Connection, database_env: dict[str, str], tmp_path: Path
) -> None:
    before = in_table(week)

    def change(done: int, total: int, rows: int) -> None:
        if done == 2:
            execute(
                week,
                "insert into events (performed_at) values ('2024-03-06'), (null)",
                "delete from events where performed_at::date = '2024-03-05'",
            )

    export(database_env, tmp_path, progress=change)

    assert exported(tmp_path) == before != in_table(week)


def test_an_interrupted_export_is_gone_on_with_and_says_as_of_when_the_rest_is(
    week: Connection, database_env: dict[str, str], tmp_path: Path
) -> None:
    interrupted(database_env, tmp_path, 3)
    first = folders(tmp_path)
    old = exported(tmp_path)
    execute(week, "insert into events (performed_at) values ('2024-03-01')")
    steps: list[int] = []
    done = export(database_env, tmp_path, progress=lambda n, *_: steps.append(n))

    assert len(first) == 3
    assert steps == [3, 4, 5, 6, 7]
    assert (len(done.kept), len(done.written)) == (3, 4)
    assert all(day.as_of < done.as_of for day in done.kept)
    later = in_table(week, "performed_at >= '2024-03-04'")
    assert exported(tmp_path) == old + later


def test_after_a_whole_export_the_next_one_starts_anew(
    week: Connection, database_env: dict[str, str], tmp_path: Path
) -> None:
    interrupted(database_env, tmp_path, 3)
    export(database_env, tmp_path)
    execute(week, "insert into events (performed_at) values ('2024-03-01')")
    done = export(database_env, tmp_path)

    assert (len(done.kept), len(done.written)) == (0, 7)
    assert exported(tmp_path) == in_table(week)


def test_a_kept_day_whose_folder_is_gone_is_written_again(
    week: Connection, database_env: dict[str, str], tmp_path: Path
) -> None:
    interrupted(database_env, tmp_path, 3)
    with opened(tmp_path) as folder:
        folder.remove(date(2024, 3, 1))
    done = export(database_env, tmp_path)

    assert (len(done.kept), len(done.written)) == (2, 5)
    assert exported(tmp_path) == in_table(week)


def test_days_that_are_named_are_written_anew_and_no_others(
    week: Connection, database_env: dict[str, str], tmp_path: Path
) -> None:
    export(database_env, tmp_path)
    old = exported(tmp_path)
    execute(
        week,
        "insert into events (performed_at) values "
        "('2024-03-01'), ('2024-03-03'), ('2024-03-20'), (null), ('-infinity')",
        "delete from events where performed_at::date = '2024-03-02'",
    )
    done = export(database_env, tmp_path, date(2024, 3, 2), date(2024, 3, 3))
    middle = Counter(
        {
            row: count
            for row, count in old.items()
            if row[0] not in {"event_date=2024-03-02", "event_date=2024-03-03"}
        }
    )

    assert (len(done.written), done.removed) == (1, 1)
    assert exported(tmp_path) == middle + in_table(
        week, "performed_at::date = '2024-03-03'"
    )


def test_without_a_last_day_what_has_no_day_is_written_anew_too(
    week: Connection, database_env: dict[str, str], tmp_path: Path
) -> None:
    execute(week, "insert into events (performed_at) values ('infinity')")
    export(database_env, tmp_path)
    execute(
        week,
        "delete from events where performed_at = 'infinity'",
        "insert into events (performed_at) values "
        "('2024-03-07'), (null), ('-infinity')",
    )
    done = export(database_env, tmp_path, since=date(2024, 3, 7))

    assert (len(done.written), done.removed) == (3, 1)
    assert exported(tmp_path) == in_table(week)


def test_until_a_day_is_from_the_first_one_on(
    week: Connection, database_env: dict[str, str], tmp_path: Path
) -> None:
    execute(week, "insert into events (performed_at) values ('-infinity'), (null)")
    export(database_env, tmp_path, until=date(2024, 3, 1))

    assert folders(tmp_path) == ["event_date=0001-01-01", "event_date=2024-03-01"]


def test_days_written_since_the_interruption_are_not_written_again(
    week: Connection, database_env: dict[str, str], tmp_path: Path
) -> None:
    interrupted(database_env, tmp_path, 3)
    export(database_env, tmp_path, date(2024, 3, 5), date(2024, 3, 6))
    done = export(database_env, tmp_path)

    assert (len(done.kept), len(done.written)) == (5, 2)
    assert exported(tmp_path) == in_table(week)


def test_what_a_killed_export_or_an_earlier_version_left_is_in_no_file(
    week: Connection, database_env: dict[str, str], tmp_path: Path
) -> None:
    export(database_env, tmp_path)
    day = tmp_path / "event_date=2024-03-02"
    shutil.copy(day / "part-0.parquet", day / "part-1.parquet")
    (tmp_path / "_export-new.parquet").write_text("half of it")
    (tmp_path / "event_date=2024-03-03" / "part-0.parquet").unlink()
    export(database_env, tmp_path)

    assert exported(tmp_path) == in_table(week)
    assert sorted(path.name for path in tmp_path.glob("_*")) == [
        "_export.json",
        "_export.lock",
    ]


def test_a_big_day_is_read_in_several_row_groups(
    week: Connection,
    database_env: dict[str, str],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("orchestration.source.export.copy_out.CHUNK_BYTES", 1 << 12)
    monkeypatch.setattr(day_file, "ROW_GROUP_BYTES", 1 << 14)
    execute(
        week,
        "insert into events select n, n, md5(n::text), '2024-03-03', "
        "jsonb_build_object('k', md5((-n)::text)) from generate_series(1, 5000) n",
    )
    export(database_env, tmp_path)
    footer = pq.read_metadata(tmp_path / "event_date=2024-03-03" / "part-0.parquet")
    groups = [footer.row_group(n) for n in range(footer.num_row_groups)]

    assert len(groups) > 10
    assert max(group.total_byte_size for group in groups) < 1 << 16
    assert exported(tmp_path) == in_table(week)


def test_a_row_may_be_longer_than_a_chunk(
    events: Connection,
    database_env: dict[str, str],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("orchestration.source.export.copy_out.CHUNK_BYTES", 100)
    execute(
        events,
        "insert into events select n, 1, repeat('x', n), '2024-03-03', null "
        "from generate_series(1, 200) n",
    )
    export(database_env, tmp_path)

    assert exported(tmp_path) == in_table(events)


def test_the_days_are_found_without_reading_the_events(events: Connection) -> None:
    execute(
        events,
        "insert into events (performed_at) select timestamp '2024-01-01' + n * "
        "interval '1 minute' from generate_series(0, 20000) n",
        "vacuum analyze events",
        "begin",
    )
    days = days_with_events(events, EVENTS, Span())
    read = fetch(
        events,
        "select seq_tup_read + idx_tup_fetch from pg_stat_xact_user_tables "
        "where relname = 'events'",
    )

    assert len(days) == 14
    assert read[0][0] < 100


def test_no_events_are_an_empty_folder(
    events: Connection, database_env: dict[str, str], tmp_path: Path
) -> None:
    done = export(database_env, tmp_path / "new" / "folder")

    assert list(done.written) == []
    assert folders(tmp_path / "new" / "folder") == []


@pytest.mark.parametrize("name", ["notes.txt", "event_date=2024-03-01"])
def test_a_folder_of_other_things_is_refused_and_left_alone(
    week: Connection, database_env: dict[str, str], tmp_path: Path, name: str
) -> None:
    (tmp_path / name).touch()
    with pytest.raises(UserError, match=f"holds other things .*, such as {name}: ch"):
        export(database_env, tmp_path)

    assert [path.name for path in tmp_path.iterdir()] == [name]


def test_what_is_no_day_among_the_days_is_refused(
    week: Connection, database_env: dict[str, str], tmp_path: Path
) -> None:
    export(database_env, tmp_path)
    (tmp_path / "event_date=2024-02-30").mkdir()

    with pytest.raises(UserError, match="such as event_date=2024-02-30"):
        export(database_env, tmp_path)


def test_a_folder_that_cannot_be_made_is_told(
    week: Connection, database_env: dict[str, str], tmp_path: Path
) -> None:
    file = tmp_path / "file"
    file.touch()

    with pytest.raises(UserError, match="cannot be a folder of events: File exists"):
        export(database_env, file)
    with pytest.raises(UserError, match=r"events: Not a directory"):
        export(database_env, file / "below")


@pytest.mark.parametrize("text", ["", "[]", "{}", '{"made_by": "me", "folders": {}}'])
def test_notes_of_another_are_refused(
    week: Connection, database_env: dict[str, str], tmp_path: Path, text: str
) -> None:
    (tmp_path / "_export.json").write_text(text)

    with pytest.raises(UserError, match="is not what `fast-dau export` writes"):
        export(database_env, tmp_path)


def test_events_of_another_database_are_not_mixed_in(
    week: Connection, database_env: dict[str, str], tmp_path: Path
) -> None:
    export(database_env, tmp_path)
    notes = tmp_path / "_export.json"
    notes.write_text(notes.read_text().replace("test.public", "shop.public"))

    with pytest.raises(UserError, match=r"holds the events of shop\.public\.events, n"):
        export(database_env, tmp_path)


def test_two_exports_do_not_meet_in_a_folder(
    week: Connection, database_env: dict[str, str], tmp_path: Path
) -> None:
    with opened(tmp_path), pytest.raises(Failure, match="Another `fast-dau export`"):
        export(database_env, tmp_path)


def test_a_disk_that_fails_is_a_sentence_and_the_day_stays(
    week: Connection,
    database_env: dict[str, str],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    export(database_env, tmp_path)
    old = exported(tmp_path)

    def fail(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(day_file.DayFile, "add", fail)
    with pytest.raises(Failure, match=r"to .* failed: No space left on device\."):
        export(database_env, tmp_path)

    assert exported(tmp_path) == old


def test_ids_that_are_equal_but_not_the_same_are_one_in_the_files(
    events: Connection, database_env: dict[str, str], tmp_path: Path
) -> None:
    execute(
        events,
        "create extension citext",
        "alter table events alter user_id type citext, alter course_id type uuid"
        " using null",
        "insert into events (user_id, course_id, performed_at) values"
        " ('Ann', null, '2024-03-01'), ('ANN', gen_random_uuid(), '2024-03-01')",
    )
    types = {"user_id_type": "citext", "course_id_type": "uuid"}
    with described(tmp_path / "own", **types):
        export(database_env, tmp_path / "files")
    courses = fetch(events, "select course_id::text from events")

    assert {row[1:3] for row in exported(tmp_path / "files")} == {
        ("ann", course) for (course,) in courses
    }
