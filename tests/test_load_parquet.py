"""`fast-dau load` of Parquet: its types become the events' types, or are refused."""

import gzip
import os
import threading
from collections.abc import Sequence
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any
from uuid import UUID

import pyarrow as pa
import pytest
from pyarrow import parquet as pq

from orchestration.source.loading import parquet_file
from tests.events_tables import fetch
from tests.loading import Loading

TIME = datetime(2024, 1, 2, 3, 4, 5, 678901)


def write(loading: Loading, table: "pa.Table", **options: Any) -> Path:
    """Write a table as Parquet; `options` are those of pyarrow."""
    path = loading.folder / "events.parquet"
    pq.write_table(table, path, **options)
    return path


def of_column(
    loading: Loading, column: str, cells: Sequence[Any], kind: "pa.DataType | None"
) -> Path:
    """Write a file whose `column` has these cells; user_id or performed_at are 1."""
    columns = {
        "user_id": pa.array([1] * len(cells)),
        "performed_at": pa.array([TIME] * len(cells)),
        column: pa.array(cells, kind),
    }
    return write(loading, pa.table(columns))


ROWS = {
    "user_id": [7, -8, None],
    "course_id": [3, None, None],
    "kind": ["view\t\\", "", None],
    "performed_at": [TIME, TIME, None],
    "properties": ['{"a": 1}', None, ""],
}
EVENTS = [
    (7, 3, "view\t\\", TIME, {"a": 1}),
    (-8, None, None, TIME, None),
    (None, None, None, None, None),
]


@pytest.mark.parametrize("packed", [False, True])
def test_parquet_is_known_by_its_content(loading: Loading, packed: bool) -> None:
    content = write(loading, pa.table(ROWS)).read_bytes()
    loaded = loading.load(gzip.compress(content) if packed else content)

    assert (loaded.events, loaded.rejected) == (3, {"performed_at is null": 1})
    assert loading.stored() == EVENTS


def test_parquet_can_come_through_a_pipe(loading: Loading) -> None:
    content = write(loading, pa.table(ROWS)).read_bytes()
    pipe = loading.folder / "pipe"
    os.mkfifo(pipe)
    writer = threading.Thread(target=lambda: pipe.write_bytes(content))
    writer.start()
    loading.load(pipe)
    writer.join()

    assert loading.stored() == EVENTS


def test_columns_are_mapped_and_others_left_alone(loading: Loading) -> None:
    columns = {
        "user.id": [7],
        "ts": [TIME],
        "user": pa.array([{"id": 8}]),
        "other": [b"\xff"],
    }
    path = write(loading, pa.table(columns))
    loading.load(path, columns={"user_id": "user.id", "performed_at": "ts"})

    assert loading.stored() == [(7, None, None, TIME, None)]


TAKEN: list[tuple[str, list[Any], Any, list[Any]]] = [
    ("course_id", [7, None], pa.int8(), [7, None]),
    ("course_id", [7, None], pa.int64(), [7, None]),
    ("course_id", [7, None], pa.uint64(), [7, None]),
    ("course_id", [7.0, None], pa.float64(), [7, None]),
    ("course_id", [Decimal(7), None], pa.decimal128(9, 2), [7, None]),
    ("course_id", ["7", ""], pa.string(), [7, None]),
    ("course_id", ["7", None], pa.large_string(), [7, None]),
    ("course_id", ["7", None], pa.dictionary(pa.int8(), pa.string()), [7, None]),
    # The last whole numbers of which each float is one.
    ("course_id", [2**11 - 1], pa.float16(), [2**11 - 1]),
    ("course_id", [2**24 - 1], pa.float32(), [2**24 - 1]),
    ("course_id", [2**31 - 1], pa.float64(), [2**31 - 1]),
    ("kind", [None], pa.null(), [None]),
    # Nanoseconds are cut to microseconds.
    (
        "performed_at",
        [1_999_999_999, -1, None],
        pa.timestamp("ns"),
        [
            datetime(1970, 1, 1, 0, 0, 1, 999_999),
            datetime(1969, 12, 31, 23, 59, 59, 999_999),
            None,
        ],
    ),
    # Times in text are those of CSV.
    (
        "performed_at",
        ["2024-01-02T03:04:05.678901+02:00", "2024-01-02 03:04", ""],
        pa.string(),
        [TIME - timedelta(hours=2), datetime(2024, 1, 2, 3, 4), None],
    ),
    ("properties", ['{"a": [1]}'], pa.string(), [{"a": [1]}]),
    (
        "properties",
        [{"a": 1, "b": {"c": "é\\\n", "d": None}}],
        None,
        [{"a": 1, "b": {"c": "é\\\n", "d": None}}],
    ),
    (
        "properties",
        [[("k", 1), ("l", None)]],
        pa.map_(pa.string(), pa.int8()),
        [{"k": 1, "l": None}],
    ),
    ("properties", [[1.5, None]], pa.list_(pa.float64()), [[1.5, None]]),
    (
        "properties",
        [{"at": TIME, "on": date(2024, 1, 2), "price": Decimal("1.10")}],
        None,
        [{"at": str(TIME), "on": "2024-01-02", "price": "1.10"}],
    ),
    ("properties", [7], pa.int64(), [7]),
    ("properties", [True], pa.bool_(), [True]),
]


