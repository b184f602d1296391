"""`fast-dau load` and `generate` write a described table's own types, and no others."""

from datetime import date
from pathlib import Path
from typing import Any

import pytest

from orchestration.core.connection import Connection
from orchestration.core.errors import UserError
from orchestration.source.synthetic.inserting import insert_synthetic_events
from orchestration.source.synthetic.options import StreamOptions
from tests.events_tables import execute, fetch
from tests.loading import Loading
from tests.own_projects import described

ANN = "a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11"
# Names that need quotes, and columns that play no role.
COLUMNS = {"user_id": "Who", "performed_at": "at %", "kind": None, "properties": None}


def make_table(connection: Connection, who: str, at: str, course: str = "int") -> None:
    execute(
        connection,
        "drop table if exists events",
        f'create table events (id int generated always as identity, "Who" {who}, '
        f"course_id {course}, gone int, source text default 'app', \"at %\" {at}, "
        "length int generated always as (1) stored, kind text default 'view')",
        "alter table events drop gone",
    )


def file_of(**cells: str) -> str:
    return f"{','.join(cells)}\n{','.join(cells.values())}\n"


IDS = [
    ("smallint", "32767", 32767),
    ("bigint", "9007199254740993", 9007199254740993),
    ("uuid", ANN, ANN),
    ("uuid", "{" + ANN.upper().replace("-", "") + "}", ANN),
    ("text", "ann\\b", "ann\\b"),
    ("text", "", None),
    ("varchar(40)", "007", "007"),
    ("citext", "Ann", "Ann"),
]


def type_name(declared: str) -> str:
    return "character varying" if "varchar" in declared else declared


@pytest.mark.parametrize(("kind", "cell", "stored"), IDS)
def test_ids_are_loaded_as_they_are_into_a_table_of_their_type(
    loading: Loading, tmp_path: Path, kind: str, cell: str, stored: object
) -> None:
    execute(loading.connection, "create extension if not exists citext")
    make_table(loading.connection, kind, "timestamp", kind)
    name = type_name(kind)
    types = {"user_id_type": name, "course_id_type": name}
    text = file_of(Who=cell, course_id=cell, performed_at="2024-01-02 03:04:05")
    with described(tmp_path, events_columns=COLUMNS, **types):
        loaded = loading.load(text)

    assert loaded.rejected["user_id is null"] == int(stored is None)
    assert loading.stored('id, "Who", course_id, source, kind') == [
        (1, stored, stored, "app", "view")
    ]


@pytest.mark.parametrize(
    ("kind", "cell", "reason"),
    [
        ("smallint", "32768", "does not fit a 2-byte integer (--hash-users gives"),
        ("bigint", "9007199254740993.0", "is a number that a program has made a float"),
        ("bigint", "9223372036854775808", "does not fit a 8-byte integer"),
        ("uuid", "ann", "is not a UUID"),
        ("uuid", "00000000-0000-0000-0000-000000000000", "is what stands for no user"),
        ("text", "undefined", "is what stands for no user"),
        ("citext", " ann", "has blanks around it"),
        ("varchar(3)", "anna", "is refused: value too long for type character varying"),
    ],
)
def test_an_id_that_is_none_of_its_type_or_stands_for_nobody_is_refused_by_its_line(
    loading: Loading, tmp_path: Path, kind: str, cell: str, reason: str
) -> None:
    execute(loading.connection, "create extension if not exists citext")
    make_table(loading.connection, kind, "timestamp")
    with described(tmp_path, events_columns=COLUMNS, user_id_type=type_name(kind)):
        sentence = loading.refusal(file_of(user_id=cell, performed_at=""))

    expected = reason.replace(" (--hash-users gives", "")
    assert sentence.startswith(f"line 2, column user_id: {cell!r} {expected}")


BERLIN = {"performed_at_zone": "Europe/Berlin"}
MILLISECONDS = {"performed_at_unit": "milliseconds"}


