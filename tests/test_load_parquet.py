"""`fast-dau load` of Parquet: its types become the events' types, or are refused."""

import gzip
import os
import threading
from collections.abc import Sequence
from datetime import UTC, date, datetime, time, timedelta, timezone
from decimal import Decimal
from pathlib import Path
from typing import Any
from uuid import UUID

import pyarrow as pa
import pytest
from pyarrow import parquet as pq

from orchestration.core.connection import Connection
from orchestration.core.errors import UserError
from orchestration.source.loading import parquet_file
from orchestration.source.loading.load import Loaded
from tests.events_tables import fetch
from tests.loading import load, make_events_table, stored

TIME = datetime(2024, 1, 2, 3, 4, 5, 678901)


@pytest.fixture
def events(connection: Connection) -> Connection:
    """Return a connection to a database with an empty events table."""
    return make_events_table(connection)


def write(path: Path, **columns: Any) -> Path:
    pq.write_table(pa.table(columns), path)
    return path


def write_one(
    path: Path, column: str, cells: Sequence[Any], kind: "pa.DataType | None"
) -> Path:
    """Write a file whose `column` has these cells; user_id or performed_at are 1."""
    count = len(cells)
    columns: dict[str, Any] = {
        "user_id": pa.array([1] * count),
        "performed_at": pa.array([TIME] * count),
        column: pa.array(cells, kind),
    }
    return write(path, **columns)


def refusal(connection: Connection, path: Path, **options: Any) -> str:
    with pytest.raises(UserError) as refused:
        load(connection, path, **options)

    assert refused.value.exit_code == 2
    assert stored(connection) == []
    assert "\n" not in str(refused.value)
    return str(refused.value).removeprefix(str(path))


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
def test_parquet_is_known_by_its_content(
    events: Connection, tmp_path: Path, packed: bool
) -> None:
    path = write(tmp_path / "events.csv", **ROWS)
    if packed:
        path.write_bytes(gzip.compress(path.read_bytes()))
    loaded = load(events, path)

    assert loaded == Loaded(events=3, without_user=1, without_time=1)
    assert stored(events) == EVENTS


def test_parquet_can_come_through_a_pipe(events: Connection, tmp_path: Path) -> None:
    content = write(tmp_path / "a.parquet", **ROWS).read_bytes()
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    writer = threading.Thread(target=lambda: pipe.write_bytes(content))
    writer.start()
    load(events, pipe)
    writer.join()

    assert stored(events) == EVENTS


def test_columns_are_mapped_and_others_left_alone(
    events: Connection, tmp_path: Path
) -> None:
    path = write(
        tmp_path / "a.parquet",
        **{
            "user.id": [7],
            "ts": [TIME],
            "user": pa.array([{"id": 8}]),
            "other": [b"\xff"],
        },
    )
    load(events, path, columns={"user_id": "user.id", "performed_at": "ts"})

    assert stored(events) == [(7, None, None, TIME, None)]


@pytest.mark.parametrize(
    ("cells", "kind"),
    [
        ([7, None], pa.int8()),
        ([7, None], pa.int64()),
        ([7, None], pa.uint64()),
        ([7.0, None], pa.float64()),
        ([Decimal(7), None], pa.decimal128(9, 2)),
        (["7", ""], pa.string()),
        (["7", None], pa.large_string()),
        (["7", None], pa.dictionary(pa.int8(), pa.string())),
    ],
    ids=str,
)
def test_whole_numbers_of_any_type_are_integers(
    events: Connection, tmp_path: Path, cells: list[Any], kind: "pa.DataType"
) -> None:
    load(events, write_one(tmp_path / "a.parquet", "course_id", cells, kind))

    assert stored(events, "course_id") == [(7,), (None,)]


def test_a_column_of_nothing_is_null(events: Connection, tmp_path: Path) -> None:
    load(events, write_one(tmp_path / "a.parquet", "kind", [None], pa.null()))

    assert stored(events, "kind") == [(None,)]


