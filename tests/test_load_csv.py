"""`fast-dau load` of CSV: every cell as it was meant, whatever the file's dress."""

import bz2
import gzip
import json
import lzma
import os
import threading
from datetime import datetime
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest

from orchestration.core.connection import Connection
from orchestration.source.loading.load import Loaded
from tests.events_tables import fetch
from tests.loading import load, make_events_table, stored


@pytest.fixture
def events(connection: Connection) -> Connection:
    """Return a connection to a database with an empty events table."""
    return make_events_table(connection)


def zstd(text: str) -> bytes:
    packed: bytes = pa.Codec("zstd").compress(text.encode(), asbytes=True)
    return packed


PLAIN = (
    "user_id,course_id,kind,performed_at,properties\n"
    '7,3,view,2024-01-02 03:04:05.678901,"{""a"": [1, null]}"\n'
    "-8,,,2024-01-02T03:04:05,\n"
    ",,,,\n"
)
PLAIN_EVENTS = [
    (7, 3, "view", datetime(2024, 1, 2, 3, 4, 5, 678901), {"a": [1, None]}),
    (-8, None, None, datetime(2024, 1, 2, 3, 4, 5), None),
    (None, None, None, None, None),
]


@pytest.mark.parametrize(
    "content",
    [
        pytest.param(PLAIN.encode(), id="plain"),
        pytest.param(b"\xef\xbb\xbf" + PLAIN.encode(), id="byte order mark"),
        pytest.param(PLAIN.replace("\n", "\r\n").encode(), id="carriage returns"),
        pytest.param(PLAIN.replace("\n", "\n\n").encode(), id="blank lines"),
        pytest.param(PLAIN.removesuffix("\n").encode(), id="no last line break"),
        pytest.param(PLAIN.replace("_id,", "_id , ", 1).encode(), id="padded header"),
        pytest.param(gzip.compress(PLAIN.encode()), id="gzip"),
        pytest.param(bz2.compress(PLAIN.encode()), id="bzip2"),
        pytest.param(lzma.compress(PLAIN.encode()), id="xz"),
        pytest.param(zstd(PLAIN), id="zstd"),
        pytest.param(zstd(PLAIN[:50]) + zstd(PLAIN[50:]), id="zstd of two frames"),
        pytest.param(
            gzip.compress(PLAIN[:50].encode()) + gzip.compress(PLAIN[50:].encode()),
            id="gzip of two members",
        ),
    ],
)
def test_a_file_is_known_by_its_content_not_its_name(
    events: Connection, tmp_path: Path, content: bytes
) -> None:
    path = tmp_path / "export.dat"
    path.write_bytes(content)
    loaded = load(events, path)

    assert loaded == Loaded(events=3, without_user=1, without_time=1)
    assert stored(events) == PLAIN_EVENTS


def write(path: Path, text: str) -> Path:
    path.write_text(text, newline="")
    return path


def test_columns_may_stand_in_any_order_among_others_or_be_missing(
    events: Connection, tmp_path: Path
) -> None:
    path = write(
        tmp_path / "a.csv", "extra,performed_at,,user_id\nx,2024-01-02 03:04:05,y,7\n"
    )
    load(events, path)

    assert stored(events) == [(7, None, None, datetime(2024, 1, 2, 3, 4, 5), None)]


def test_columns_are_mapped_by_name_and_an_empty_name_leaves_one_out(
    events: Connection, tmp_path: Path
) -> None:
    path = write(
        tmp_path / "a.csv",
        "customer,user_id,ts,course_id\n7,not this,2024-01-02 03:04:05,algebra\n",
    )
    load(
        events,
        path,
        columns={"user_id": "customer", "performed_at": "ts", "course_id": ""},
    )

    assert stored(events, "user_id, course_id") == [(7, None)]


@pytest.mark.parametrize("delimiter", [";", "\t", "|"])
def test_another_delimiter_is_understood(
    events: Connection, tmp_path: Path, delimiter: str
) -> None:
    path = write(
        tmp_path / "a.csv",
        "user_id,performed_at\n7,2024-01-02 03:04:05\n".replace(",", delimiter),
    )
    load(events, path, delimiter=delimiter)

    assert stored(events, "user_id") == [(7,)]


TIMES = {
    "2024-01-02 03:04:05": "2024-01-02 03:04:05.000000",
    "2024-01-02T03:04:05": "2024-01-02 03:04:05.000000",
    "2024-01-02T03:04": "2024-01-02 03:04:00.000000",
    " 2024-01-02 03:04:05 ": "2024-01-02 03:04:05.000000",
    "2024-01-02 03:04:05.1": "2024-01-02 03:04:05.100000",
    "2024-01-02 03:04:05.123456": "2024-01-02 03:04:05.123456",
    "2024-01-02 03:04:05.1234567899": "2024-01-02 03:04:05.123456",
    "2024-01-02 03:04:05.999999999Z": "2024-01-02 03:04:05.999999",
    "2024-01-02T03:04:05Z": "2024-01-02 03:04:05.000000",
    "2024-01-02 03:04:05 UTC": "2024-01-02 03:04:05.000000",
    "2024-01-02 03:04:05+00": "2024-01-02 03:04:05.000000",
    "2024-01-02T03:04:05+02:00": "2024-01-02 01:04:05.000000",
    # Leap seconds, as Postgres has them.
    "2016-12-31 23:59:60": "2017-01-01 00:00:00.000000",
    "2017-01-01T00:59:60.25+01:00": "2017-01-01 00:00:00.250000",
    "2024-01-02T03:04:05.5-0330": "2024-01-02 06:34:05.500000",
    "2024-01-01 00:30:00+01": "2023-12-31 23:30:00.000000",
    "2024-02-29 12:00:00": "2024-02-29 12:00:00.000000",
    "0001-01-01 00:00:00": "0001-01-01 00:00:00.000000",
    "9999-12-31 23:59:59": "9999-12-31 23:59:59.000000",
    "": None,
}


