"""The synthetic stream: reproducible, exact where it promises, believable elsewhere."""

import hashlib
import json
import tracemalloc
from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import replace
from datetime import date, datetime, timedelta
from functools import cache
from itertools import pairwise
from typing import NamedTuple

import numpy as np
import pytest

from orchestration.core.errors import UserError
from orchestration.source.synthetic.hashing import Stream, stratified, stream_key
from orchestration.source.synthetic.options import StreamOptions
from orchestration.source.synthetic.population import (
    PERSONA_PERCENT,
    Persona,
    Population,
    active_users,
    populate,
)
from orchestration.source.synthetic.stream import LONGEST_DELAY_DAYS, event_rows
from orchestration.source.synthetic.text import CopyText

# Twelve weeks: all weekdays weigh the same.
OPTIONS = StreamOptions(events=30_000, users=1_500, days=84, end_date=date(2025, 3, 30))
NOTHING_WRONG = replace(OPTIONS, late_share=0, duplicate_share=0, invalid_share=0)
NULL = r"\N"


class Event(NamedTuple):
    """A valid row, as its line says."""

    user: int
    course: int | None
    kind: str
    at: datetime
    platform: str
    session: str


def chunks(options: StreamOptions) -> Iterator[str]:
    text = CopyText(options)
    return map(text, event_rows(options, populate(options)))


@cache
def lines_of(options: StreamOptions) -> list[str]:
    return "".join(chunks(options)).splitlines()


def fault(line: str) -> str | None:
    """Say what is wrong with a row, if anything."""
    user, _, _, at, _ = line.split("\t")
    if user == NULL:
        return "no user"
    known = {NULL: "no time", "infinity": "infinity", "-infinity": "-infinity"}
    years = {"2999": "far future", "1970": "too old"}
    return known.get(at) or years.get(at[:4])


@cache
def events_of(options: StreamOptions) -> list[Event]:
    """Return the valid rows in the order of the stream."""
    events = []
    for line in lines_of(options):
        if fault(line) is None:
            user, course, kind, at, properties = line.split("\t")
            events.append(
                Event(
                    int(user),
                    None if course == NULL else int(course),
                    kind,
                    datetime.fromisoformat(at),
                    **json.loads(properties),
                )
            )
    return events


@cache
def days_of(options: StreamOptions) -> dict[int, list[int]]:
    """Return, by user, the days on which the closed form has them active."""
    population = populate(options)
    days = defaultdict(list)
    for day in range(population.days):
        for user in active_users(population, day).tolist():
            days[user].append(day)
    return days


def users_of(population: Population, persona: Persona) -> list[int]:
    users: list[int] = (np.flatnonzero(population.persona == persona) + 1).tolist()
    return users


def test_the_same_options_give_the_same_bytes_on_every_machine() -> None:
    options = replace(
        OPTIONS,
        events=5_000,
        users=100,
        late_share=0.1,
        duplicate_share=0.02,
        invalid_share=0.02,
    )
    digest = hashlib.sha256("".join(chunks(options)).encode()).hexdigest()

    # A change of the generator changes everyone's data: let it be on purpose.
    assert digest == "f18a19240ea302eb02fd26329eadf8eff7c24c1c7c3ee83ba70a13034f5716f5"


def test_another_seed_gives_other_events() -> None:
    other = lines_of(replace(OPTIONS, seed=2))

    assert len(set(other) & set(lines_of(OPTIONS))) == 0


@pytest.mark.parametrize(
    "changes",
    [
        {"events": 1, "users": 1, "days": 1},
        {"events": 7},
        {"events": 12_345, "users": 3, "days": 2},
        {"events": 30_001, "users": 5, "days": 1},
        {"events": 4_999, "invalid_share": 1, "late_share": 0, "duplicate_share": 0},
        {"events": 4_999, "late_share": 1, "invalid_share": 0},
        {"events": 4_999, "duplicate_share": 0.5, "invalid_share": 0},
        {"events": 4_999, "duplicate_share": 0.3, "invalid_share": 0.29},
    ],
    ids=str,
)
def test_there_are_exactly_as_many_rows_of_each_sort_as_asked(
    changes: dict[str, float],
) -> None:
    options = replace(OPTIONS, **changes)  # type: ignore[arg-type]  # of mixed types
    lines = lines_of(options)
    valid = [line for line in lines if fault(line) is None]

    assert len(lines) == options.events
    assert len(lines) - len(valid) == int(options.events * options.invalid_share)
    assert len(valid) - len(set(valid)) == int(options.events * options.duplicate_share)


def test_shares_are_taken_as_they_are_written() -> None:
    options = replace(OPTIONS, events=100, invalid_share=0.29)

    # 0.29 * 100 is less than 29 in floating point.
    assert options.invalid_events == 29


@pytest.mark.parametrize("events", [10, 3_000, 30_000])
def test_the_users_of_each_day_are_those_of_the_closed_form(events: int) -> None:
    options = replace(OPTIONS, events=events)
    emitted = defaultdict(set)
    for event in events_of(options):
        emitted[event.at.date()].add(event.user)
    population = populate(options)
    expected = {
        options.first_day + timedelta(days=day): set(users.tolist())
        for day in range(options.days)
        if (users := active_users(population, day)).size
    }

    assert emitted == expected


