"""`fast-dau load` of a file that is wrong: one sentence, its place, and no event."""

import bz2
import gzip
import lzma
import random
import re
from pathlib import Path

import pyarrow as pa
import pytest

from orchestration.core.connection import Connection
from orchestration.core.errors import Failure, UserError
from orchestration.source.loading import csv_file
from orchestration.source.loading.mapping import parse_columns, parse_delimiter
from tests.events_tables import execute, fetch
from tests.loading import Loading

HEADER = "user_id,performed_at,kind,course_id,properties\n"
GOOD = '7,2024-01-02 03:04:05,view,3,"{""a"": 1}"\n'
EMPTY = " is empty, or its first line is: it needs a header line"
TOLD = [
    (
        HEADER + GOOD * 3 + "ann,2024-01-02 03:04:05,,,\n" + GOOD,
        (
            "line 5, column user_id: 'ann' is not an integer (--hash-users gives each "
            "text id an integer); nothing was loaded."
        ),
    ),
    (
        HEADER + GOOD + "7,2024-01-02 03:04:05,,algebra,\n",
        "line 3, column course_id: 'algebra' is not an integer; nothing was loaded.",
    ),
    (
        f"{HEADER}7,{'soon ' * 20},,,\n",
        "line 2, column performed_at: 'soon soon soon soon soon soon soon so…' is not ",
    ),
    (HEADER + "7,,,,a\0b\n", "line 2, column properties: 'a\\x00b' holds a NUL"),
    # Of two the first record's, whatever their columns.
    (HEADER + GOOD + "7,,,x,\n" + "x,,,,\n", "line 3, column course_id: "),
    (HEADER + GOOD * 60_000 + "x,,,,\n", "line 60002, column user_id: "),
    (
        HEADER + GOOD * 60_000 + "7,,,,x\n" + GOOD * 60_000,
        "line 60002, column properties: ",
    ),
    (
        HEADER + GOOD + "\n7,2024-01-02 03:04:05,view,3\n",
        "line 4: it has 4 fields, but the header has 5; nothing was loaded.",
    ),
    (HEADER + GOOD + "\n7,,,,,\n", "line 4: it has 6 fields, but the header has 5; "),
    ("", EMPTY),
    ("\ufeff", EMPTY),
    ("\n" + HEADER, EMPTY),
    ("user_id,a, a\n", "line 1: there are 2 columns named a, so that one cannot"),
    ('"user_id,performed_at\n1,\n', "line 1: a quote is opened here and never"),
    (HEADER + GOOD + '7,,"view,,\n' + GOOD[:9], "line 3: a quote is opened here"),
    (HEADER + GOOD + '7,,"a"b,,\n', "line 3: a quote ends in the middle of a field"),
    (HEADER + GOOD + "7,,\udce9,,\n", "line 3: byte 0xe9 is not UTF-8; convert"),
    (HEADER + GOOD * 9999 + "7,,\udcff,,\n", "line 10001: byte 0xff is not UTF-8"),
    ("user_id\udce9\n", "line 1: byte 0xe9 is not UTF-8"),
    ("a,b\n1,2\n", " has no column user_id (it has a, b): name the one that holds"),
    ("user_id,b\n1,2\n", " has no column performed_at (it has user_id, b): name"),
    *(
        (
            f"a{sign}b\n",
            f" has no column user_id (its header is '{header}'; maybe {hint}",
        )
        for sign, header, hint in (
            (";", "a;b", "you want --delimiter ';')"),
            ("\t", "a\\tb", "you want --delimiter tab)"),
            ("|", "a|b", "you want --delimiter '|')"),
        )
    ),
    ("[1" * (1 << 20), " has no header line: it is no CSV file."),
]


@pytest.mark.parametrize(
    ("text", "sentence"), TOLD, ids=[sentence for _, sentence in TOLD]
)
def test_what_is_no_csv_of_events_is_told_by_its_place(
    loading: Loading, text: str, sentence: str
) -> None:
    assert loading.refusal(text).startswith(sentence)


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
    loading: Loading, document: str
) -> None:
    field = '"' + document.replace('"', '""') + '"'
    sentence = loading.refusal(f"{HEADER}{GOOD}\n{GOOD}7,,,,{field}\n")

    assert sentence.startswith("line 5, column properties: ")
    assert " is refused: " in sentence


@pytest.mark.parametrize(
    ("text", "columns", "sentence"),
    [
        ("who,when\n1,\nx,\n", {}, "line 3, column who: 'x' "),
        (
            "who,when,data\n1,,{}\n1,,{\n",
            {"properties": "data"},
            "line 3, column data: '{' is refused: ",
        ),
        (
            "who,when,type\n",
            {"kind": "kinds"},
            " has no column kinds (it has who, when, type).",
        ),
        ("who,when\n", {"user_id": ""}, " has no column user_id (it has who, when)"),
    ],
)
def test_a_column_is_told_by_the_name_that_the_file_has_or_is_to_have(
    loading: Loading, text: str, columns: dict[str, str], sentence: str
) -> None:
    mapped = {"user_id": "who", "performed_at": "when"} | columns

    assert loading.refusal(text, columns=mapped).startswith(sentence)


