"""`fast-dau load --hash-users`: a key has one id for ever, and an id has one key."""

import pytest

from orchestration.core.connection import Connection
from orchestration.core.errors import Failure
from orchestration.core.settings import TableName
from orchestration.source.user_keys import UserKeys, keys_table
from tests.events_tables import EVENTS, execute, fetch
from tests.loading import Loading


def csv_of(*keys: str) -> str:
    """Return a file of events of these users, without a time."""
    lines = "".join(f"{key},\n" for key in keys)
    return f"user_id,performed_at\n{lines}"


def ids_of(loading: Loading) -> dict[str, int]:
    return dict(
        fetch(loading.connection, "select user_key, user_id from events_user_keys")
    )


def test_text_ids_become_positive_integers_and_are_kept(loading: Loading) -> None:
    keys = ["ann@example.org", "Ann@example.org", "", "é" * 600, "7", "7 a", "a\\b"]
    loaded = loading.load(csv_of(*keys), hash_users=True)
    ids = ids_of(loading)

    assert (loaded.events, loaded.rejected) == (7, {"performed_at is null": 7})
    assert sorted(ids) == sorted(key for key in keys if key)
    assert loading.stored("user_id") == [(ids.get(key),) for key in keys]
    assert len(set(ids.values())) == 6
    assert all(0 < user_id < 2**31 for user_id in ids.values())


def test_the_table_of_keys_has_the_promised_shape(loading: Loading) -> None:
    loading.load(csv_of("ann"), hash_users=True)

    assert fetch(
        loading.connection,
        "select attname, format_type(atttypid, null), attnotnull from pg_attribute "
        "where attrelid = 'events_user_keys'::regclass and attnum > 0 order by attnum",
    ) == [("user_key", "text", True), ("user_id", "integer", True)]
    assert fetch(
        loading.connection,
        "select pg_get_constraintdef(oid) from pg_constraint "
        "where conrelid = 'events_user_keys'::regclass and contype in ('p', 'u') "
        "order by 1",
    ) == [("PRIMARY KEY (user_key)",), ("UNIQUE (user_id)",)]


def test_a_key_has_the_same_id_in_every_load_and_every_database(
    loading: Loading,
) -> None:
    loading.load(csv_of("ann", "bob", "ann"), hash_users=True)
    first = ids_of(loading)
    loading.load(csv_of("cid", "bob"), hash_users=True)
    loading.load(csv_of("bob"), hash_users=True)
    ids = ids_of(loading)

    assert first == {"ann": 1503244925, "bob": 592247532}
    assert {key: ids[key] for key in first} == first
    assert [user_id for (user_id,) in loading.stored("user_id")] == [
        ids[key] for key in ("ann", "bob", "ann", "cid", "bob", "bob")
    ]


def test_keys_that_collide_get_different_ids_and_keep_them(loading: Loading) -> None:
    """In a space of eight ids, eight keys cannot but collide, at once and later."""
    keys = [f"key {n}" for n in range(8)]
    first = UserKeys(loading.connection, EVENTS, space=8).ids(
        [*keys[:5], "", *keys[:5]]
    )
    later = UserKeys(loading.connection, EVENTS, space=8)
    rest = later.ids(keys[5:])
    again = later.ids(keys)

    assert first == [*first[:5], "\\N", *first[:5]]
    assert sorted(again) == ["1", "2", "3", "4", "5", "6", "7", "8"]
    assert again == [*first[:5], *rest]
    assert UserKeys(loading.connection, EVENTS, space=8).ids(keys) == again
    with pytest.raises(Failure, match="events_user_keys has no id left for 'c'"):
        later.ids(["c"])


def test_loads_without_keys_run_side_by_side_but_keys_are_given_one_by_one(
    loading: Loading, other: Connection
) -> None:
    UserKeys(other, EVENTS, shared=True)
    execute(loading.connection, "set lock_timeout = 20")
    loading.load(csv_of("7"))
    with pytest.raises(Failure, match="lock timeout"):
        loading.load(csv_of("7"), hash_users=True)
    other.rollback()
    loading.load(csv_of("7"), hash_users=True)

    assert len(loading.stored()) == 2


def test_a_key_does_not_get_the_id_of_a_user_who_has_none(loading: Loading) -> None:
    execute(
        loading.connection,
        "insert into events (user_id) values (1), (2), (3), (5), (null)",
    )
    ids = UserKeys(loading.connection, EVENTS, space=8).ids(["a", "b", "c", "d"])

    assert sorted(ids) == ["4", "6", "7", "8"]


def test_an_integer_that_is_the_id_of_a_key_is_refused(loading: Loading) -> None:
    loading.load(csv_of("ann"), hash_users=True)
    taken = ids_of(loading)["ann"]
    loading.load(csv_of("5", ""))
    sentence = loading.refusal(csv_of("6", f"0{taken}"))

    assert loading.stored("user_id") == [(taken,), (5,), (None,)]
    assert sentence == (
        f"line 3, column user_id: '0{taken}' is already the id of the user 'ann' "
        "(--hash-users gives each text id an integer); nothing was loaded."
    )


def test_a_load_that_fails_or_is_of_no_users_leaves_no_keys(loading: Loading) -> None:
    text = csv_of(*(f"key {n}" for n in range(50_000))) + "late,soon\n"
    sentence = loading.refusal(text, hash_users=True)
    loading.load(csv_of("", ""), hash_users=True)

    assert sentence.startswith("line 50002, column performed_at: 'soon'")
    assert loading.stored("user_id") == [(None,), (None,)]
    assert fetch(loading.connection, "select to_regclass('events_user_keys')") == [
        (None,)
    ]


@pytest.mark.parametrize("key", ["k" * 601, "a\0b"])
def test_a_key_that_cannot_be_kept_is_refused(loading: Loading, key: str) -> None:
    sentence = loading.refusal(csv_of(key), hash_users=True)

    assert sentence.startswith("line 2, column user_id: ")


def test_the_name_of_the_table_of_keys_fits_and_differs() -> None:
    long = [keys_table(TableName("s", "é" * 30 + end)) for end in ("ab", "ac")]

    assert keys_table(TableName("s", "e" * 53)) == TableName(
        "s", "e" * 53 + "_user_keys"
    )
    assert long[0] != long[1]
    assert all(len(table.name.encode()) <= 63 for table in long)
    assert all(table.name.endswith("_user_keys") for table in long)
