"""Tables of events as others have them: their DDL, and how they write an event."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from tests.oracle import Definitions, Event, Moment

BERLIN = ZoneInfo("Europe/Berlin")
_EPOCH = datetime(1970, 1, 1)
_HOUR, _FORWARD = timedelta(hours=1), datetime(2024, 3, 31, 1)
# In seconds, of which no timestamp shows any.
_ENDLESS = {"infinity": 10**15, "-infinity": -(10**15)}


@dataclass(frozen=True)
class Shape:
    """A table or view of events, and what `fast-dau init` is told of it.

    An event goes into the table `into`, where that is another one, `columns` being
    those of its user, time, kind and course. `written` and `at` are what stands there
    of a user and a time, and `user` and `seen` what that means. `meanwhile` is what
    happens to the table after its events have come or changed.
    """

    ddl: str
    table: str
    columns: tuple[str, str, str | None, str | None]
    user: Callable[[int], Any] = int
    written: Callable[[Event], Any] | None = None
    at: Callable[[Moment], Any] = str
    seen: Callable[[Moment], Moment] = lambda moment: moment
    course: Callable[[int], Any] = int
    options: tuple[str, ...] = ()
    into: str | None = None
    kinds: tuple[str, ...] = ()
    has_log: bool = True
    meanwhile: str = "select"

    @property
    def definitions(self) -> Definitions:
        """Return what its numbers mean."""
        return Definitions("Europe/Berlin", self.kinds)

    def row(self, event: Event) -> list[Any]:
        """Return what stands in those of the columns that there are."""
        cells = [
            self.written(event) if self.written else self.known(event).user_id,
            event.performed_at and self.at(event.performed_at),
            event.kind,
            event.course_id and self.course(event.course_id),
        ]
        return [cell for cell, name in zip(cells, self.columns, strict=True) if name]

    def known(self, event: Event) -> Event:
        """Return the event as whoever reads the table knows it."""
        _, _, kind, course = self.columns
        return Event(
            None if event.user_id is None else self.user(event.user_id),
            self.seen(event.performed_at),
            event.kind if kind else None,
            self.course(event.course_id) if course and event.course_id else None,
        )


def _in_utc(moment: Moment) -> str:
    return f"{moment}+00" if isinstance(moment, datetime) else str(moment)


def _number(unit: timedelta, kind: type) -> Callable[[Moment], Any]:
    def number(moment: Moment) -> Any:
        if isinstance(moment, datetime):
            passed = moment - _EPOCH
            return passed // unit if kind is int else kind(passed / unit)
        assert moment is not None
        return _ENDLESS[moment] * (timedelta(seconds=1) // unit)

    return number


def _whole(unit: timedelta) -> Callable[[Moment], Moment]:
    def floor(moment: Moment) -> Moment:
        if not isinstance(moment, datetime):
            return moment
        return _EPOCH + (moment - _EPOCH) // unit * unit

    return floor


def _on_clocks_of_berlin(moment: Moment) -> str:
    if not isinstance(moment, datetime):
        return str(moment)
    shown = moment.replace(tzinfo=UTC).astimezone(BERLIN).replace(tzinfo=None)
    # Half past two, which the clocks left out, is half past three.
    is_left_out = _FORWARD + timedelta(minutes=30) <= moment < _FORWARD + _HOUR
    return str(shown - _HOUR if is_left_out else shown)


def _read_in_berlin(moment: Moment) -> Moment:
    """Of the two moments that a time in autumn can be, Postgres takes the later one."""
    if not isinstance(moment, datetime):
        return moment
    shown = moment.replace(tzinfo=UTC).astimezone(BERLIN)
    return max(
        shown.replace(fold=fold).astimezone(UTC).replace(tzinfo=None) for fold in (0, 1)
    )


def _uuid(user: int) -> str:
    return str(UUID(int=user % 2**128))


def _text(user: int) -> str:
    return f"user {user} é"


_SECOND, _MILLISECOND = timedelta(seconds=1), timedelta(milliseconds=1)
_WIDE = ", ".join(f"extra_{n} text default 'x'" for n in range(36))

SHAPES = {
    "rails_ahoy": Shape(
        "create table ahoy_events (id bigserial primary key, visit_id bigint,"
        " user_id bigint, name varchar, properties jsonb, time timestamp)",
        "public.ahoy_events",
        ("user_id", "time", "name", None),
    ),
    "segment_tracks": Shape(
        "create schema production; create table production.tracks"
        " (id varchar(1024), received_at timestamptz default now(), anonymous_id text,"
        ' user_id varchar(255), event text, event_text text, "timestamp" timestamptz,'
        " context_page_url text)",
        "production.tracks",
        ("user_id", "timestamp", "event", None),
        user=_text,
        at=_in_utc,
    ),
    "moodle": Shape(
        "create table mdl_logstore_standard_log (id bigserial, eventname varchar(255),"
        " userid bigint, courseid bigint, other text, timecreated bigint)",
        "public.mdl_logstore_standard_log",
        ("userid", "timecreated", "eventname", "courseid"),
        at=_number(_SECOND, int),
        seen=_whole(_SECOND),
    ),
    "uuids_and_quoted_names": Shape(
        'create schema "App"; create table "App"."User Events"'
        ' ("Who %" uuid, "When" timestamptz, "What" text)',
        "App.User Events",
        ("Who %", "When", "What", None),
        user=_uuid,
        at=_in_utc,
        options=("--columns=user_id=Who %,performed_at=When,kind=What",),
    ),
    "citext_users_and_text_courses": Shape(
        "create extension citext; create table enrolments (email citext,"
        " course_key text, verb text, occurred_at timestamptz, data json)",
        "public.enrolments",
        ("email", "occurred_at", "verb", "course_key"),
        user=lambda user: f"u{user}@example.org",
        written=lambda event: (
            (
                event.user_id is not None
                and f"{'U' if event.kind else 'u'}{event.user_id}@example.ORG"
            )
            or None
        ),
        at=_in_utc,
        course=lambda course: f"course-v1:x+{course}",
        options=("--columns=user_id=email",),
    ),
    "clocks_of_a_zone": Shape(
        "create table visits (member_id smallint, created_at timestamp)",
        "public.visits",
        ("member_id", "created_at", None, None),
        user=lambda user: min(user, 2**15 - 1),
        at=_on_clocks_of_berlin,
        seen=_read_in_berlin,
        options=("--times-in=Europe/Berlin",),
    ),
    "milliseconds_and_enum_kinds": Shape(
        "create type deed as enum ('page_view', 'video_play', 'enrolled');"
        "create table clicks (uid varchar(40), ts bigint, kind deed)",
        "public.clicks",
        ("uid", "ts", "kind", None),
        user=_text,
        at=_number(_MILLISECOND, int),
        seen=_whole(_MILLISECOND),
        kinds=("page_view", "video_play"),
    ),
    "fractional_seconds_and_domains": Shape(
        "create domain person as integer; create domain label as varchar(40);"
        "create table facts (player_id person, action label, ts numeric)",
        "public.facts",
        ("player_id", "ts", "action", None),
        at=lambda moment: str(_number(timedelta(microseconds=1), int)(moment)) + "e-6",
    ),
    "floating_seconds": Shape(
        "create table pings (user_id text, time double precision)",
        "public.pings",
        ("user_id", "time", None, None),
        user=_text,
        at=_number(_SECOND, float),
    ),
    "monthly_partitions": Shape(
        "create table activity (user_id int, course_id int, kind text, performed_at"
        " timestamptz) partition by range (performed_at);"
        "create table activity_rest partition of activity default;"
        "create table activity_3 partition of activity"
        " for values from ('2024-03-01+01') to ('2024-04-01+02');"
        "create table activity_4 partition of activity"
        " for values from ('2024-04-01+02') to ('2024-05-01+02')",
        "public.activity",
        ("user_id", "performed_at", "kind", "course_id"),
        at=_in_utc,
        meanwhile="alter table activity detach partition activity_3;"
        "alter table activity attach partition activity_3"
        " for values from ('2024-03-01+01') to ('2024-04-01+02')",
    ),
    "wide_with_an_index_of_its_own": Shape(
        f"create table wide (gone int, {_WIDE}, account_id bigint, name text,"
        " happened_at timestamp, day date generated always as (happened_at::date)"
        " stored); alter table wide drop column gone;"
        "create index of_its_own on wide (happened_at, account_id, name)",
        "public.wide",
        ("account_id", "happened_at", "name", None),
    ),
    "a_view_over_two_tables": Shape(
        "create table web (user_id int, name text, time timestamp);"
        "create table app (player text, action text, ts numeric);"
        "create view everything as select user_id, name, time from web union all"
        " select player::int, action, to_timestamp(ts) at time zone 'UTC' from app",
        "public.everything",
        ("user_id", "time", "name", None),
        into="web",
        meanwhile="with moved as (delete from web where user_id % 2 = 0 returning *)"
        " insert into app select user_id, name, extract(epoch from time) from moved",
        has_log=False,
    ),
    "a_view_of_devices_as_people": Shape(
        "create table people (device text primary key, person uuid);"
        "insert into people select 'device ' || n,"
        " lpad(to_hex(n / 2), 32, '0')::uuid from generate_series(0, 15) as n;"
        "create table taps (device text, tapped_at timestamptz, kind text);"
        "create view acts as select person as user_id, tapped_at as performed_at, kind"
        " from taps left join people using (device)",
        "public.acts",
        ("device", "tapped_at", "kind", None),
        user=lambda user: _uuid(user // 2) if 0 <= user < 16 else None,
        written=lambda event: (
            (event.user_id is not None and f"device {event.user_id}") or None
        ),
        at=_in_utc,
        into="taps",
        has_log=False,
    ),
}