@pytest.mark.parametrize("unit", ["s", "ms", "us", "ns"])
@pytest.mark.parametrize("zone", [None, "UTC", "Asia/Kolkata", "Nowhere/At_All"])
def test_times_of_any_unit_are_utc(
    events: Connection, tmp_path: Path, unit: Any, zone: Any
) -> None:
    cells = [TIME.replace(tzinfo=UTC if zone else None), datetime(1969, 12, 31)]
    array = pa.array(cells, pa.timestamp("us")).cast(pa.timestamp(unit), safe=False)
    array = array.cast(pa.int64()).cast(pa.timestamp(unit, zone))
    table = pa.table({"user_id": [1, 1], "performed_at": array})
    pq.write_table(table, tmp_path / "a.parquet")
    load(events, tmp_path / "a.parquet")
    digits = {"s": 0, "ms": 678_000, "us": 678_901, "ns": 678_901}

    assert stored(events, "performed_at") == [
        (TIME.replace(microsecond=digits[unit]),),
        (datetime(1969, 12, 31),),
    ]


def test_nanoseconds_are_cut_to_microseconds(
    events: Connection, tmp_path: Path
) -> None:
    ticks = [1_999_999_999, -1, None]
    kind = pa.timestamp("ns")
    load(events, write_one(tmp_path / "a.parquet", "performed_at", ticks, kind))

    assert stored(events, "performed_at") == [
        (datetime(1970, 1, 1, 0, 0, 1, 999_999),),
        (datetime(1969, 12, 31, 23, 59, 59, 999_999),),
        (None,),
    ]


def test_times_in_text_are_those_of_csv(events: Connection, tmp_path: Path) -> None:
    zone = timezone(timedelta(hours=2))
    cells = [TIME.replace(tzinfo=zone).isoformat(), "2024-01-02 03:04", ""]
    load(events, write_one(tmp_path / "a.parquet", "performed_at", cells, pa.string()))

    assert stored(events, "performed_at") == [
        (TIME - timedelta(hours=2),),
        (datetime(2024, 1, 2, 3, 4),),
        (None,),
    ]


@pytest.mark.parametrize(
    ("cells", "kind", "expected"),
    [
        (['{"a": [1]}'], pa.string(), {"a": [1]}),
        ([{"a": 1, "b": {"c": "é\\\n", "d": None}}], None, None),
        (
            [[("k", 1), ("l", None)]],
            pa.map_(pa.string(), pa.int8()),
            {"k": 1, "l": None},
        ),
        ([[1.5, None]], pa.list_(pa.float64()), [1.5, None]),
        (
            [{"at": TIME, "on": date(2024, 1, 2), "price": Decimal("1.10")}],
            None,
            {"at": str(TIME), "on": "2024-01-02", "price": "1.10"},
        ),
        ([7], pa.int64(), 7),
        ([True], pa.bool_(), True),
    ],
    ids=str,
)
def test_nested_properties_become_json(
    events: Connection,
    tmp_path: Path,
    cells: list[Any],
    kind: "pa.DataType | None",
    expected: Any,
) -> None:
    load(events, write_one(tmp_path / "a.parquet", "properties", cells, kind))

    assert stored(events, "properties") == [(expected or cells[0],)]


BAD = [
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
    (
        "properties",
        [[], [("k", 1), ("k", 2)]],
        pa.map_(pa.string(), pa.int64()),
        "(",
    ),
]


@pytest.mark.parametrize("bad", BAD, ids=str)
def test_a_bad_cell_is_named_by_row_column_and_value(
    events: Connection, tmp_path: Path, bad: tuple[str, list[Any], Any, str]
) -> None:
    column, cells, kind, reason = bad
    path = write_one(tmp_path / "a.parquet", column, cells, kind)

    assert refusal(events, path).startswith(f", row 2, column {column}: {reason}")


def test_text_that_is_not_utf_8_is_refused(events: Connection, tmp_path: Path) -> None:
    broken = pa.array([b"a", b"\xe9"]).view(pa.string())
    path = write(
        tmp_path / "a.parquet", user_id=[1, 1], performed_at=["", ""], kind=broken
    )
    sentence = refusal(events, path)

    assert sentence.startswith(", row 2, column kind: ('utf-8' codec can't decode byte")


