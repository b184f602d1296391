"""`fast-dau init --table` understands the tables that people have, or says why not."""

import re
import shlex
from pathlib import Path
from typing import NamedTuple

import pytest
import yaml

from orchestration.core.connection import Connection
from orchestration.core.event_variables import ROLES
from orchestration.core.settings import ROOT
from tests.commands import answer, run_cli
from tests.events_tables import execute
from tests.own_projects import OwnProject, at_work


class Shape(NamedTuple):
    """A table's DDL, and the columns that play the roles, in their order."""

    ddl: str
    columns: str


SHAPES = {
    "events": Shape(
        "create table events (user_id int, course_id int, kind text,"
        " performed_at timestamp, properties jsonb)",
        "user_id course_id kind performed_at properties",
    ),
    "ahoy_events": Shape(
        "create table ahoy_events (id bigserial, visit_id bigint, user_id bigint,"
        " name varchar, properties jsonb, time timestamp)",
        "user_id - name time properties",
    ),
    "web.tracks": Shape(
        "create table web.tracks (id varchar(512), received_at timestamptz,"
        " anonymous_id varchar, context_ip varchar, event text, event_text text,"
        " original_timestamp timestamptz, sent_at timestamptz, timestamp timestamptz,"
        " user_id varchar)",
        "user_id - event timestamp -",
    ),
    "mdl_logstore_standard_log": Shape(
        "create table mdl_logstore_standard_log (id bigint, eventname varchar(255),"
        " component varchar(100), action varchar(100), target varchar(100),"
        " objecttable varchar(50), objectid bigint, crud varchar(1), edulevel smallint,"
        " contextid bigint, userid bigint, courseid bigint, relateduserid bigint,"
        " anonymous smallint, other text, timecreated bigint, origin varchar(10),"
        " ip varchar(45), realuserid bigint)",
        "userid courseid eventname timecreated -",
    ),
    "edx.tracking_log": Shape(
        "create table edx.tracking_log (username text, session text, event_type text,"
        " event_source text, course_id text, time timestamptz, event jsonb,"
        " context jsonb)",
        "username course_id event_type time event",
    ),
    "django_admin_log": Shape(
        "create table django_admin_log (id int, action_time timestamptz,"
        " object_id text, object_repr varchar(200), action_flag smallint,"
        " change_message text, content_type_id int, user_id int)",
        "user_id - - action_time -",
    ),
    "posthog.events": Shape(
        "create table posthog.events (uuid uuid, event varchar, properties jsonb,"
        " timestamp timestamptz, team_id bigint, distinct_id varchar,"
        " created_at timestamptz)",
        "distinct_id - event timestamp properties",
    ),
    "atomic.events": Shape(
        "create table atomic.events (app_id varchar, etl_tstamp timestamp,"
        " collector_tstamp timestamp, event varchar(128), event_id char(36),"
        " user_id varchar, domain_userid varchar(128), network_userid varchar,"
        " event_name varchar(1000), derived_tstamp timestamp)",
        "domain_userid - event_name derived_tstamp -",
    ),
    "logins": Shape(
        "create table logins (login citext, at timestamptz)", "login - - at -"
    ),
    "shop.orders": Shape(
        "create table shop.orders (id int, customer_id int, ordered timestamp,"
        " shipped_on date)",
        "customer_id - - ordered -",
    ),
    "clicks": Shape(
        "create table clicks (user_id bigint, ts bigint)"
        "; insert into clicks values (1, 1704164645678)",
        "user_id - - ts -",
    ),
    "App.UserActions": Shape(
        'create table "App"."UserActions" ("UserId" uuid, "HappenedAt" timestamptz)',
        "UserId - - HappenedAt -",
    ),
    "all_events": Shape(
        "create view all_events as select 1::bigint as user_id, 'scan' as kind,"
        " now() as performed_at",
        "user_id - kind performed_at -",
    ),
    "app.actions": Shape(
        "create table app.actions (account_id uuid, action text,"
        " occurred_at timestamptz) partition by range (occurred_at)",
        "account_id - action occurred_at -",
    ),
    "visits": Shape(
        "create table visits (customer_id int, created_at timestamp)",
        "customer_id - - created_at -",
    ),
}
_PAGE = (ROOT / "docs" / "your-events.md").read_text("utf-8")
COMMANDS = {
    shlex.split(command)[3]: command
    for command in re.findall(
        r"\| `(fast-dau init --table [^`]+)` \|$", _PAGE, re.MULTILINE
    )
}


def test_every_shape_of_the_page_is_tried() -> None:
    assert list(COMMANDS) == list(SHAPES)


@pytest.mark.parametrize("table", SHAPES)
def test_the_command_on_the_page_understands_the_table(
    connection: Connection, table: str
) -> None:
    ddl, columns = SHAPES[table]
    schema, dot, _ = table.rpartition(".")
    execute(connection, f'create schema "{schema}"' if dot else "select")
    execute(connection, "create extension if not exists citext", ddl)
    said = answer(*shlex.split(COMMANDS[table])[1:], "--dry-run")

    found = dict(re.findall(r"^--   (\w+) +(\S+)", said, re.MULTILINE))
    assert [found[role] for role in ROLES] == columns.split()


