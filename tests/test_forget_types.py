"""Whoever is forgotten may have an id of any type: of that user nothing is left."""

import hashlib
import uuid

import pytest

from orchestration.core.errors import Failure
from orchestration.core.event_columns import EventColumns
from orchestration.trust.forget.erase import forget
from orchestration.trust.forget.ids import parsed_id
from tests.events_tables import EVENTS
from tests.forgetting import BERLIN, FIRST_USER, LISTS
from tests.rollup import Rollup

STATE = BERLIN
UUID = str(uuid.UUID(hashlib.md5(b"77").hexdigest()))  # noqa: S324  # no secret
# By type: an id of each row, from the number; as it is asked for; as others have it.
TYPES = {
    "smallint": ("(user_id % 32749)::smallint", "77", "77"),
    "bigint": ("user_id + 5000000000", "5000000077", "5000000077"),
    "uuid": ("md5(user_id::text)::uuid", UUID.upper(), UUID.upper()),
    "text": (
        "'it''s 5% {x} \\ é' || user_id",
        "it's 5% {x} \\ é77",
        "it's 5% {x} \\ é77",
    ),
    "character varying": ("'0' || user_id", "077", "077"),
    # Each table has the user in another form.
    "citext": (
        "case random() < 0.5 when true then 'Ann' else 'aNN' end || user_id",
        "ANN77",
        "anN77",
    ),
}


@pytest.mark.parametrize("kind", TYPES)
def test_nothing_of_a_user_is_left_whatever_the_type_of_ids(
    rollup: Rollup, kind: str
) -> None:
    expression, given, elsewhere = TYPES[kind]
    tables = ["events", *(f"analytics.{name}" for name in LISTS)]
    kept = [
        rollup.query(f"select count(*) from {name} where user_id <> {FIRST_USER}")
        for name in tables
    ]
    rollup.execute(
        "create extension if not exists citext;"
        "drop view analytics.returning_users_live, analytics.daily_active_users_live;"
        "create table analytics.notes (user_id text)"
    )
    for name in tables:
        rollup.execute(
            f"alter table {name} alter user_id type {kind} using {expression}"
        )
    rollup.execute('alter table events rename user_id to "Who is"')
    rollup.connection.cursor().execute(
        "insert into analytics.notes values (%s)", (elsewhere,)
    )
    columns = EventColumns({"user_id": "Who is"}, user_id_type=kind)

    def erase() -> dict[str, int]:
        rollup.connection.autocommit = False
        done = forget(
            rollup.connection,
            EVENTS,
            parsed_id(given, kind),
            columns=columns,
            keeps_counts=True,
            say=lambda _: None,
        )
        return {str(table): count for table, count in done.rows_erased.items()}

    with pytest.raises(Failure, match=r"would be left in analytics.notes \(1\)"):
        erase()
    rollup.execute("drop table analytics.notes")
    rollup.connection.commit()
    erased = erase()
    assert erased["public.events"] == erased["analytics.user_day_activity"] == 6
    assert erased["analytics.returning_users"] > 1
    assert erased["analytics.user_lifetimes"] == 1
    names = [(name, '"Who is"' if name == "events" else "user_id") for name in tables]
    assert [
        rollup.query(f"select count(*) from {name} where {column} is not null")
        for name, column in names
    ] == kept
