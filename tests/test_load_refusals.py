"""`fast-dau load` of a file that is wrong: one sentence, its place, and no event."""

import bz2
import gzip
import lzma
import random
import re
from pathlib import Path
from typing import Any

import psycopg2
import pyarrow as pa
import pytest

from orchestration.core.connection import Connection
from orchestration.core.errors import Failure, UserError
from orchestration.source.loading import csv_file
from orchestration.source.loading.mapping import parse_columns, parse_delimiter
from tests.events_tables import execute
from tests.loading import load, make_events_table, stored

HEADER = "user_id,performed_at,kind,course_id,properties\n"
GOOD = '7,2024-01-02 03:04:05,view,3,"{""a"": 1}"\n'


@pytest.fixture
def events(connection: Connection) -> Connection:
    """Return a connection to a database with an empty events table."""
    return make_events_table(connection)


def refusal(connection: Connection, path: Path, **options: Any) -> str:
    """Load the file; return the one sentence it is refused with, without its path."""
    with pytest.raises(UserError) as refused:
        load(connection, path, **options)

    assert refused.value.exit_code == 2
    assert stored(connection) == []
    sentence = str(refused.value)
    assert "\n" not in sentence
    assert sentence.startswith(str(path))
    assert sentence.endswith(".")
    return sentence.removeprefix(str(path)).removeprefix(", ")


def of_text(connection: Connection, folder: Path, text: str, **options: Any) -> str:
    path = folder / "a.csv"
    path.write_bytes(text.encode(errors="surrogateescape"))
    return refusal(connection, path, **options)


BAD_CELLS = {
    "ann,2024-01-02 03:04:05,,,": (
        "column user_id: 'ann' is not an integer (--hash-users gives each text id an "
        "integer); nothing was loaded."
    ),
    "5000000000,2024-01-02 03:04:05,,,": (
        "column user_id: '5000000000' does not fit a 4-byte integer (--hash-users "
        "gives each text id an integer); nothing was loaded."
    ),
    "7,2024-01-02 03:04:05,,algebra,": (
        "column course_id: 'algebra' is not an integer; nothing was loaded."
    ),
    "7,1704164645,,,": (
        "column performed_at: '1704164645' is a bare number: write seconds since 1970 "
        "as an ISO 8601 time such as 2024-01-02 03:04:05 or 2024-01-02T03:04:05+02:00; "
        "nothing was loaded."
    ),
    "7,infinity,,,": (
        "column performed_at: 'infinity' is not finite: leave the cell empty where the "
        "time is unknown; nothing was loaded."
    ),
    f"7,{'soon ' * 20},,,": (
        "column performed_at: 'soon soon soon soon soon soon soon so…' is not an ISO "
        "8601 time such as 2024-01-02 03:04:05 or 2024-01-02T03:04:05+02:00; nothing "
        "was loaded."
    ),
    "7,,a\0b,,": (
        "column kind: 'a\\x00b' holds a NUL character, which Postgres cannot store; "
        "nothing was loaded."
    ),
    "7,,,,a\0b": (
        "column properties: 'a\\x00b' holds a NUL character, which Postgres cannot "
        "store; nothing was loaded."
    ),
}


@pytest.mark.parametrize("bad", BAD_CELLS, ids=repr)
def test_a_bad_cell_is_named_by_line_column_and_value(
    events: Connection, tmp_path: Path, bad: str
) -> None:
    text = HEADER + GOOD * 3 + bad + "\n" + GOOD

    assert of_text(events, tmp_path, text) == f"line 5, {BAD_CELLS[bad]}"


@pytest.mark.parametrize(
    "document",
    [
        '{"a": NaN}',
        '{"a": Infinity}',
        "{'a': 1}",
        '{"a": 1',
        "text",
        " ",
        '"\\u0000"',
        '"\\ud800"',
        '"\\udc00 \\ud800"',
        '{"a": "new\nline"}',
        "[" * 20_000,
        "1e999999999",
    ],
)
def test_properties_that_are_no_jsonb_are_refused(
    events: Connection, tmp_path: Path, document: str
) -> None:
    field = '"' + document.replace('"', '""') + '"'
    sentence = of_text(events, tmp_path, f"{HEADER}{GOOD}\n{GOOD}7,,,,{field}\n")

    assert sentence.startswith("line 5, column properties: ")
    assert " is refused: " in sentence