def test_what_is_not_as_by_default_is_shown_as_the_variables_that_say_it(
    connection: Connection,
) -> None:
    execute(connection, "create table clicks (user_id uuid, course_id int, ts bigint)")
    execute(connection, "insert into clicks select null, 1, 1704164645678")
    said = answer("init", "--table", "clicks", "--dry-run")
    execute(connection, "drop table clicks; create table clicks (uid int, t timestamp)")
    zone = answer(
        *("init", "--table", "clicks", "--dry-run", "--times-in", "Asia/Tokyo"),
        *("--columns", "performed_at=t"),
    )

    assert "bigint, milliseconds since 1970" in said
    for line in (
        "fast_dau_user_id_type: uuid",
        "fast_dau_performed_at_type: bigint",
        "fast_dau_performed_at_unit: milliseconds",
    ):
        assert f"-- in dbt_project.yml: {line}\n" in said
    assert "fast_dau_course_id_type" not in said
    assert "on the clocks of Asia/Tokyo" in zone
    assert "fast_dau_performed_at_zone: Asia/Tokyo\n" in zone


@pytest.mark.parametrize(
    ("columns", "given", "said"),
    [
        ("user_id int, note text", "", "No column of the table looks like the time"),
        (
            "who int, created_at timestamp",
            "",
            "No column of the table looks like the u",
        ),
        ("", "", "It has no column."),
        ("user_id int, day date", "", "day is of type date, which performed_at cannot"),
        ("user_id int, day date", "", "in a view, `day::timestamp` puts its events at"),
        ("user_id int, ts text", "", "using ts::timestamptz` makes it one"),
        ("user_id int, ts time", "", "ts is of type time without time zone"),
        ("user_id int[], ts timestamp", "", "`unnest(user_id)` makes an event of each"),
        ("user_id jsonb, ts timestamp", "", "`user_id ->> 'KEY'` has the id in it"),
        ("user_id numeric, ts timestamp", "", "`user_id::bigint` is a whole number"),
        ("user_id bytea, ts timestamp", "", "A view can bring it into such a type."),
        ("user_id int, ts timestamp", "kind=ts", "which kind cannot be: it is one of"),
        ("user_id int, ts timestamp", "kind=no", "There is no column no in it: it has"),
        ("user_id int, ts timestamp", "kind", "is not of the form ROLE=COLUMN"),
        ("user_id int, ts timestamp", "who=ts", "events have no column 'who', only"),
        ("user_id int, ts timestamp", "user_id=", "An event needs the user: name its"),
    ],
)
def test_what_cannot_be_read_is_refused_with_what_would_do(
    connection: Connection, columns: str, given: str, said: str
) -> None:
    execute(connection, f"create table taps ({columns})")
    done = run_cli("init", "--table", "taps", "--columns", given, "--dry-run")

    assert (done.returncode, done.stdout) == (2, "")
    assert said in done.stderr
    assert done.stderr.endswith(".\n")


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("--table", "app.nothing"), "There is no table or view app.nothing"),
        (("--columns", "user_id=who"), "go with --table"),
        (("--times-in", "Asia/Tokyo"), "go with --table"),
        (("--table", "events", "--times-in", "Berlin"), "no time zone Berlin"),
    ],
)
def test_options_that_do_not_fit_are_refused(
    connection: Connection, arguments: tuple[str, ...], said: str
) -> None:
    execute(connection, "create table events (user_id int, at timestamp)")
    done = run_cli("init", *arguments, "--dry-run")

    assert (done.returncode, done.stdout) == (2, "")
    assert said in done.stderr


def own_settings(folder: Path, text: str) -> Path:
    """Return the dbt_project.yml of a project of one's own, with these variables."""
    file = OwnProject(folder).folder / "dbt_project.yml"
    head, vars_, _ = file.read_text().partition("\nvars:\n")
    file.write_text(f"{head}{vars_}{text}")
    return file


def test_a_description_takes_the_place_of_the_one_before_and_of_nothing_else(
    connection: Connection, tmp_path: Path
) -> None:
    execute(connection, "create table taps (who int, kind text, at timestamptz)")
    file = own_settings(
        tmp_path / "own",
        "  fast_dau_events_columns:\n    user_id: other\n  mine: 1  # kept\n"
        "  fast_dau_events_table: before\n",
    )
    with at_work(file.parent):
        command = ("init", "--table", "taps", "--columns", "user_id=who,kind=")
        done = run_cli(*command)

    assert done.returncode == 0, done.stderr
    settings = yaml.safe_load(file.read_text())["vars"]
    assert settings == {
        "mine": 1,
        "fast_dau_events_schema": "public",
        "fast_dau_events_table": "taps",
        "fast_dau_events_columns": {
            "user_id": "who",
            "course_id": None,
            "kind": None,
            "performed_at": "at",
            "properties": None,
        },
        "fast_dau_performed_at_type": "timestamptz",
    }
    assert "mine: 1  # kept" in file.read_text()


@pytest.mark.parametrize("text", ["    mine: 1\n", "  {mine: 1}\n"])
def test_settings_of_a_form_that_is_not_known_are_left_as_they_are(
    connection: Connection, tmp_path: Path, text: str
) -> None:
    execute(connection, "create table taps (user_id int, performed_at timestamptz)")
    file = own_settings(tmp_path / "own", text)
    before = file.read_text()
    with at_work(file.parent):
        done = run_cli("init", "--table", "taps")

    assert done.returncode == 2
    assert "two blanks before each of its `vars:`. Put these there" in done.stderr
    assert file.read_text() == before
