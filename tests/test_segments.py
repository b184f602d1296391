"""DAU by segment: what the values are, which are kept apart, and what is refused."""

from datetime import date, datetime, timedelta
from typing import Any

import pytest

from tests.product_oracle import active_by_segment
from tests.rollup import Rollup, RunError
from tests.states import State

FIRST = datetime(2024, 3, 1)
NOW = datetime(2024, 3, 12, 12)
TABLE = "analytics.daily_active_users_by_segment"
SEGMENTS = {"platform": "properties ->> 'platform'", "course": "course_id"}
# Users 0 to 39, each with up to three events a day, of platforms that differ in size.
EVENTS = f"""
insert into events (user_id, course_id, performed_at, properties)
select
    user_id,
    nullif(user_id * n % 7, 0),
    '{FIRST}'::timestamp + (user_id + n) % 11 * interval '1 day' + n * interval '5 h',
    case when n = 2 and user_id % 5 = 0 then '{{}}'
    else jsonb_build_object('platform', (array['web', 'ios', 'tv', 'car', 'watch'])
        [1 + (user_id * user_id + n * day) % 5]) end
from generate_series(0, 39) as user_id, generate_series(0, 2) as n,
    generate_series(0, 3) as day
"""


def eleven_days(rollup: Rollup) -> None:
    """Eleven days, not yet built."""
    rollup.execute(EVENTS)


STATE = State(eleven_days, has_product=True)


def found(rollup: Rollup) -> list[tuple[Any, ...]]:
    """Return the rows of the table, sorted."""
    return sorted(rollup.query(f"select * from {TABLE}"))


def expected(rollup: Rollup, most: int = 20) -> list[tuple[Any, ...]]:
    """Return what the oracle says of both segments, of the events that are there."""
    read = rollup.query(
        "select performed_at::date, user_id, properties ->> 'platform', course_id::text"
        f" from events where performed_at <= '{NOW}'"
    )
    return active_by_segment(
        [(day, user, {"platform": p, "course": c}) for day, user, p, c in read],
        {
            "platform": lambda event: event["platform"],
            "course": lambda event: event["course"],
        },
        most,
    )


def test_a_user_counts_in_every_value_and_null_is_one(rollup: Rollup) -> None:
    rollup.build(NOW, segments=SEGMENTS)

    assert found(rollup) == expected(rollup)
    [(in_values, dau)] = rollup.query(
        f"select (select sum(dau) from {TABLE} where segment = 'platform'),"
        " (select sum(dau) from analytics.daily_active_users)"
    )
    assert in_values > dau
    assert ("(none)",) in rollup.query(f"select distinct value from {TABLE}")


def test_values_of_fewest_users_are_counted_together_by_every_run(
    rollup: Rollup,
) -> None:
    variables = {"segments": SEGMENTS, "max_segment_values": 2}
    rollup.build(NOW, **variables)

    assert found(rollup) == expected(rollup, most=2)
    assert ("(other)",) in rollup.query(f"select distinct value from {TABLE}")

    rollup.execute(
        "update events set properties = jsonb_set(properties, '{platform}', '\"tv\"')"
        f" where performed_at >= '{NOW - timedelta(days=2)}' and user_id % 3 = 0"
    )
    rollup.execute("delete from events where performed_at::date = '2024-03-10'")

    assert rollup.build(NOW, **variables)["daily_active_users_by_segment"] > 0
    assert found(rollup) == expected(rollup, most=2)
    assert rollup.build(NOW, **variables)["daily_active_users_by_segment"] == 0


def test_other_segments_are_built_for_all_days_by_the_next_run(rollup: Rollup) -> None:
    rollup.build(NOW, segments={"platform": "'the same'"})
    rollup.build(NOW, segments=SEGMENTS)

    assert found(rollup) == expected(rollup)

    rollup.build(NOW, segments=SEGMENTS, max_segment_values=1)
    assert found(rollup) == expected(rollup, most=1)

    rollup.build(NOW)
    assert found(rollup) == []


def test_days_whose_events_were_purged_keep_their_segments(rollup: Rollup) -> None:
    rollup.build(NOW, segments=SEGMENTS)
    before = found(rollup)
    rollup.execute("delete from events where performed_at < '2024-03-05'")
    kept_from = date(2024, 3, 5)
    rollup.build(
        NOW, segments=SEGMENTS, max_segment_values=1, events_kept_from=kept_from
    )

    def kept(rows: list[tuple[Any, ...]]) -> list[tuple[Any, ...]]:
        return [row for row in rows if row[0] < kept_from]

    assert kept(found(rollup)) == kept(before) != []


def test_values_that_are_called_as_the_others_are_told_from_them(
    rollup: Rollup,
) -> None:
    rollup.execute("delete from events")
    rollup.execute(
        "insert into events (user_id, kind, performed_at) values"
        " (1, '(none)', '2024-03-11'), (2, null, '2024-03-11'),"
        " (3, '(other)', '2024-03-11'), (4, '', '2024-03-11'),"
        f" (5, '{'x' * 3000}', '2024-03-11'), (5, '{'x' * 201}', '2024-03-11'),"
        # In quotes, it is the same value.
        " (1, '\"(none)\"', '2024-03-11'), (6, '\"(none)\"', '2024-03-11')"
    )
    rollup.build(NOW, segments={"it's": "kind", "again": "kind"})

    assert sorted(row[1:] for row in found(rollup)) == sorted(
        (segment, value, dau)
        for segment in ("it's", "again")
        for value, dau in (
            ('"(none)"', 2),
            ("(none)", 1),
            ('"(other)"', 1),
            ("", 1),
            ("x" * 200, 1),
        )
    )