def test_events_that_do_not_go_round_go_to_fewer_users() -> None:
    few = replace(NOTHING_WRONG, events=2_000)
    population = populate(few)

    assert population.users < few.users
    assert sum(map(len, days_of(few).values())) == few.events
    assert days_of(few)[1] == days_of(NOTHING_WRONG)[1]


def test_all_users_of_an_ample_stream_come_and_personas_have_their_shares() -> None:
    counts = np.bincount(populate(OPTIONS).persona)

    assert set(days_of(OPTIONS)) == set(range(1, OPTIONS.users + 1))
    assert counts / OPTIONS.users * 100 == pytest.approx(PERSONA_PERCENT, abs=2)


def test_users_come_and_go_as_their_personas_say() -> None:
    population, days = populate(OPTIONS), days_of(OPTIONS)
    of = {persona: users_of(population, persona) for persona in Persona}
    daily_shares = [
        len(days[user]) / (OPTIONS.days - population.start[user - 1])
        for user in of[Persona.DAILY]
    ]
    on_own_weekday = [
        population.weekday(day) == population.own_weekday[user - 1]
        for user in of[Persona.WEEKLY]
        for day in days[user]
    ]
    lapsed = [u for u in of[Persona.LAPSING] if population.end[u - 1] < OPTIONS.days]
    back = [
        u for u in of[Persona.RESURRECTED] if population.comeback[u - 1] < OPTIONS.days
    ]
    silences = [max(np.diff(days[user])) for user in back]

    assert 0.5 < np.median(daily_shares) < 0.8
    assert 0.6 < np.mean(on_own_weekday) < 0.9
    assert {len(days[user]) for user in of[Persona.ONE_TIME]} == {1}
    assert len(lapsed) > len(of[Persona.LAPSING]) / 2
    assert all(max(days[user]) < population.end[user - 1] for user in lapsed)
    assert np.mean([len(days[user]) for user in lapsed]) > 5
    assert len(back) > len(of[Persona.RESURRECTED]) / 2
    assert min(silences) > 8
    assert all(population.comeback[user - 1] in days[user] for user in back)


def test_some_users_are_there_before_and_sign_ups_grow() -> None:
    population = populate(OPTIONS)
    sign_ups = population.sure[population.start > 0]
    half = OPTIONS.days // 2

    assert 0.2 < np.mean(population.start == 0) < 0.4
    assert 1.2 < np.mean(sign_ups >= half) / np.mean(sign_ups < half) < 1.7


def test_weekends_and_nights_are_quieter() -> None:
    by_weekday = Counter(event.at.weekday() for event in events_of(NOTHING_WRONG))
    by_hour = Counter(event.at.hour for event in events_of(NOTHING_WRONG))
    saturday, tuesday = by_weekday[5], by_weekday[1]

    assert 0.5 < saturday / tuesday < 0.8
    assert max(by_hour, key=lambda hour: by_hour[hour]) in {19, 20, 21}
    assert min(by_hour, key=lambda hour: by_hour[hour]) in {3, 4}
    assert by_hour[20] > 10 * by_hour[4]


def test_courses_follow_zipf() -> None:
    by_course = Counter(event.course for event in events_of(NOTHING_WRONG))
    del by_course[None]
    harmonic = sum(1 / rank for rank in range(1, 201))
    top = by_course[1] / by_course.total()

    assert set(by_course) <= set(range(1, 201))
    assert len(by_course) > 190
    assert top == pytest.approx(1 / harmonic, rel=0.15)
    assert by_course[2] / by_course[1] == pytest.approx(1 / 2, rel=0.25)
    assert sum(by_course[n] for n in range(11, 21)) / by_course.total() == (
        pytest.approx(sum(1 / n for n in range(11, 21)) / harmonic, rel=0.2)
    )


def test_kinds_have_their_weights_and_some_are_of_no_course() -> None:
    events = events_of(NOTHING_WRONG)
    shares = {
        kind: count / len(events) * 100
        for kind, count in Counter(event.kind for event in events).items()
    }
    weights = {"page_view": 40, "video_play": 25, "problem_attempt": 15}
    weights |= {"forum_view": 8, "login": 7, "search": 5}

    assert shares == pytest.approx(weights, abs=1)
    assert {e.kind for e in events if e.course is None} == {"login", "search"}
    assert not any(e.course for e in events if e.kind in {"login", "search"})


def test_users_mostly_keep_to_one_platform() -> None:
    by_user: dict[int, Counter[str]] = defaultdict(Counter)
    for event in events_of(NOTHING_WRONG):
        by_user[event.user][event.platform] += 1
    usual = sum(max(platforms.values()) for platforms in by_user.values())
    overall = Counter(event.platform for event in events_of(NOTHING_WRONG))

    assert set(overall) == {"web", "android", "ios"}
    assert 0.9 < usual / overall.total() < 0.99
    assert max(overall.values()) / overall.total() < 0.6