@pytest.mark.parametrize("line_break", ["\n", "\r\n", "\r"])
def test_lines_are_counted_as_an_editor_counts_them(
    loading: Loading, line_break: str
) -> None:
    text = (
        '"user_id",performed_at,"two\nlines"\n\n1,,"a\n\nb"\n\n\n2,,"""\n"\nx,,"c\nd"\n'
    )
    line = 1 + text[: text.index("x,,")].count("\n")
    sentence = loading.refusal(text.replace("\n", line_break))

    assert line == 11
    assert sentence.startswith("line 11, column user_id: 'x' ")


def test_a_field_beyond_the_limit_is_told(
    loading: Loading, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(csv_file, "MAX_FIELD_CHARACTERS", 1000)
    text = HEADER + GOOD + '7,,"' + "soon " * 201

    assert loading.refusal(text) == (
        "line 3: a field is longer than 1,000 characters; maybe a quote is never "
        "closed."
    )


def noise(size: int) -> bytes:
    return random.Random(1).randbytes(size)


TEXT = (HEADER + GOOD * 5000).encode() + noise(50_000).hex().encode()
GZIP = gzip.compress(TEXT)
PACKED = {
    "gzip": GZIP,
    "bzip2": bz2.compress(TEXT),
    "xz": lzma.compress(TEXT),
    "zstd": pa.Codec("zstd").compress(TEXT, asbytes=True),
}


@pytest.mark.parametrize("packing", PACKED)
def test_a_compressed_file_that_is_cut_or_damaged_is_told(
    loading: Loading, packing: str
) -> None:
    whole = PACKED[packing]

    assert loading.refusal(whole[:-100]) == (
        f" is a {packing} file that ends too early: copy or download it again."
    )
    assert loading.refusal(whole[:20] + noise(99) + whole[119:]).startswith(
        f" is a damaged {packing} file: "
    )


ODD: dict[str, tuple[bytes | Path, str]] = {
    "gzip of its first bytes": (GZIP[:5], " is a gzip file that ends too early: copy"),
    "gzip of a wrong sum": (GZIP[:-8] + b"damaged!", " is a damaged gzip file: "),
    "gzip and more": (GZIP + b"rubbish", " is a damaged gzip file: "),
    "an archive": (
        b"PK\3\4" + noise(99),
        " is a zip archive: unpack it, and load what is in it.",
    ),
    "no file": (Path("missing.csv"), " cannot be read: No such file or directory."),
    "a folder": (Path.home(), " cannot be read: Is a directory."),
}


@pytest.mark.parametrize("odd", ODD)
def test_what_is_not_what_its_first_bytes_say_or_cannot_be_read_is_told(
    loading: Loading, odd: str
) -> None:
    content, sentence = ODD[odd]

    assert loading.refusal(content).startswith(sentence)


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
    loading: Loading, statement: str, sentence: str
) -> None:
    execute(loading.connection, statement)
    text = (
        f"{HEADER}7,2024-01-02 03:04:05,a,,\n\n7,,click,5,\n7,2024-01-02 03:04:05,a,,\n"
    )

    assert loading.refusal(text).startswith(sentence)


def test_what_the_server_cannot_do_is_a_failure(
    loading: Loading, stranger: str
) -> None:
    path = loading.file(HEADER + GOOD)
    execute(loading.connection, f"set role {stranger}")
    with pytest.raises(Failure) as failed:
        loading.load(path)
    execute(loading.connection, "reset role")

    assert failed.value.exit_code == 1
    assert str(failed.value) == (
        f"Loading {path} into public.events failed: permission denied for table events "
        "(ask the owner, or connect as another user)."
    )
    assert loading.stored() == []


def test_a_lost_connection_is_a_failure(loading: Loading, other: Connection) -> None:
    cut = f"select pg_terminate_backend({loading.connection.info.backend_pid})"
    with pytest.raises(Failure, match=r"^Loading .* into public\.events failed: "):
        loading.load(HEADER + GOOD * 60_000, lambda *_: execute(other, cut))

    assert fetch(other, "select from events") == []


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
        ("customer", "'customer' is not of the form ROLE=COLUMN, such as"),
        ("user=a", "events have no column 'user', only user_id, course_id, kind,"),
        ("=a", "events have no column ''"),
        ("user_id=a,user_id=b", "names user_id twice"),
        ("user_id=a,course_id=a", "names a twice"),
    ],
)
def test_columns_that_make_no_sense_are_refused(option: str, sentence: str) -> None:
    with pytest.raises(UserError, match=re.escape(sentence)):
        parse_columns(option)


@pytest.mark.parametrize(
    ("option", "delimiter"), [(None, None), (";", ";"), ("tab", "\t"), ("\\t", "\t")]
)
def test_delimiters_are_parsed(option: str | None, delimiter: str | None) -> None:
    assert parse_delimiter(option) == delimiter


@pytest.mark.parametrize("option", ["", ";;", '"', "\n"])
def test_what_cannot_be_a_delimiter_is_refused(option: str) -> None:
    with pytest.raises(UserError, match="is not one character"):
        parse_delimiter(option)
