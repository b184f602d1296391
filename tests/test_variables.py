"""A run whose variables make no sense is refused, and nothing has been written."""

import json
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from orchestration.core import settings
from orchestration.core.errors import UserError
from tests.commands import run_cli
from tests.oracle import Definitions, Event
from tests.rollup import Rollup, RunError

NOW = datetime(2024, 3, 25, 12)

REFUSALS: list[tuple[dict[str, Any], str]] = [
    (
        {"start_date": "2024-03-02", "end_date": "2024-03-01"},
        "is after fast_dau_end_date",
    ),
    ({"start_date": "2024-03-02"}, "go together"),
    ({"start_date": "2024-02-30", "end_date": "2024-03-01"}, "not a date"),
    ({"start_date": "yesterday", "end_date": "2024-03-01"}, "not a date"),
    ({"refresh": "fully"}, "not incremental, full or start_over"),
    (
        {"refresh": "full", "start_date": "2024-03-01", "end_date": "2024-03-01"},
        "rebuilds every day",
    ),
    ({"refesh": "full"}, "there is no variable 'fast_dau_refesh'"),
    ({"lookback_days": 0}, "not from 1 to"),
    ({"lookback_days": "three"}, "'three', not a whole number"),
    ({"max_clock_skew_minutes": -1}, "not from 0 to"),
    ({"time_zone": "Europe/Brelin"}, "Postgres does not know"),
    ({"time_zone": "UTC+2"}, "Postgres does not know"),
    ({"active_kinds": "page_view"}, "not a list"),
    ({"events_start_date": "01.02.2024"}, "not a date"),
    ({"run_at": "noon"}, "not a time"),
    ({"events_kept_from": "last year"}, "not a date"),
    (
        {
            "events_kept_from": "2024-03-02",
            "start_date": "2024-03-01",
            "end_date": "2024-03-01",
        },
        "is before fast_dau_events_kept_from",
    ),
    ({"wait_minutes": -1}, "not from 0 to"),
    ({"wait_minutes": 1441}, "not from 0 to 1440"),
    ({"silent_seconds": 0}, "not from 1 to"),
    ({"max_segment_values": 0}, "not from 1 to"),
    # What YAML makes of on, 1.10, 12:30, 010 and null, and of a date.
    ({"active_kinds": ["view", True]}, r"True \(to YAML true or false\).*in quotes"),
    ({"active_kinds": [1.1]}, r"active_kinds is 1.1 \(to YAML a number\), not text"),
    ({"active_kinds": [750]}, r"750 \(to YAML a whole number\)"),
    ({"active_kinds": [8]}, r"8 \(to YAML a whole number\)"),
    ({"active_kinds": [None]}, r"null \(to YAML nothing\)"),
    ({"active_kinds": [[]]}, r"\[\] \(to YAML a list\)"),
    ({"active_kinds": [{"a": 1}]}, r"{'a': 1} \(to YAML a mapping\)"),
    ({"active_kinds": ["view", " "]}, "active_kinds is empty"),
    ({"active_kinds": ["a\0"]}, "no server can store"),
    ({"active_kinds": {"view": None}}, "not a list"),
    ({"active_kinds": None}, r"null \(to YAML nothing\), not a list"),
    ({"events_schema": 5}, r"events_schema is 5 \(to YAML a whole number\), not text"),
    ({"events_table": None}, "events_table is null"),
    ({"events_table": ""}, "events_table is empty"),
    ({"events_table": "e" * 64}, "longer than the 63 bytes"),
    ({"reader_role": True}, "reader_role is True"),
    ({"reader_role": "public"}, "not the name of a role"),
    ({"time_zone": False}, "time_zone is False"),
    ({"user_id_type": "int"}, "not smallint, integer, bigint"),
    ({"performed_at_type": "date"}, "not timestamp, timestamptz"),
    ({"performed_at_unit": "minutes"}, "not seconds or milliseconds"),
    ({"performed_at_zone": "Berlin"}, "Postgres does not know"),
    ({"events_columns": "user_id"}, "not a mapping of user_id, course_id"),
    ({"events_columns": {"user": "uid"}}, "not a mapping of user_id, course_id"),
    ({"events_columns": {"user_id": None}}, "not a mapping of user_id, course_id"),
    ({"events_columns": {"kind": 5}}, "not a mapping of user_id, course_id"),
    ({"events_columns": {"kind": "verb"}}, "public.events has no column verb"),
    ({"user_id_type": "uuid"}, "is of type integer, and fast_dau_user_id_type is uuid"),
    ({"performed_at_type": "timestamptz"}, "timestamp without time zone, and"),
    ({"time_zone": "utc"}, "Postgres does not know"),
    # An hour ahead all year to Postgres, with summer time to all others.
    *(
        ({"time_zone": zone}, "Postgres does not know")
        for zone in ("CET", "EET", "MET", "WET", "EST", "Factory")
    ),
    # A time is no date: its hours would be dropped.
    ({"events_start_date": "2024-03-01 05:00:00"}, "not a date"),
    ({"events_kept_from": "2024-03-01T05:00:00Z"}, "not a date"),
    ({"events_kept_from": 20240301}, "not a date"),
    ({"on_date": "today"}, "not a date"),
    ({"from_date": "01/02/2024"}, "not a date"),
    ({"run_at": "2024-02-30T00:00:00Z"}, "not a time"),
    ({"run_at": "0000-01-01"}, "not a time"),
    ({"run_at": "9999-12-31T23:59:59Z"}, "not a time"),
    ({"run_at": "2024-03-01T00:00:00+25:00"}, "not a time"),
    ({"run_at": 1711368000}, "not a time"),
    ({"run_at": ""}, "not a time"),
    ({"refresh": None}, "refresh is null"),
    ({"lookback_days": True}, "lookback_days is True"),
    ({"lookback_days": 3.0}, r"lookback_days is 3.0 \(to YAML a number\)"),
    ({"lookback_days": None}, "lookback_days is null"),
    *(
        ({name: 10**12}, f"{name} is {10**12}, not from")
        for name in (
            "max_clock_skew_minutes",
            "lookback_days",
            "cohort_days",
            "max_segment_values",
            "wait_minutes",
            "silent_seconds",
            "lock_timeout_seconds",
        )
    ),
]