def test_the_file_s_name_for_the_column_is_the_one_told(
    events: Connection, tmp_path: Path
) -> None:
    text = "who,when,data\n1,,{}\nx,,{}\n"
    columns = {"user_id": "who", "performed_at": "when", "properties": "data"}

    assert of_text(events, tmp_path, text, columns=columns).startswith(
        "line 3, column who: 'x' "
    )
    assert of_text(
        events, tmp_path, text.replace("x,,{}", "1,,{"), columns=columns
    ).startswith("line 3, column data: '{' is refused: ")


@pytest.mark.parametrize("line_break", ["\n", "\r\n", "\r"])
def test_lines_are_counted_as_an_editor_counts_them(
    events: Connection, tmp_path: Path, line_break: str
) -> None:
    text = (
        '"user_id",performed_at,"two\nlines"\n\n1,,"a\n\nb"\n\n\n2,,"""\n"\nx,,"c\nd"\n'
    )
    line = 1 + text[: text.index("x,,")].count("\n")
    sentence = of_text(events, tmp_path, text.replace("\n", line_break))

    assert line == 11
    assert sentence.startswith("line 11, column user_id: 'x' ")


def test_the_first_bad_record_is_told_whatever_its_column(
    events: Connection, tmp_path: Path
) -> None:
    text = HEADER + GOOD + "7,,,x,\n" + "x,,,,\n"

    assert of_text(events, tmp_path, text).startswith("line 3, column course_id: ")


def test_a_bad_record_far_into_the_file_undoes_all_before_it(
    events: Connection, tmp_path: Path
) -> None:
    many = GOOD * 60_000

    assert of_text(events, tmp_path, f"{HEADER}{many}x,,,,\n").startswith(
        "line 60002, "
    )
    assert of_text(events, tmp_path, f"{HEADER}{many}7,,,,x\n{many}").startswith(
        "line 60002, column properties: "
    )


@pytest.mark.parametrize(
    ("bad", "fields"), [("7,2024-01-02 03:04:05,view,3\n", 4), ("7,,,,,\n", 6)]
)
def test_a_wrong_number_of_fields_is_told(
    events: Connection, tmp_path: Path, bad: str, fields: int
) -> None:
    text = HEADER + GOOD + "\n" + bad

    assert of_text(events, tmp_path, text) == (
        f"line 4: it has {fields} fields, but the header has 5; nothing was loaded."
    )


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("", " is empty, or its first line is: it needs a header line"),
        ("\ufeff", " is empty, or its first line is: it needs a header line"),
        ("\n" + HEADER, " is empty, or its first line is: it needs a header line"),
        ("user_id,a, a\n", "line 1: there are 2 columns named a, so that one cannot"),
        ('"user_id,performed_at\n1,\n', "line 1: a quote is opened here and never"),
        (HEADER + GOOD + '7,,"view,,\n' + GOOD[:9], "line 3: a quote is opened here"),
        (
            HEADER + GOOD + '7,,"a"b,,\n',
            "line 3: a quote ends in the middle of a field",
        ),
        (HEADER + GOOD + "7,,\udce9,,\n", "line 3: byte 0xe9 is not UTF-8; convert"),
        (HEADER + GOOD * 9999 + "7,,\udcff,,\n", "line 10001: byte 0xff is not UTF-8"),
        ("user_id\udce9\n", "line 1: byte 0xe9 is not UTF-8"),
        ("a,b\n1,2\n", " has no column user_id (it has a, b): name the one that holds"),
        ("user_id,b\n1,2\n", " has no column performed_at (it has user_id, b): name"),
        ("user_id;performed_at\n", " has no column user_id (its header is "),
    ],
)
def test_what_is_no_csv_of_events_is_told(
    events: Connection, tmp_path: Path, text: str, sentence: str
) -> None:
    assert of_text(events, tmp_path, text).startswith(sentence)


def test_another_delimiter_is_suggested(events: Connection, tmp_path: Path) -> None:
    for sign, name in {";": "';'", "\t": "tab", "|": "'|'"}.items():
        text = f"user_id{sign}performed_at\n"

        assert f"maybe you want --delimiter {name})" in of_text(events, tmp_path, text)