@pytest.mark.parametrize("together", [True, False])
def test_times_are_stored_as_utc(
    events: Connection, tmp_path: Path, together: bool
) -> None:
    """Also one by one, where a file of plain times takes the quick way."""
    lines = [f"1,{text}\n" for text in TIMES]
    for number, part in enumerate(["".join(lines)] if together else lines):
        path = write(tmp_path / f"{number}.csv", f"user_id,performed_at\n{part}")
        with events.cursor() as cursor:
            # Neither may change what a time in a file means.
            cursor.execute("set timezone = 'Asia/Tokyo'; set datestyle = 'German, DMY'")
        load(events, path)
    found = stored(events, "to_char(performed_at, 'YYYY-MM-DD HH24:MI:SS.US')")

    assert found == [(text,) for text in TIMES.values()]


def test_integers_are_read_as_integers(events: Connection, tmp_path: Path) -> None:
    texts = {
        "2147483647": 2147483647,
        "-2147483648": -2147483648,
        "0": 0,
        "007": 7,
        "+7": 7,
        " 7 ": 7,
        "7.0": 7,
        "7.": 7,
        "": None,
    }
    lines = "".join(f"{text},{text},\n" for text in texts)
    load(events, write(tmp_path / "a.csv", f"user_id,course_id,performed_at\n{lines}"))

    assert stored(events, "user_id, course_id") == [(n, n) for n in texts.values()]


def csv_field(text: str) -> str:
    return '"' + text.replace('"', '""') + '"'


def test_text_arrives_to_the_last_character(events: Connection, tmp_path: Path) -> None:
    texts = [
        "a\tb\\c\\N\nd\re\r\nf,\"g\" 'h' ",
        "\\N",
        "\\.",
        "NULL",
        "日本 🎉 é",
        "\x01\x7f\u2028",
    ]
    lines = "".join(f"1,,{csv_field(text)}\n" for text in texts)
    load(events, write(tmp_path / "a.csv", f"user_id,performed_at,kind\n{lines}"))

    assert stored(events, "kind") == [(text,) for text in texts]


def test_properties_are_any_json_document(events: Connection, tmp_path: Path) -> None:
    values: list[Any] = [
        {"a": {"b": [1, 2.5, "x\ny\\z", None, True]}},
        [],
        "text",
        5,
        False,
        {"é": "日本\t\U0001f389"},
    ]
    texts = [json.dumps(value) for value in values]
    texts += [' {"a" :\n 1}', json.dumps(values[-1], ensure_ascii=False), "null"]
    lines = "".join(f"1,,{csv_field(text)}\n" for text in texts)
    load(events, write(tmp_path / "a.csv", f"user_id,performed_at,properties\n{lines}"))
    found = stored(events, "properties, properties = 'null'")

    assert [value for value, _ in found] == [*values, {"a": 1}, values[-1], None]
    assert found[-1] == (None, True)


def test_a_file_of_several_batches_arrives_whole_and_in_order(
    events: Connection, tmp_path: Path
) -> None:
    count = 60_000
    lines = "".join(f'{n},2024-01-01 00:00:00,"k\n{n}"\n' for n in range(count))
    path = write(tmp_path / "a.csv", f"user_id,performed_at,kind\n{lines}")
    steps: list[tuple[int, int | None]] = []
    loaded = load(events, path, lambda done, total: steps.append((done, total)))
    size = path.stat().st_size

    assert loaded.events == count
    assert len(steps) > 1
    assert steps == sorted(steps)
    assert steps[-1] == (size, size)
    assert fetch(
        events,
        "select count(distinct user_id), min(user_id), max(user_id), "
        "bool_and(kind = E'k\\n' || user_id) from events",
    ) == [(count, 0, count - 1, True)]


def test_a_pipe_can_be_loaded(events: Connection, tmp_path: Path) -> None:
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    content = gzip.compress(PLAIN.encode())
    writer = threading.Thread(target=lambda: pipe.write_bytes(content))
    writer.start()
    load(events, pipe)
    writer.join()

    assert stored(events) == PLAIN_EVENTS


def test_a_header_alone_is_no_event(events: Connection, tmp_path: Path) -> None:
    loaded = load(events, write(tmp_path / "a.csv", "user_id,performed_at\n"))

    assert loaded == Loaded()


def test_loading_adds_to_what_is_there(events: Connection, tmp_path: Path) -> None:
    path = write(tmp_path / "a.csv", PLAIN)
    load(events, path)
    load(events, path)

    assert stored(events) == PLAIN_EVENTS * 2


def test_a_table_of_ones_own_with_more_columns_is_filled_by_name(
    connection: Connection, tmp_path: Path
) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "create table events (id serial primary key, properties jsonb, "
            "performed_at timestamp, kind text, course_id int, user_id int) "
        )
    load(connection, write(tmp_path / "a.csv", PLAIN))

    assert stored(connection, "id, user_id, kind") == [
        (1, 7, "view"),
        (2, -8, None),
        (3, None, None),
    ]


def test_the_planner_knows_and_index_only_scans_trust_the_loaded_events(
    events: Connection, tmp_path: Path
) -> None:
    load(events, write(tmp_path / "a.csv", PLAIN))

    assert fetch(
        events,
        "select reltuples, relallvisible from pg_class where oid = 'events'::regclass",
    ) == [(3, 1)]