def test_a_user_has_one_to_three_sessions_a_day_of_events_minutes_apart() -> None:
    sessions = defaultdict(list)
    for event in events_of(NOTHING_WRONG):
        sessions[event.user, event.at.date(), event.session].append(event.at)
    a_day = Counter(Counter((user, day) for user, day, _ in sessions).values())
    gaps = [
        (after - before).total_seconds()
        for times in sessions.values()
        for before, after in pairwise(sorted(times))
    ]

    assert set(a_day) == {1, 2, 3}
    assert max(gaps) < 12 * 60
    assert 60 < np.median(gaps) < 5 * 60


def test_some_users_are_far_heavier_than_others() -> None:
    by_user = Counter(event.user for event in events_of(NOTHING_WRONG))
    heaviest = sum(n for _, n in by_user.most_common(len(by_user) // 10))

    assert heaviest / by_user.total() > 0.4


def test_all_faults_occur_equally_often_from_the_first_day_to_the_last() -> None:
    options = replace(OPTIONS, invalid_share=0.1)
    lines = lines_of(options)
    places = [place for place, line in enumerate(lines) if fault(line)]
    counts = Counter(fault(line) for line in lines)

    # Rows without a user have an ordinary time.
    days = {
        date.fromisoformat(line.split("\t")[3][:10])
        for line in lines
        if fault(line) == "no user"
    }

    assert [
        counts[name] for name in ("no user", "no time", "far future", "too old")
    ] == ([600] * 4)
    assert counts["infinity"] == counts["-infinity"] == 300
    assert max(after - before for before, after in pairwise(places)) < 100
    assert places[0] < 100
    assert min(days) == options.first_day
    assert max(days) == options.end_date


def test_lateness_changes_the_order_of_the_rows_and_nothing_else() -> None:
    days = [event.at.date() for event in events_of(NOTHING_WRONG)]
    late = replace(NOTHING_WRONG, late_share=0.1)

    assert days == sorted(days)
    assert lines_of(late) != lines_of(NOTHING_WRONG)
    assert sorted(lines_of(late)) == sorted(lines_of(NOTHING_WRONG))


def test_late_events_arrive_up_to_thirty_days_later_most_of_them_soon() -> None:
    options = replace(NOTHING_WRONG, late_share=0.1)
    delays = Counter[int]()
    latest = options.first_day
    for event in events_of(options):
        latest = max(latest, event.at.date())
        delays[(latest - event.at.date()).days] += 1
    late = delays.total() - delays[0]

    # The late events of the last day come last, but after no event of a later day.
    assert 0.9 * options.late_events < late <= options.late_events
    assert 20 < max(delays) <= LONGEST_DELAY_DAYS
    assert delays[1] / late == pytest.approx(0.68, abs=0.05)
    assert sum(delays[day] for day in (1, 2, 3)) / late == pytest.approx(0.9, abs=0.05)


def test_exactly_as_many_positions_are_picked_as_asked_whatever_the_parts() -> None:
    key = stream_key(1, Stream.LATE)
    whole = stratified(key, count=333, total=1_000, start=0, stop=1_000)
    bounds = [0, 1, 2, 50, 51, 400, 999, 1_000]
    parts = [
        stratified(key, count=333, total=1_000, start=start, stop=stop)
        for start, stop in pairwise(bounds)
    ]

    assert len(set(whole.tolist())) == 333
    assert np.concatenate(parts).tolist() == whole.tolist()


def test_memory_does_not_grow_with_the_number_of_events() -> None:
    peaks = []
    for events in (150_000, 500_000):
        options = replace(OPTIONS, events=events, users=100, days=2)
        tracemalloc.start()
        for _ in chunks(options):
            pass
        peaks.append(tracemalloc.get_traced_memory()[1])
        tracemalloc.stop()

    assert peaks[1] < 1.25 * peaks[0]


@pytest.mark.parametrize(
    ("changes", "named"),
    [
        ({"events": 0}, "--events is 0"),
        ({"events": 2_000_000_001}, "--events is 2,000,000,001"),
        ({"users": 0}, "--users is 0"),
        ({"days": -1}, "--days is -1"),
        ({"days": 4_000}, "--days is 4,000"),
        ({"seed": -1}, "--seed is -1"),
        ({"late_share": 1.5}, "--late-share is 1.5"),
        ({"duplicate_share": -0.1}, "--duplicate-share is -0.1"),
        ({"invalid_share": float("nan")}, "--invalid-share is nan"),
        ({"late_share": 0.6, "invalid_share": 0.5}, "come to more than 1"),
        ({"duplicate_share": 0.6}, "more than half"),
        ({"end_date": date(2000, 2, 1)}, "out of range"),
        ({"end_date": date(2500, 1, 1)}, "out of range"),
    ],
    ids=str,
)
def test_what_cannot_be_generated_is_refused_by_name(
    changes: dict[str, float], named: str
) -> None:
    with pytest.raises(UserError, match=named):
        replace(OPTIONS, **changes)  # type: ignore[arg-type]  # of mixed types