def test_a_field_beyond_the_limit_is_told(
    events: Connection, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(csv_file, "MAX_FIELD_CHARACTERS", 1000)
    text = HEADER + GOOD + '7,,"' + "soon " * 201

    assert of_text(events, tmp_path, text) == (
        "line 3: a field is longer than 1,000 characters; maybe a quote is never "
        "closed."
    )


def test_a_first_line_without_end_is_no_header(
    events: Connection, tmp_path: Path
) -> None:
    assert of_text(events, tmp_path, "[1" * (1 << 20)) == (
        " has no header line: it is no CSV file."
    )


def test_a_file_that_cannot_be_read_is_told(events: Connection, tmp_path: Path) -> None:
    missing = refusal(events, tmp_path / "missing.csv")
    folder = refusal(events, tmp_path)

    assert missing == " cannot be read: No such file or directory."
    assert folder == " cannot be read: Is a directory."


def noise(size: int) -> bytes:
    return random.Random(1).randbytes(size)


TEXT = (HEADER + GOOD * 5000).encode() + noise(50_000).hex().encode()
PACKED = {
    # Without the time in its head, so that each test process names its tests alike.
    "gzip": gzip.compress(TEXT, mtime=0),
    "bzip2": bz2.compress(TEXT),
    "xz": lzma.compress(TEXT),
    "zstd": pa.Codec("zstd").compress(TEXT, asbytes=True),
}


@pytest.mark.parametrize("packing", PACKED)
def test_a_compressed_file_that_is_cut_or_damaged_is_told(
    events: Connection, tmp_path: Path, packing: str
) -> None:
    whole = PACKED[packing]
    path = tmp_path / "a.csv"
    path.write_bytes(whole[:-100])
    cut = refusal(events, path)
    path.write_bytes(whole[:20] + noise(99) + whole[119:])
    damaged = refusal(events, path)

    early = f" is a {packing} file that ends too early: copy or download it again."
    assert cut == early
    assert damaged.startswith(f" is a damaged {packing} file: ")


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (PACKED["gzip"][:5], " is a gzip file that ends too early: copy or download"),
        (PACKED["gzip"][:-8] + b"damaged!", " is a damaged gzip file: "),
        (PACKED["gzip"] + b"rubbish", " is a damaged gzip file: "),
        (
            b"PK\3\4" + noise(99),
            " is a zip archive: unpack it, and load what is in it.",
        ),
    ],
)
def test_a_file_that_is_not_what_its_first_bytes_say_and_an_archive_are_told(
    events: Connection, tmp_path: Path, content: bytes, sentence: str
) -> None:
    path = tmp_path / "a.csv.gz"
    path.write_bytes(content)

    assert refusal(events, path).startswith(sentence)


FOREIGN_KEY = (
    "create table courses (id int primary key); "
    "alter table events add foreign key (course_id) references courses"
)
TRIGGER = (
    "create function refuse() returns trigger language plpgsql as $$ begin "
    "if new.kind = 'click' then raise 'no clicks,\nplease'; end if; "
    "return new; end $$; "
    "create trigger t before insert on events for each row execute function refuse()"
)


@pytest.mark.parametrize(
    ("statement", "sentence"),
    [
        (
            "alter table events alter performed_at set not null",
            'line 4: null value in column "performed_at" of relation "events" violates',
        ),
        (
            "alter table events add check (kind <> 'click')",
            'line 4: new row for relation "events" violates check constraint',
        ),
        (
            "create unique index on events (kind)",
            "line 5: duplicate key value violates unique constraint",
        ),
        (
            FOREIGN_KEY,
            'lines 2 to 5: insert or update on table "events" violates foreign key',
        ),
        (TRIGGER, "line 4: no clicks, please; nothing was loaded."),
    ],
)
def test_what_the_table_itself_refuses_is_told_by_its_line(
    events: Connection, tmp_path: Path, statement: str, sentence: str
) -> None:
    with events.cursor() as cursor:
        cursor.execute(statement)
    text = (
        f"{HEADER}7,2024-01-02 03:04:05,a,,\n\n7,,click,5,\n7,2024-01-02 03:04:05,a,,\n"
    )

    assert of_text(events, tmp_path, text).startswith(sentence)