BREAKOUTS = (
    "'a')::text) is null; drop table events cascade; --",
    "kind as text) is null; drop table events cascade; --",
    "kind; drop table events",
    "1]; drop table events; select array[1",
    "kind /* ",
    "kind */ || kind",
    "kind || 'x",
    "kind || $a$x",
    'kind || "x',
    "kind), (kind",
    "kind as text), cast(kind",
    "kind as text) || cast(kind",
    "1 as text) is null); drop table events; alter table x add check (cast(1",
    "kind], array[kind",
    "kind, course_id",
    "kind as text",
    "select kind",
    "kind from events as more, events",
    "1 union select 2",
    "drop_events()",
    "(with gone as (delete from events returning 1) select count(*) from gone)",
    "nextval('numbers')",
    "set_config('transaction_read_only', 'off', true)",
    "kind || pretends_to_be_stable()",
    "",
    "--",
)
REFUSALS: list[tuple[Any, str]] = [
    ({"platform": "propertys ->> 'x'"}, "'platform'.*propertys.*does not exist"),
    ({"many": "count(*)"}, "'many'.*aggregate"),
    ({"set": "generate_series(1, 2)"}, "'set'.*set-returning"),
    ({"broken": "kind)"}, "'broken'.*syntax error"),
    ({"late": "performed_at at time zone 'Nowhere/At_All'"}, "'late'.*Nowhere"),
    (["platform"], "not a mapping"),
    ([], "not a mapping"),
    (False, "not a mapping"),
    ({"empty": ""}, "'empty'"),
    ({"number": 5}, "'number'.*whole number"),
    ({"": "kind"}, "name of a segment is empty"),
    ({"other": "(select max(kind) from events)"}, "'other'.*subquery"),
    ({"rank": "rank() over (order by kind)"}, "'rank'.*window"),
    ({"random": "random() < 0.5"}, r"'random'.*random\(\).*volatile"),
    (
        {"hidden": "kind || case when (clock_timestamp() > now()) then 'x' end"},
        "clock",
    ),
    *(({"bad": expression}, "'bad'") for expression in BREAKOUTS),
]


def test_a_bad_segment_is_refused_by_its_name_and_can_write_nothing(
    rollup: Rollup, subtests: pytest.Subtests
) -> None:
    rollup.execute(
        "create sequence numbers;"
        "create function drop_events() returns text language plpgsql as"
        " $$ begin drop table events cascade; return 'x'; end $$;"
        "create function pretends_to_be_stable() returns text language plpgsql stable"
        " as $$ begin return query_to_xml('delete from events', true, true, ''); end $$"
    )
    before = rollup.query("select count(*) from events")
    for segments, message in REFUSALS:
        reason = f"(?s)fast-dau: .*{message}.*Nothing ran"
        with subtests.test(str(segments)), pytest.raises(RunError, match=reason):
            rollup.build(NOW, segments=segments)

    assert rollup.query("select to_regclass('analytics.refresh_days')") == [(None,)]
    assert rollup.query("select count(*) from events") == before
    assert rollup.query("select last_value, is_called from numbers") == [(1, False)]


@pytest.mark.parametrize(
    ("missing", "variables", "sentence"),
    [
        (
            "properties",
            {"segments": SEGMENTS},
            "the segment 'platform' is no expression on the columns of an event",
        ),
        ("kind", {"active_kinds": ["play"]}, "fast_dau_active_kinds is given"),
    ],
)
def test_what_reads_a_column_that_the_events_do_not_have_is_refused(
    rollup: Rollup, missing: str, variables: dict[str, Any], sentence: str
) -> None:
    with pytest.raises(RunError) as refused:
        rollup.build(NOW, events_columns={missing: None}, **variables)

    assert sentence in str(refused.value)
    assert (
        f"; by fast_dau_events_columns, the table of events has no column for {missing}"
        in str(refused.value)
    )


def test_what_looks_like_an_end_of_the_expression_may_be_in_it(rollup: Rollup) -> None:
    """A comment at its end, quotes, brackets: it means the same in trial and table."""
    segments = {
        "commented": "kind -- ) as text",
        "quoted": "'); --' || events.kind",
        "dollars": "$x$/*$x$ || kind",
        "chosen": "case when course_id in (1, 2) then (array['few', 'b'])[1] end",
        "stable": "concat(to_char(performed_at, 'ID'), kind)",
    }
    rollup.execute("update events set kind = 'view'")
    rollup.build(NOW, segments=segments)

    values = {
        name: {value for _, segment, value, _ in found(rollup) if segment == name}
        for name in segments
    }
    assert values == {
        "commented": {"view"},
        "quoted": {"); --view"},
        "dollars": {"/*view"},
        "chosen": {"few", "(none)"},
        "stable": {f"{day}view" for day in range(1, 8)},
    }


def test_a_longer_follow_up_of_cohorts_is_built_for_all_of_them(rollup: Rollup) -> None:
    """Also cohorts that the run would not look at."""
    rollup.build(NOW, cohort_days=3)
    rollup.build(NOW)

    assert rollup.tables() == rollup.expected(NOW)