@pytest.mark.parametrize(("column", "cells", "kind", "expected"), TAKEN, ids=str)
def test_cells_of_any_type_that_suits_are_taken_as_they_are(
    loading: Loading, column: str, cells: list[Any], kind: Any, expected: list[Any]
) -> None:
    loading.load(of_column(loading, column, cells, kind))

    assert loading.stored(column) == [(cell,) for cell in expected]


@pytest.mark.parametrize("unit", ["s", "ms", "us", "ns"])
@pytest.mark.parametrize("zone", [None, "UTC", "Asia/Kolkata", "Nowhere/At_All"])
def test_times_of_any_unit_are_utc(loading: Loading, unit: Any, zone: Any) -> None:
    cells = [TIME.replace(tzinfo=UTC if zone else None), datetime(1969, 12, 31)]
    array = pa.array(cells, pa.timestamp("us")).cast(pa.timestamp(unit), safe=False)
    array = array.cast(pa.int64()).cast(pa.timestamp(unit, zone))
    table = pa.table({"user_id": [1, 1], "performed_at": array})
    loading.load(write(loading, table))
    digits = {"s": 0, "ms": 678_000, "us": 678_901, "ns": 678_901}

    assert loading.stored("performed_at") == [
        (TIME.replace(microsecond=digits[unit]),),
        (datetime(1969, 12, 31),),
    ]


REFUSED: list[tuple[str, list[Any], Any, str]] = [
    ("user_id", ["1", "ann"], None, "'ann' is not an integer (--hash-users gives"),
    ("user_id", [1, 2**31], None, "'2147483648' does not fit a 4-byte integer"),
    ("course_id", [1.0, 1.5], None, "1.5 is not an integer;"),
    ("course_id", [None, True], None, "True is not an integer;"),
    ("course_id", [1, 2**24], pa.float32(), "16777216.0 is of a type that rounds"),
    ("course_id", [1, 2**11], pa.float16(), "2048.0 is of a type that rounds whole"),
    ("course_id", [None, float("nan")], None, "nan is not an integer"),
    ("course_id", [None, b"7"], None, "b'7' is not an integer"),
    ("kind", [None, b"view"], None, "b'view' is not text"),
    ("performed_at", [None, time(12)], None, "datetime.time(12, 0) is not an ISO"),
    ("performed_at", [None, 0], pa.date64(), "datetime.date(1970, 1, 1) is a date"),
    ("kind", ["a", "a\0"], None, "'a\\x00' holds a NUL character, which"),
    ("kind", [None, 1.5], None, "1.5 is not text;"),
    ("performed_at", [None, date(2024, 1, 2)], None, "datetime.date(2024, 1, 2) is a"),
    ("performed_at", [None, 1704164645], None, "'1704164645' is a bare number: write"),
    ("performed_at", [None, "soon"], None, "'soon' is not an ISO 8601 time such as"),
    ("performed_at", [0, 2**50], pa.timestamp("s"), "'<value out of range: 11258999"),
    ("performed_at", [0, 2**62], pa.timestamp("us"), "'<value out of range: 46116860"),
    ("performed_at", [0, -(2**58)], pa.timestamp("us"), "'-7164-05-05 06:37:28.2882"),
    ("properties", ["{}", "{"], None, "'{' is refused: invalid input syntax for type"),
    ("properties", [None, [float("nan")]], None, "[nan] cannot become JSON: Out of"),
    ("properties", [None, [b"x"]], None, "[b'x'] cannot become JSON: bytes has no"),
    ("properties", [[], [("k", 1), ("k", 2)]], pa.map_(pa.string(), pa.int64()), "("),
]


@pytest.mark.parametrize(("column", "cells", "kind", "reason"), REFUSED, ids=str)
def test_a_bad_cell_is_named_by_row_column_and_value(
    loading: Loading, column: str, cells: list[Any], kind: Any, reason: str
) -> None:
    path = of_column(loading, column, cells, kind)

    assert loading.refusal(path).startswith(f"row 2, column {column}: {reason}")


def test_text_that_is_not_utf_8_is_refused(loading: Loading) -> None:
    kinds = pa.array([b"a", b"\xe9"]).view(pa.string())
    columns = {"user_id": [1, 1], "performed_at": ["", ""], "kind": kinds}
    sentence = loading.refusal(write(loading, pa.table(columns)))

    assert sentence.startswith("row 2, column kind: ('utf-8' codec can't decode byte")


