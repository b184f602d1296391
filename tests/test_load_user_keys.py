"""`fast-dau load --hash-users`: a key has one id for ever, and an id has one key."""

from pathlib import Path

import pytest

from orchestration.core.connection import Connection, connect
from orchestration.core.errors import Failure, UserError
from orchestration.core.settings import TableName
from orchestration.source.loading.load import Loaded
from orchestration.source.user_keys import UserKeys, keys_table
from tests.events_tables import EVENTS, fetch
from tests.loading import load, make_events_table, stored


@pytest.fixture
def events(connection: Connection) -> Connection:
    """Return a connection to a database with an empty events table."""
    return make_events_table(connection)


def csv_of(folder: Path, *keys: str) -> Path:
    path = folder / "a.csv"
    lines = "".join(f"{key},\n" for key in keys)
    path.write_text(f"user_id,performed_at\n{lines}")
    return path


def ids_of(connection: Connection) -> dict[str, int]:
    return dict(fetch(connection, "select user_key, user_id from events_user_keys"))


def test_text_ids_become_positive_integers_and_are_kept(
    events: Connection, tmp_path: Path
) -> None:
    keys = ["ann@example.org", "Ann@example.org", "", "é" * 600, "7", "7 a", "a\\b"]
    loaded = load(events, csv_of(tmp_path, *keys), hash_users=True)
    ids = ids_of(events)

    assert loaded == Loaded(events=7, without_user=1, without_time=7)
    assert sorted(ids) == sorted(key for key in keys if key)
    assert stored(events, "user_id") == [(ids.get(key),) for key in keys]
    assert len(set(ids.values())) == 6
    assert all(0 < user_id < 2**31 for user_id in ids.values())


def test_the_table_of_keys_has_the_promised_shape(
    events: Connection, tmp_path: Path
) -> None:
    load(events, csv_of(tmp_path, "ann"), hash_users=True)

    assert fetch(
        events,
        "select attname, format_type(atttypid, null), attnotnull from pg_attribute "
        "where attrelid = 'public.events_user_keys'::regclass and attnum > 0 "
        "order by attnum",
    ) == [("user_key", "text", True), ("user_id", "integer", True)]
    assert sorted(
        fetch(
            events,
            "select pg_get_constraintdef(oid) from pg_constraint "
            "where conrelid = 'public.events_user_keys'::regclass and contype in "
            "('p', 'u')",
        )
    ) == [("PRIMARY KEY (user_key)",), ("UNIQUE (user_id)",)]


def test_a_key_has_the_same_id_in_every_load_and_every_database(
    events: Connection, tmp_path: Path
) -> None:
    load(events, csv_of(tmp_path, "ann", "bob", "ann"), hash_users=True)
    first = ids_of(events)
    load(events, csv_of(tmp_path, "cid", "bob"), hash_users=True)
    load(events, csv_of(tmp_path, "bob"), hash_users=True)
    ids = ids_of(events)

    assert first == {"ann": 1503244925, "bob": 592247532}
    assert {key: ids[key] for key in first} == first
    assert [user_id for (user_id,) in stored(events, "user_id")] == [
        ids[key] for key in ("ann", "bob", "ann", "cid", "bob", "bob")
    ]


def test_keys_that_collide_get_different_ids_and_keep_them(
    events: Connection,
) -> None:
    """In a space of eight ids, eight keys cannot but collide, at once and later."""
    keys = [f"key {n}" for n in range(8)]
    events.autocommit = False
    first = UserKeys(events, EVENTS, space=8).ids([*keys[:5], "", *keys[:5]])
    events.commit()
    later = UserKeys(events, EVENTS, space=8)
    rest = later.ids(keys[5:])
    again = later.ids(keys)
    events.commit()

    assert first == [*first[:5], "\\N", *first[:5]]
    assert sorted(again) == ["1", "2", "3", "4", "5", "6", "7", "8"]
    assert again == [*first[:5], *rest]
    assert UserKeys(events, EVENTS, space=8).ids(keys) == again


def test_loads_without_keys_run_side_by_side_but_keys_are_given_one_by_one(
    events: Connection, database_env: dict[str, str], tmp_path: Path
) -> None:
    path = csv_of(tmp_path, "7")
    other = connect(database_env)
    UserKeys(other, EVENTS, shared=True)
    with events.cursor() as cursor:
        cursor.execute("set lock_timeout = 20")
    load(events, path)
    with pytest.raises(Failure, match="lock timeout"):
        load(events, path, hash_users=True)
    other.rollback()
    load(events, path, hash_users=True)
    other.close()

    assert len(stored(events)) == 2


def test_where_no_id_is_left_it_is_a_failure(events: Connection) -> None:
    keys = UserKeys(events, EVENTS, space=2)
    keys.ids(["a", "b"])

    with pytest.raises(Failure, match="events_user_keys has no id left for 'c'"):
        keys.ids(["c"])


def test_a_key_does_not_get_the_id_of_a_user_who_has_none(
    events: Connection,
) -> None:
    with events.cursor() as cursor:
        cursor.execute("insert into events (user_id) values (1), (2), (3), (5), (null)")
    ids = UserKeys(events, EVENTS, space=8).ids(["a", "b", "c", "d"])

    assert sorted(ids) == ["4", "6", "7", "8"]


def test_an_integer_that_is_the_id_of_a_key_is_refused(
    events: Connection, tmp_path: Path
) -> None:
    load(events, csv_of(tmp_path, "ann"), hash_users=True)
    taken = ids_of(events)["ann"]
    load(events, csv_of(tmp_path, "5", ""))
    with pytest.raises(UserError) as refused:
        load(events, csv_of(tmp_path, "6", f"0{taken}"))

    assert stored(events, "user_id") == [(taken,), (5,), (None,)]
    assert str(refused.value) == (
        f"{tmp_path / 'a.csv'}, line 3, column user_id: '0{taken}' is already the id "
        "of the user 'ann' (--hash-users gives each text id an integer); nothing was "
        "loaded."
    )


def test_a_load_that_fails_leaves_no_keys(events: Connection, tmp_path: Path) -> None:
    path = csv_of(tmp_path, *(f"key {n}" for n in range(50_000)))
    path.write_text(path.read_text() + "late,soon\n")
    with pytest.raises(UserError, match="line 50002, column performed_at: 'soon'"):
        load(events, path, hash_users=True)

    assert stored(events) == []
    assert fetch(events, "select to_regclass('events_user_keys')") == [(None,)]


def test_a_file_without_users_makes_no_table_of_keys(
    events: Connection, tmp_path: Path
) -> None:
    load(events, csv_of(tmp_path, "", ""), hash_users=True)

    assert stored(events, "user_id") == [(None,), (None,)]
    assert fetch(events, "select to_regclass('events_user_keys')") == [(None,)]


@pytest.mark.parametrize("key", ["k" * 601, "a\0b"])
def test_a_key_that_cannot_be_kept_is_refused(
    events: Connection, tmp_path: Path, key: str
) -> None:
    with pytest.raises(UserError, match="line 2, column user_id: "):
        load(events, csv_of(tmp_path, key), hash_users=True)


def test_the_name_of_the_table_of_keys_fits_and_differs() -> None:
    long = [keys_table(TableName("s", "é" * 30 + end)) for end in ("ab", "ac")]

    assert keys_table(TableName("s", "e" * 53)) == TableName(
        "s", "e" * 53 + "_user_keys"
    )
    assert long[0] != long[1]
    assert all(len(table.name.encode()) <= 63 for table in long)
    assert all(table.name.endswith("_user_keys") for table in long)
