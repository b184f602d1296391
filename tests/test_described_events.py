"""What a run does where events are no longer read as they were."""

from dataclasses import replace
from datetime import datetime
from pathlib import Path
from random import Random

import pytest

from orchestration.core.connection import Connection
from tests.change_logs import install
from tests.commands import run_cli
from tests.made_up_events import eventful_days, invalid_events
from tests.oracle import tables
from tests.own_projects import OwnProject, as_of, at_work
from tests.product_oracle import Rows
from tests.rollup import Rollup, RunError
from tests.states import State

FIRST, NOW = datetime(2024, 3, 1), datetime(2024, 3, 25, 12)
ACTOR = {"user_id": "actor_id"}
COUNTED = ("user_day_activity", "returning_users", "daily_retention")


def first_built(rollup: Rollup) -> None:
    """Three weeks and a half of users, and of the actors who were them."""
    rollup.execute("alter table events add actor_id int")
    rollup.insert([*eventful_days(Random(5), FIRST, 25), *invalid_events(NOW)])
    rollup.execute("update events set actor_id = abs(user_id::bigint) % 4")
    rollup.build(NOW)


STATE = State(first_built)


def expected_of_actors(rollup: Rollup) -> dict[str, Rows]:
    """Return what the oracle says where the actor is the user."""
    events = [
        replace(event, user_id=event.user_id and abs(event.user_id) % 4)
        for event in rollup.events()
    ]
    expected = tables(events, NOW, rollup.definitions)
    return {name: expected[name] for name in COUNTED}


def test_where_another_column_is_the_user_every_day_is_counted_anew(
    rollup: Rollup,
) -> None:
    plan = rollup.compiled("refresh_days", run_at=NOW, events_columns=ACTOR)
    planned = rollup.query(plan["refresh_days"])
    rollup.build(NOW, events_columns=ACTOR)
    found = rollup.tables()
    rollup.build(NOW, events_columns=ACTOR)

    assert {name: found[name] for name in COUNTED} == expected_of_actors(rollup)
    assert len(planned) == len(found["daily_active_users"])
    assert rollup.query("select count(*) from analytics.refresh_days") == [(4,)]


def test_tables_that_an_earlier_version_built_were_read_by_the_contract(
    rollup: Rollup,
) -> None:
    rollup.execute(
        "update analytics.rollup_state set model_vars = model_vars - 'stg_events'"
    )
    rollup.build(NOW, events_columns=ACTOR)
    found = rollup.tables()

    assert {name: found[name] for name in COUNTED} == expected_of_actors(rollup)


def test_a_wrong_reading_that_leaves_no_event_on_its_day_is_refused(
    rollup: Rollup,
) -> None:
    before = rollup.tables()
    rollup.execute("alter table events add wrong_at timestamp")

    with pytest.raises(RunError, match="holds no event any more"):
        rollup.build(
            NOW, events_columns={"performed_at": "wrong_at"}, events_kept_from=None
        )
    rollup.build(NOW)
    assert rollup.tables() == before


def test_a_change_log_of_other_columns_is_to_be_made_anew_first(
    rollup: Rollup, connection: Connection
) -> None:
    install(connection)
    rollup.build(NOW)

    with pytest.raises(RunError, match="was made for other columns"):
        rollup.build(NOW, events_columns=ACTOR)


def test_users_of_another_type_than_the_tables_have_are_refused(
    rollup: Rollup,
) -> None:
    before = rollup.tables()
    rollup.execute("alter table events alter user_id type bigint")

    with pytest.raises(RunError, match="user_id_type was integer, and is bigint"):
        rollup.build(NOW, user_id_type="bigint")
    assert rollup.tables() == before


@pytest.mark.prove
def test_users_of_another_type_want_a_new_start_that_is_asked_for(
    rollup: Rollup, tmp_path: Path
) -> None:
    rollup.execute("alter table events alter user_id type text")
    OwnProject(tmp_path / "usage", fast_dau_user_id_type="text")
    with at_work(tmp_path / "usage"):
        refused = run_cli("dbt", "run", as_of(NOW))
        started_over = run_cli("dbt", "run", as_of(NOW, fast_dau_refresh="start_over"))
    expected = tables(rollup.events(), NOW, rollup.definitions)

    assert refused.returncode != 0
    assert "user_id_type was integer, and is text" in refused.stdout
    assert started_over.returncode == 0, started_over.stdout
    found = rollup.tables()
    assert {name: found[name] for name in COUNTED} == {
        name: expected[name] for name in COUNTED
    }
    assert rollup.query(
        "select pg_typeof(max(user_id)) from analytics.returning_users_live"
    ) == [("text",)]