@pytest.mark.parametrize(
    ("kind", "variables", "cell", "stored"),
    [
        ("timestamptz", {}, "2024-01-02 23:04:05.5", "2024-01-02 23:04:05.5+00"),
        ("timestamp", BERLIN, "2024-07-01T23:30:00Z", "2024-07-02 01:30:00"),
        # Of an hour that comes twice Postgres reads the second one.
        ("timestamp", BERLIN, "2024-10-27T01:30:00Z", "2024-10-27 02:30:00"),
        ("timestamp", {}, "", None),
        # Cut, not rounded: the next second is on another day.
        ("timestamp(0)", {}, "2024-03-01 23:59:59.7", "2024-03-01 23:59:59"),
        ("timestamp(3)", {}, "2024-03-01 23:59:59.9999", "2024-03-01 23:59:59.999"),
        ("integer", {}, "1970-01-01 23:59:59.9", "86399"),
        ("bigint", {}, "1969-12-31 23:59:59.9", "-1"),
        ("bigint", {}, "", None),
        ("bigint", MILLISECONDS, "1970-01-01 00:00:01.9999", "1999"),
        ("numeric", {}, "1970-01-01 00:00:01.999999", "1.999999"),
        ("numeric(12, 1)", {}, "1970-01-01 23:59:59.99", "86399.9"),
        ("numeric(15, 0)", MILLISECONDS, "1970-01-01 00:00:01.9999", "1999"),
        ("double precision", {}, "2024-01-02 03:04:05.25", "1704164645.25"),
    ],
)
def test_times_are_stored_in_the_form_of_the_column(  # noqa: PLR0913, PLR0917  # a table
    loading: Loading,
    tmp_path: Path,
    kind: str,
    variables: dict[str, str],
    cell: str,
    stored: str | None,
) -> None:
    make_table(loading.connection, "int", kind)
    execute(loading.connection, "set time zone 'UTC'")
    described_as = {"performed_at_type": kind.partition("(")[0], **variables}
    with described(tmp_path, events_columns=COLUMNS, **described_as):
        loaded = loading.load(file_of(user_id="7", performed_at=cell))

    assert loading.stored('"at %"::text') == [(stored,)]
    assert loaded.moved == 0


def test_a_time_that_the_column_cannot_tell_apart_is_counted_or_refused_by_its_day(
    loading: Loading, tmp_path: Path
) -> None:
    make_table(loading.connection, "int", "timestamp")
    text = file_of(user_id="7", performed_at="2024-10-27T00:30:00Z")
    described_as = {"events_columns": COLUMNS, **BERLIN}
    with described(tmp_path, **described_as):
        loaded = loading.load(text)
    with described(tmp_path, time_zone="Asia/Karachi", **described_as):
        loading.load(text)
    # Where it is midnight between the two.
    with described(tmp_path, time_zone="Atlantic/Cape_Verde", **described_as):
        sentence = loading.refusal(
            file_of(user_id="7", performed_at="2024-10-27T00:59:59Z")
        )

    assert loaded.moved == 1
    assert loading.stored('"at %"::text') == [("2024-10-27 02:30:00",)] * 2
    assert sentence.startswith(
        "line 2, column performed_at: '2024-10-27T00:59:59Z' is in an hour that comes "
        "twice on the clocks of Europe/Berlin"
    )


_GENERATED = 'drop "Who", add "Who" text generated always as (kind) stored'


@pytest.mark.parametrize(
    ("statement", "options", "sentence"),
    [
        (
            "alter table events add tenant int not null",
            {},
            "The column tenant of public.events may not be null, and has no default",
        ),
        (
            f"alter table events {_GENERATED}",
            {},
            "The column Who of public.events is generated from others",
        ),
        (
            "alter table events rename to e; create view events as select * from e",
            {},
            "public.events is a view",
        ),
        (
            "select",
            {"hash_users": True},
            "the user ids of public.events are of type text: leave it out",
        ),
        ("select", {"columns": {"kind": "course_id"}}, "--columns names a kind"),
    ],
)
def test_what_a_table_has_no_room_for_is_refused_before_anything_is_written(
    loading: Loading,
    tmp_path: Path,
    statement: str,
    options: dict[str, Any],
    sentence: str,
) -> None:
    make_table(loading.connection, "text", "timestamp")
    execute(loading.connection, statement)
    text = file_of(user_id="7", performed_at="", course_id="")
    with (
        described(tmp_path, events_columns=COLUMNS, user_id_type="text"),
        pytest.raises(UserError) as refused,
    ):
        loading.load(text, **options)

    assert sentence in str(refused.value)
    assert fetch(loading.connection, "select 1 from events") == []