def test_keys_are_text_or_integers(loading: Loading) -> None:
    uuid = UUID(int=5)
    columns: list[Any] = [
        ["ann", "7", None],
        [7, 2**40, None],
        pa.array([uuid.bytes, uuid.bytes, None], pa.uuid()),
    ]
    for cells in columns:
        path = write(loading, pa.table({"user": cells, "performed_at": [TIME] * 3}))
        loading.load(path, hash_users=True, columns={"user_id": "user"})

    assert [
        key
        for (key,) in fetch(
            loading.connection,
            "select user_key from events left join events_user_keys using (user_id) "
            "order by events.ctid",
        )
    ] == ["ann", "7", None, "7", str(2**40), None, str(uuid), str(uuid), None]


@pytest.mark.parametrize(
    ("cells", "kind"),
    [
        ([1.0, 2.0**53], pa.float64()),
        ([1.0, 2.0**24], pa.float32()),
        (["a", "NULL"], pa.string()),
        (["a", "NULL"], pa.dictionary(pa.int8(), pa.string())),
        (["a", "  "], pa.large_string()),
        ([1.0, float("nan")], pa.float64()),
        ([b"a", b"b"], pa.binary()),
        ([None, True], pa.bool_()),
    ],
    ids=str,
)
def test_keys_that_cannot_be_told_exactly_are_refused(
    loading: Loading, cells: list[Any], kind: "pa.DataType"
) -> None:
    path = of_column(loading, "user_id", cells, kind)

    assert ", column user_id: " in loading.refusal(path, hash_users=True)


def test_times_of_96_bits_are_read_beyond_what_64_of_nanoseconds_hold(
    loading: Loading,
) -> None:
    times = [TIME, datetime(1500, 1, 1, 1), datetime(2500, 6, 1, 2)]
    table = pa.table({"user_id": [1] * 3, "performed_at": pa.array(times)})
    loading.load(write(loading, table, use_deprecated_int96_timestamps=True))

    assert loading.stored("performed_at") == [(time,) for time in times]


def test_a_file_of_several_batches_arrives_whole_and_rows_are_counted_on(
    loading: Loading, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(parquet_file, "BATCH_ROWS", 100)
    steps: list[tuple[int, int | None]] = []
    ids = list(range(250))
    path = of_column(loading, "user_id", ids, None)
    loading.load(path, lambda done, total: steps.append((done, total)))

    assert steps == [(100, 250), (200, 250), (250, 250)]
    assert loading.stored("user_id") == [(n,) for n in ids]
    worse = of_column(loading, "user_id", [*map(str, ids[:-1]), "x"], None)
    assert loading.refusal(worse).startswith("row 250, column user_id: 'x'")


def test_long_rows_are_read_a_few_at_a_time(
    loading: Loading, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(parquet_file, "BATCH_BYTES", 1 << 18)
    steps: list[int] = []
    # Of random text, which does not shrink.
    texts = [os.urandom(10_000).hex() for _ in range(40)]
    path = of_column(loading, "kind", texts, None)
    loading.load(path, lambda done, _: steps.append(done))

    assert len(steps) > 3
    assert loading.stored("kind") == [(text,) for text in texts]


@pytest.mark.parametrize(
    "damage",
    [
        lambda content: content[: len(content) // 2],
        lambda content: content[:-20] + b"x" * 16 + content[-4:],
        lambda content: content[:4],
        lambda content: content[:4] + b"\xff" * 60 + content[64:],
    ],
)
def test_damaged_parquet_is_told(loading: Loading, damage: Any) -> None:
    content = damage(write(loading, pa.table(ROWS)).read_bytes())

    assert loading.refusal(content).startswith(" is damaged Parquet: ")


ONE, TWO = pa.array([1]), pa.array([2])


@pytest.mark.parametrize(
    ("table", "options", "sentence"),
    [
        (
            pa.table({"a": ONE, "b": TWO}),
            {},
            " has no column user_id (it has a, b): name the one that holds it",
        ),
        (
            pa.table([ONE, TWO], names=["user_id", "user_id"]),
            {},
            " has more than one column named user_id.",
        ),
        (
            pa.table(ROWS),
            {"delimiter": ";"},
            " is Parquet: --delimiter is for CSV only.",
        ),
    ],
    ids=["it lacks one", "it has one twice", "a delimiter"],
)
def test_columns_that_cannot_be_found_are_told(
    loading: Loading, table: "pa.Table", options: dict[str, Any], sentence: str
) -> None:
    path = write(loading, table)

    assert loading.refusal(path, **options).startswith(sentence)
