"""Who the synthetic users are, and on which days each of them is active.

Whether a user is active on a day is a closed form of seed, user and day, so that
true DAU and returning users are known without looking at a single event.
"""

from dataclasses import dataclass, replace
from datetime import date
from enum import IntEnum
from typing import Any

import numpy as np

from orchestration.source.synthetic.hashing import (
    Integers,
    Keys,
    Stream,
    Weighted,
    below,
    derive,
    stream_key,
)
from orchestration.source.synthetic.options import StreamOptions


class Persona(IntEnum):
    """How a user comes and goes."""

    DAILY = 0  # most days
    WEEKLY = 1  # mostly on one weekday of their own
    ONE_TIME = 2  # on the day of signing up, never again
    LAPSING = 3  # every few days for 1 to 6 weeks, then never again
    RESURRECTED = 4  # silent for 8 to 42 days, then surely back, if within the stream


PERSONA_PERCENT = (15, 30, 25, 20, 10)
WEEKDAY_PERCENT = (100, 98, 97, 94, 84, 60, 68)  # Monday first
# Chance in 1,000 to be active on a Monday, before keenness, by persona.
_CHANCE = np.array([850, 60, 0, 420, 420], np.int64)
_CHANCE_ON_OWN_WEEKDAY = 900
_KEENNESS_UNIT = 256
_CERTAIN = 1_000 * _KEENNESS_UNIT * 100
_NEVER = 2**15 - 1  # after any day
# Of the users other than one-time ones: those who came before the first day.
_EXISTING_PERCENT = 40
_MOST_EVENTS_WEIGHT = 32


class _Trait(IntEnum):
    ACTIVITY = 0
    PERSONA = 1
    SIGN_UP = 2
    PHASES = 3
    HABIT = 4
    WEIGHT = 5


@dataclass(frozen=True, kw_only=True)
class Population:
    """The users of a stream; row i of every array is the user with id i + 1.

    Days are counted from `first_day` (0) to `days` - 1. A user is active on day
    `sure` (the sign-up, for those who sign up within the stream), by chance from
    day `start` on, never from day `end` on, never from day `pause` to before day
    `comeback`, and surely on day `comeback`.
    """

    first_day: date
    days: int
    keys: Keys
    activity_keys: Keys
    persona: Integers
    keenness: Integers
    own_weekday: Integers
    weight: Integers
    start: Integers
    sure: Integers
    end: Integers
    pause: Integers
    comeback: Integers

    @property
    def users(self) -> int:
        """Number of users; each is active on at least one day."""
        return len(self.keys)

    def weekday(self, day: int) -> int:
        """Return the weekday of a day, Monday being 0."""
        return (self.first_day.weekday() + day) % 7


def populate(options: StreamOptions) -> Population:
    """Return the users of the stream that the options ask for.

    All of `users` where there is an event for each day that each is active.
    Otherwise fewer: the first ones by id whose active days number exactly
    `distinct_events`, the last one cut short; all other odds stay as they are.
    """
    return _fitted(_everyone(options), options.distinct_events)


def _everyone(options: StreamOptions) -> Population:
    ids = np.arange(1, options.users + 1, dtype=np.int64)
    keys = derive(stream_key(options.seed, Stream.USERS), ids)
    persona = Weighted(PERSONA_PERCENT).choose(derive(keys, _Trait.PERSONA))
    habit_keys = derive(keys, _Trait.HABIT)
    sure, start = _sign_ups(options, keys, persona)
    phases = derive(keys, _Trait.PHASES)
    lapsed = sure + 7 + below(phases, 36)
    pause = sure + 1 + below(phases, 21)
    comeback = pause + 8 + below(phases, 35, shift=32)
    is_resurrected = persona == Persona.RESURRECTED
    return Population(
        first_day=options.first_day,
        days=options.days,
        keys=keys,
        activity_keys=derive(keys, _Trait.ACTIVITY),
        persona=persona,
        keenness=160 + below(habit_keys, _KEENNESS_UNIT - 160 + 1),
        own_weekday=np.where(
            persona == Persona.WEEKLY, below(habit_keys, 7, shift=32), -1
        ),
        weight=_MOST_EVENTS_WEIGHT
        // (1 + below(derive(keys, _Trait.WEIGHT), _MOST_EVENTS_WEIGHT)),
        start=start,
        sure=sure,
        end=np.where(persona == Persona.LAPSING, lapsed, _NEVER),
        pause=np.where(is_resurrected, pause, _NEVER),
        comeback=np.where(is_resurrected, comeback, _NEVER),
    )


def _sign_ups(
    options: StreamOptions, keys: Keys, persona: Integers
) -> tuple[Integers, Integers]:
    """Return each user's sure day and first possible day.

    Users who came before the stream are active from day 0 on, surely once in the
    first four weeks; sign-ups follow the weekdays and double from first to last day.
    """
    trait = derive(keys, _Trait.SIGN_UP)
    days = np.arange(options.days, dtype=np.int64)
    weekdays = (options.first_day.weekday() + days) % 7
    growth = 100 + 100 * days // options.days
    sign_up = Weighted(np.array(WEEKDAY_PERCENT)[weekdays] * growth).choose(trait)
    is_existing = (below(trait, 100, shift=32) < _EXISTING_PERCENT) & (
        persona != Persona.ONE_TIME
    )
    seen_again = below(trait, min(28, options.days))
    return (
        np.where(is_existing, seen_again, sign_up),
        np.where(is_existing, 0, sign_up),
    )


def active_users(population: Population, day: int) -> Integers:
    """Return the ids, ascending, of the users who are active on a UTC day.

    `day` is counted from the population's first day, 0. These users have at least
    one valid event on that day in the stream, and no others have any.
    """
    weekday = population.weekday(day)
    is_own = population.own_weekday == weekday
    chance = np.where(is_own, _CHANCE_ON_OWN_WEEKDAY, _CHANCE[population.persona])
    chance *= population.keenness * WEEKDAY_PERCENT[weekday]
    is_active = below(derive(population.activity_keys, day), _CERTAIN) < chance
    is_active &= population.start <= day
    is_active &= (day < population.pause) | (population.comeback <= day)
    is_active |= (population.sure == day) | (population.comeback == day)
    is_active &= day < population.end
    return np.flatnonzero(is_active) + 1


def _fitted(population: Population, user_days: int) -> Population:
    active_days = np.zeros(population.users, np.int64)
    for day in range(population.days):
        active_days[active_users(population, day) - 1] += 1
    reached = np.cumsum(active_days)
    if reached[-1] <= user_days:
        return population
    if user_days == 0:
        return _some_users(population, slice(0, 0))
    last = int(np.searchsorted(reached, user_days))
    kept = user_days - int(reached[last] - active_days[last])
    one = _some_users(population, slice(last, last + 1))
    days_of_last = [day for day in range(one.days) if active_users(one, day).size]
    end = population.end.copy()
    end[last] = days_of_last[kept - 1] + 1
    return _some_users(replace(population, end=end), slice(0, last + 1))


def _some_users(population: Population, users: slice) -> Population:
    arrays: dict[str, Any] = {
        name: value[users]
        for name, value in vars(population).items()
        if isinstance(value, np.ndarray)
    }
    return replace(population, **arrays)