def test_a_trigger_may_fill_what_has_no_default(
    loading: Loading, tmp_path: Path
) -> None:
    make_table(loading.connection, "int", "timestamp")
    execute(
        loading.connection,
        "alter table events add tenant int not null",
        "create function fill() returns trigger language plpgsql as "
        "$$ begin new.tenant := 1; return new; end $$",
        "create trigger fill before insert on events for each row "
        "execute function fill()",
    )
    with described(tmp_path, events_columns=COLUMNS):
        loaded = loading.load("Who,at %,kind\n7,,view\n")

    assert loaded.rejected == {"performed_at is null": 1}
    assert loaded.left_out == ("kind",)
    assert loading.stored("tenant") == [(1,)]


def test_a_file_with_both_of_two_names_is_asked_which_it_is(
    loading: Loading, tmp_path: Path
) -> None:
    make_table(loading.connection, "int", "timestamp")
    with described(tmp_path, events_columns=COLUMNS):
        sentence = loading.refusal("user_id,Who,performed_at\n7,8,\n")
        loading.load("user_id,Who,performed_at\n7,8,\n", columns={"user_id": "Who"})

    assert " has the columns user_id and Who: say which" in sentence
    assert loading.stored('"Who"') == [(8,)]


OPTIONS = StreamOptions(
    events=2_000, users=50, days=10, end_date=date(2024, 4, 3), invalid_share=0.01
)
VALID = StreamOptions(
    events=2_000, users=50, days=10, end_date=date(2024, 4, 3), invalid_share=0
)


@pytest.mark.parametrize(
    ("who", "at", "variables", "options", "user", "time"),
    [
        ("text", "timestamptz", {}, OPTIONS, "int", "{} at time zone 'UTC'"),
        (
            "uuid",
            "timestamp",
            BERLIN,
            OPTIONS,
            "",
            "{} at time zone 'Europe/Berlin' at time zone 'UTC'",
        ),
        (
            "smallint",
            "bigint",
            MILLISECONDS,
            VALID,
            "int",
            "to_timestamp({} / 1000.0) at time zone 'UTC'",
        ),
    ],
)
def test_generated_events_are_the_same_in_every_type(  # noqa: PLR0913, PLR0917  # a table
    loading: Loading,
    tmp_path: Path,
    who: str,
    at: str,
    variables: dict[str, str],
    options: StreamOptions,
    user: str,
    time: str,
) -> None:
    insert_synthetic_events(loading.connection, options, lambda _: None)
    usual = loading.stored("user_id, course_id, performed_at")
    make_table(loading.connection, who, at, who)
    types = {"user_id_type": who, "course_id_type": who, "performed_at_type": at}
    with described(tmp_path, events_columns=COLUMNS, **types, **variables):
        insert_synthetic_events(loading.connection, options, lambda _: None)
    number = "('x' || right({}::text, 8))::bit(32)::int" if who == "uuid" else "{}::int"
    made = fetch(
        loading.connection,
        f"select {number.format(chr(34) + 'Who' + chr(34))}, "
        f"{number.format('course_id')}, "
        f"""{time.format('"at %"')} from events order by ctid""",
    )

    assert made == usual


@pytest.mark.parametrize(
    ("who", "at", "users", "sentence"),
    [
        ("integer", "bigint", 50, "an infinite one, which public.events cannot hold"),
        ("integer", "timestamp not null", 50, "--invalid-share 0` makes none of"),
        ("smallint", "timestamp", 40_000, "of type smallint: ask for --users 32,767"),
    ],
)
def test_generated_events_that_the_types_cannot_hold_are_refused(  # noqa: PLR0913, PLR0917  # a table
    loading: Loading, tmp_path: Path, who: str, at: str, users: int, sentence: str
) -> None:
    make_table(loading.connection, who, at)
    options = StreamOptions(
        events=200_000, users=users, days=10, end_date=date(2024, 4, 3)
    )
    types = {"user_id_type": who, "performed_at_type": at.partition(" ")[0]}
    with (
        described(tmp_path, events_columns=COLUMNS, **types),
        pytest.raises(UserError, match=sentence),
    ):
        insert_synthetic_events(loading.connection, options, lambda _: None)