def test_a_table_that_rounds_times_is_refused(
    events: Connection, tmp_path: Path
) -> None:
    path = tmp_path / "a.csv"
    path.write_text("user_id,performed_at\n1,2024-03-01 23:59:59.7\n")
    alter = "alter table events alter performed_at type timestamp"
    execute(events, f"{alter}(0)")
    with pytest.raises(UserError) as refused:
        load(events, path)
    sentence = str(refused.value)
    execute(events, alter)
    load(events, path)

    assert " is timestamp(0), which rounds times, those just before" in sentence
    assert f"`{alter.replace('events', 'public.events')}`" in sentence
    assert stored(events, "performed_at::text") == [("2024-03-01 23:59:59.7",)]


def test_what_the_server_cannot_do_is_a_failure(
    events: Connection, tmp_path: Path
) -> None:
    path = tmp_path / "a.csv"
    path.write_text(HEADER + GOOD)
    with events.cursor() as cursor:
        cursor.execute("create role events_reader; set role events_reader")
    with pytest.raises(Failure) as failed:
        load(events, path)
    with events.cursor() as cursor:
        cursor.execute("reset role; drop role events_reader")

    assert failed.value.exit_code == 1
    assert str(failed.value) == (
        f"Loading {path} into public.events failed: permission denied for table events "
        "(ask the owner, or connect as another user)."
    )
    assert stored(events) == []


def test_a_lost_connection_is_a_failure(
    events: Connection, database_env: dict[str, str], tmp_path: Path
) -> None:
    path = tmp_path / "a.csv"
    path.write_text(HEADER + GOOD * 60_000)
    other = psycopg2.connect(dbname=database_env["PGDATABASE"])

    def cut(_done: int, _total: int | None) -> None:
        with other.cursor() as cursor:
            cursor.execute(
                "select pg_terminate_backend(%s)", (events.info.backend_pid,)
            )

    with pytest.raises(Failure, match=r"^Loading .* into public\.events failed: "):
        load(events, path, cut)

    assert stored(other) == []
    other.close()


@pytest.mark.parametrize(
    ("option", "columns"),
    [
        ("", {}),
        ("user_id=customer", {"user_id": "customer"}),
        (" user_id = a b , kind=c=d,", {"user_id": "a b", "kind": "c=d"}),
        ("course_id=", {"course_id": ""}),
    ],
)
def test_columns_are_parsed(option: str, columns: dict[str, str]) -> None:
    assert parse_columns(option) == columns


@pytest.mark.parametrize(
    ("option", "sentence"),
    [
        ("customer", "'customer' is not of the form OURS=THEIRS, such as"),
        ("user=a", "events have no column 'user', only user_id, course_id, kind,"),
        ("=a", "events have no column ''"),
        ("user_id=a,user_id=b", "names user_id twice"),
        ("user_id=a,course_id=a", "names a twice"),
    ],
)
def test_columns_that_make_no_sense_are_refused(option: str, sentence: str) -> None:
    with pytest.raises(UserError, match=re.escape(sentence)):
        parse_columns(option)


def test_a_column_that_the_file_lacks_is_told_with_those_it_has(
    events: Connection, tmp_path: Path
) -> None:
    text = "user_id,performed_at,type\n"
    optional = of_text(events, tmp_path, text, columns={"kind": "kinds"})
    left_out = of_text(events, tmp_path, text, columns={"user_id": ""})

    assert optional == " has no column kinds (it has user_id, performed_at, type)."
    assert left_out.startswith(" has no column user_id (it has user_id, ")


@pytest.mark.parametrize(
    ("option", "delimiter"), [(None, None), (";", ";"), ("tab", "\t"), ("\\t", "\t")]
)
def test_delimiters_are_parsed(option: str | None, delimiter: str | None) -> None:
    assert parse_delimiter(option) == delimiter


@pytest.mark.parametrize("option", ["", ";;", '"', "\n"])
def test_what_cannot_be_a_delimiter_is_refused(option: str) -> None:
    with pytest.raises(UserError, match="is not one character"):
        parse_delimiter(option)