def test_keys_are_text_or_integers(events: Connection, tmp_path: Path) -> None:
    uuid = UUID(int=5)
    columns = {
        "text": ["ann", "7", None],
        "number": [7, 2**40, None],
        "uuid": pa.array([uuid.bytes, uuid.bytes, None], pa.uuid()),
    }
    for name, cells in columns.items():
        path = write(tmp_path / f"{name}.parquet", user=cells, performed_at=[TIME] * 3)
        load(events, path, hash_users=True, columns={"user_id": "user"})

    assert [
        key
        for (key,) in fetch(
            events,
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
    events: Connection, tmp_path: Path, cells: list[Any], kind: "pa.DataType"
) -> None:
    array = pa.array(cells, kind, from_pandas=False)
    path = write(tmp_path / "a.parquet", user_id=array, performed_at=[TIME] * 2)

    assert ", column user_id: " in refusal(events, path, hash_users=True)


def test_floats_in_which_whole_numbers_are_exact_are_read(
    events: Connection, tmp_path: Path
) -> None:
    last = {pa.float16(): 2**11 - 1, pa.float32(): 2**24 - 1, pa.float64(): 2**31 - 1}
    for kind, number in last.items():
        load(events, write_one(tmp_path / "a.parquet", "course_id", [number], kind))

    assert stored(events, "course_id") == [(number,) for number in last.values()]


def test_times_of_96_bits_are_read_beyond_what_64_of_nanoseconds_hold(
    events: Connection, tmp_path: Path
) -> None:
    times = [TIME, datetime(1500, 1, 1, 1), datetime(2500, 6, 1, 2)]
    table = pa.table({"user_id": [1] * 3, "performed_at": pa.array(times)})
    path = tmp_path / "a.parquet"
    pq.write_table(table, path, use_deprecated_int96_timestamps=True)
    load(events, path)

    assert stored(events, "performed_at") == [(time,) for time in times]


def test_a_file_of_several_batches_arrives_whole_and_rows_are_counted_on(
    events: Connection, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(parquet_file, "BATCH_ROWS", 100)
    steps: list[tuple[int, int | None]] = []
    ids = list(range(250))
    path = write(tmp_path / "a.parquet", user_id=ids, performed_at=[TIME] * 250)
    load(events, path, lambda done, total: steps.append((done, total)))
    bad = [*map(str, ids[:-1]), "x"]
    worse = write(tmp_path / "b.parquet", user_id=bad, performed_at=[TIME] * 250)

    assert steps == [(100, 250), (200, 250), (250, 250)]
    assert stored(events, "user_id") == [(n,) for n in ids]
    with pytest.raises(UserError, match="row 250, column user_id: 'x'"):
        load(events, worse)
    assert len(stored(events)) == 250


def test_long_rows_are_read_a_few_at_a_time(
    events: Connection, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(parquet_file, "BATCH_BYTES", 1 << 18)
    count = 40
    steps: list[int] = []
    # Of random text, which does not shrink.
    texts = [os.urandom(10_000).hex() for _ in range(count)]
    path = write(
        tmp_path / "a.parquet",
        user_id=[1] * count,
        performed_at=[TIME] * count,
        kind=texts,
    )
    load(events, path, lambda done, _: steps.append(done))

    assert len(steps) > 3
    assert stored(events, "md5(kind)") == fetch(
        events, f"select md5(k) from unnest(array{texts}) k"
    )


@pytest.mark.parametrize(
    "damage",
    [
        lambda content: content[: len(content) // 2],
        lambda content: content[:-20] + b"x" * 16 + content[-4:],
        lambda content: content[:4],
        lambda content: content[:4] + b"\xff" * 60 + content[64:],
    ],
)
def test_damaged_parquet_is_told(
    events: Connection, tmp_path: Path, damage: Any
) -> None:
    path = write(tmp_path / "a.parquet", **ROWS)
    path.write_bytes(damage(path.read_bytes()))

    assert refusal(events, path).startswith(" is damaged Parquet: ")


def test_what_it_lacks_or_has_twice_is_told(events: Connection, tmp_path: Path) -> None:
    lacking = write(tmp_path / "a.parquet", a=[1], b=[2])
    table = pa.table([pa.array([1]), pa.array([2])], names=["user_id", "user_id"])
    pq.write_table(table, tmp_path / "b.parquet")

    assert refusal(events, lacking).startswith(
        " has no column user_id (it has a, b): name the one that holds it"
    )
    assert refusal(events, tmp_path / "b.parquet") == (
        " has more than one column named user_id."
    )


def test_a_delimiter_is_refused(events: Connection, tmp_path: Path) -> None:
    path = write(tmp_path / "a.parquet", **ROWS)

    assert refusal(events, path, delimiter=";") == (
        " is Parquet: --delimiter is for CSV only."
    )