def test_a_variable_that_makes_no_sense_is_refused_before_anything_is_written(
    rollup: Rollup, subtests: pytest.Subtests
) -> None:
    rollup.insert([Event(1, NOW)])
    for variables, reason in REFUSALS:
        refused = pytest.raises(RunError, match=f"fast-dau: .*{reason}.*Nothing ran")
        with subtests.test(str(variables)), refused:
            rollup.dbt("run", **({"run_at": NOW} | variables))

    assert rollup.query("select 1 from pg_tables where schemaname = 'analytics'") == []


def test_an_old_name_works_and_says_what_it_is_now(rollup: Rollup) -> None:
    """Names that were never ours are nobody's business."""
    rollup.definitions = Definitions(time_zone="Asia/Tokyo")
    rollup.insert([Event(1, datetime(2024, 3, 24, 23)), Event(2, NOW)])
    old = {"time_zone": "Asia/Tokyo", "run_at": str(NOW), "color": "red"}
    new = {"fast_dau_time_zone": "Asia/Tokyo"}

    twice = run_cli("dbt", "run", "--vars", json.dumps(old | new))
    done = run_cli("dbt", "run", "--vars", json.dumps(old), "--select", "rollup")

    assert twice.returncode == 2
    assert "time_zone is called fast_dau_time_zone now, and both" in twice.stdout
    assert done.returncode == 0, done.stdout
    for name in ("time_zone", "run_at"):
        said = f"the variable {name} is called fast_dau_{name} now"
        assert done.stdout.count(said) == 1
    assert rollup.tables() == rollup.expected(NOW)


@pytest.mark.parametrize(
    "run_at", ["2024-03-25", "2024-03-25 12:00", "2024-03-25T14:00+02:00"]
)
def test_the_clock_is_utc_unless_it_says_otherwise(run_at: str, rollup: Rollup) -> None:
    moments = (datetime(2024, 3, 24), NOW, NOW + timedelta(hours=1))
    rollup.insert(Event(n, moment) for n, moment in enumerate(moments))
    clock = NOW if ":" in run_at else datetime(2024, 3, 25)
    rollup.dbt("run", run_at=run_at)

    assert rollup.tables() == rollup.expected(clock)


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("fast_dau_lookback_days: 010", "010 would be read as 8"),
        ("fast_dau_wait_minutes: 1:00", "1:00 would be read as 60"),
        ("fast_dau_active_kinds: [0x10]", "0x10 would be read as 16"),
        ("fast_dau_events_table: 5", "events_table is 5, not a name"),
        ("fast_dau_course_id_type: int", "course_id_type is 'int', not one of"),
        ("fast_dau_events_columns: {user: a}", "events_columns is {'user': 'a'}, not"),
        ("fast_dau_performed_at_zone: 5", "performed_at_zone is 5, not a name"),
        ("fast_dau_time_zone: on", "time_zone is True, not a name"),
        ("fast_dau_lookback_days: 1000000000000", "is 1000000000000, not"),
    ],
)
def test_the_command_line_refuses_what_yaml_would_change(
    text: str, reason: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    done = run_cli("plan", "--vars", text)
    (tmp_path / "dbt_project.yml").write_text(f"name: mine\nvars:\n  {text}")
    monkeypatch.setattr(settings, "DBT_PROJECT_DIR", tmp_path)

    assert done.returncode == 2
    assert reason in done.stderr
    with pytest.raises(UserError, match=reason):
        settings.dbt_vars.__wrapped__()
