"""`fast-dau load` of CSV: every cell as it was meant, whatever the file's dress."""

import bz2
import gzip
import json
import lzma
import os
import threading
from datetime import datetime
from typing import Any

import pyarrow as pa
import pytest

from orchestration.core.connection import Connection
from tests.events_tables import execute, fetch
from tests.loading import Loading


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
DRESSES: dict[str, str | bytes] = {
    "plain": PLAIN,
    "byte order mark": "\ufeff" + PLAIN,
    "carriage returns": PLAIN.replace("\n", "\r\n"),
    "blank lines": PLAIN.replace("\n", "\n\n"),
    "no last line break": PLAIN.removesuffix("\n"),
    "padded header": PLAIN.replace("_id,", "_id , ", 1),
    "gzip": gzip.compress(PLAIN.encode()),
    "bzip2": bz2.compress(PLAIN.encode()),
    "xz": lzma.compress(PLAIN.encode()),
    "zstd": zstd(PLAIN),
    "zstd of two frames": zstd(PLAIN[:50]) + zstd(PLAIN[50:]),
    "gzip of two members": b"".join(
        gzip.compress(part.encode()) for part in (PLAIN[:50], PLAIN[50:])
    ),
}


@pytest.mark.parametrize("dress", DRESSES)
def test_a_file_is_known_by_its_content_not_its_name(
    loading: Loading, dress: str
) -> None:
    loaded = loading.load(DRESSES[dress])

    assert (loaded.events, loaded.rejected) == (3, {"performed_at is null": 1})
    assert loading.stored() == PLAIN_EVENTS


@pytest.mark.parametrize(
    ("text", "options", "event"),
    [
        pytest.param(
            "extra,performed_at,,user_id\nx,2024-01-02 03:04:05,y,7\n",
            {},
            (7, None, None, datetime(2024, 1, 2, 3, 4, 5), None),
            id="in any order, among others",
        ),
        pytest.param(
            "customer,user_id,ts,course_id\n7,not this,,algebra\n",
            {"columns": {"user_id": "customer", "performed_at": "ts", "course_id": ""}},
            (7, None, None, None, None),
            id="by the names that are given, without the one that is given none",
        ),
        *(
            pytest.param(
                f"user_id{sign}performed_at\n7{sign}\n",
                {"delimiter": sign},
                (7, None, None, None, None),
                id=f"delimited by {sign!r}",
            )
            for sign in ";\t|"
        ),
    ],
)
def test_columns_are_found(
    loading: Loading, text: str, options: dict[str, Any], event: tuple[Any, ...]
) -> None:
    loading.load(text, **options)

    assert loading.stored() == [event]


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
def test_times_are_stored_as_utc(loading: Loading, together: bool) -> None:
    """Also one by one, where a file of plain times takes the quick way."""
    # Neither may change what a time in a file means.
    execute(loading.connection, "set timezone = 'Asia/Tokyo'")
    execute(loading.connection, "set datestyle = 'German, DMY'")
    lines = [f"1,{text}\n" for text in TIMES]
    for part in ["".join(lines)] if together else lines:
        loading.load(f"user_id,performed_at\n{part}")
    found = loading.stored("to_char(performed_at, 'YYYY-MM-DD HH24:MI:SS.US')")

    assert found == [(text,) for text in TIMES.values()]


def test_integers_are_read_as_integers(loading: Loading) -> None:
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
    loading.load(f"user_id,course_id,performed_at\n{lines}")

    assert loading.stored("user_id, course_id") == [(n, n) for n in texts.values()]


def csv_of(column: str, texts: list[str]) -> str:
    """Return a file in which this column has these texts."""
    quoted = ('"' + text.replace('"', '""') + '"' for text in texts)
    lines = "".join(f"1,,{field}\n" for field in quoted)
    return f"user_id,performed_at,{column}\n{lines}"


def test_text_arrives_to_the_last_character(loading: Loading) -> None:
    texts = [
        "a\tb\\c\\N\nd\re\r\nf,\"g\" 'h' ",
        "\\N",
        "\\.",
        "NULL",
        "日本 🎉 é",
        "\x01\x7f\u2028",
    ]
    loading.load(csv_of("kind", texts))

    assert loading.stored("kind") == [(text,) for text in texts]


def test_properties_are_any_json_document(loading: Loading) -> None:
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
    loading.load(csv_of("properties", texts))
    found = loading.stored("properties, properties = 'null'")

    assert [value for value, _ in found] == [*values, {"a": 1}, values[-1], None]
    assert found[-1] == (None, True)


def test_a_file_of_several_batches_arrives_whole_and_in_order(loading: Loading) -> None:
    count = 60_000
    lines = "".join(f'{n},2024-01-01 00:00:00,"k\n{n}"\n' for n in range(count))
    path = loading.file(f"user_id,performed_at,kind\n{lines}")
    steps: list[tuple[int, int | None]] = []
    loaded = loading.load(path, lambda done, total: steps.append((done, total)))
    size = path.stat().st_size

    assert loaded.events == count
    assert len(steps) > 1
    assert steps == sorted(steps)
    assert steps[-1] == (size, size)
    assert fetch(
        loading.connection,
        "select count(distinct user_id), min(user_id), max(user_id), "
        "bool_and(kind = E'k\\n' || user_id) from events",
    ) == [(count, 0, count - 1, True)]


def test_a_pipe_can_be_loaded(loading: Loading) -> None:
    pipe = loading.folder / "pipe"
    os.mkfifo(pipe)
    content = gzip.compress(PLAIN.encode())
    writer = threading.Thread(target=lambda: pipe.write_bytes(content))
    writer.start()
    loading.load(pipe)
    writer.join()

    assert loading.stored() == PLAIN_EVENTS


def test_a_header_alone_is_no_event(loading: Loading) -> None:
    assert loading.load("user_id,performed_at\n").events == 0


def test_loading_adds_to_what_is_there_and_the_planner_and_index_only_scans_know(
    loading: Loading,
) -> None:
    loading.load(PLAIN)
    loading.load(PLAIN)

    assert loading.stored() == PLAIN_EVENTS * 2
    assert fetch(
        loading.connection,
        "select reltuples, relallvisible from pg_class where oid = 'events'::regclass",
    ) == [(6, 1)]


def test_a_table_of_ones_own_with_more_columns_is_filled_by_name(
    connection: Connection, loading: Loading
) -> None:
    execute(
        connection,
        "drop table events",
        "create table events (id serial primary key, properties jsonb, "
        "performed_at timestamp, kind text, course_id int, user_id int) ",
    )
    loading.load(PLAIN)

    assert loading.stored("id, user_id, kind") == [
        (1, 7, "view"),
        (2, -8, None),
        (3, None, None),
    ]
