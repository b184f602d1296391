"""`fast-dau forget` gives nobody whose tables it changes the rights of who runs it."""

import os
from collections.abc import Iterator

import pytest

from orchestration.core.connection import Connection
from orchestration.trust.forget import owners
from tests.commands import refusal, run_cli
from tests.events_tables import execute
from tests.forgetting import BERLIN, everything, forget, listed
from tests.pipelines import PASSWORD
from tests.rollup import Rollup
from tests.states import State

# Marks, which no rollback takes away, that it ran, and that it had others' rights.
TAKE = """
create sequence calls; create sequence loot;
grant usage on sequence calls, loot to public;
grant usage, create on schema public, analytics to pipeline;
grant usage on schema analytics to owner;
grant select on events to pipeline;
set role pipeline;
create function analytics.take() returns boolean language plpgsql immutable as $$
begin
    begin reset role; exception when others then null; end;
    begin reset session authorization; exception when others then null; end;
    perform nextval('public.calls');
    if current_user <> 'pipeline' then perform nextval('public.loot'); end if;
    return true;
end $$;
create function analytics.take_of(bigint) returns boolean language plpgsql immutable as
$$ begin return analytics.take(); end $$;
create function analytics.trigger_take() returns trigger language plpgsql as
$$ begin perform analytics.take(); return coalesce(old, new); end $$;
"""
# Code of each kind that a change of a table runs.
PLANTED = """
create trigger a before delete on analytics.user_day_activity
    for each row execute function analytics.trigger_take();
create trigger a after insert on analytics.pending_days
    for each statement execute function analytics.trigger_take();
create constraint trigger a after delete on analytics.returning_users
    deferrable initially deferred
    for each row execute function analytics.trigger_take();
create rule a as on delete to analytics.user_lifetimes do also select analytics.take();
alter table analytics.erased_counts add check (analytics.take());
alter table analytics.pending_days add column taken boolean default analytics.take();
create index on analytics.erased_counts (analytics.take_of(dau));
reset role;
"""


@pytest.fixture
def roles(administration: Connection) -> Iterator[None]:
    """Roles are the whole server's: those of the test go with it."""
    execute(
        administration,
        f"create role pipeline; create role owner login password '{PASSWORD}'",
    )
    yield
    execute(administration, "drop role pipeline, owner")


@pytest.fixture
def state(roles: None) -> State:
    """Where each test begins."""
    return BERLIN


@pytest.fixture
def of_others(rollup: Rollup) -> Iterator[Rollup]:
    """The rollup, whose tables are the pipeline's, and whose events another's."""
    for (name,) in rollup.query(
        "select oid::regclass::text from pg_class where relkind in ('r', 'v')"
        " and relnamespace = 'analytics'::regnamespace"
    ):
        rollup.execute(f"alter table {name} owner to pipeline")
    rollup.execute("alter table events owner to owner")
    rollup.execute(TAKE)
    yield rollup
    rollup.execute("reset role; drop owned by pipeline, owner cascade")


def marks(rollup: Rollup) -> tuple[bool, bool]:
    """Return whether planted code has run, and whether it had others' rights."""
    rows = rollup.query(
        "select calls.is_called, loot.is_called from public.calls, public.loot"
    )
    return rows[0]


def test_what_is_planted_on_a_table_runs_as_its_owner(of_others: Rollup) -> None:
    of_others.execute(PLANTED)
    printed = forget(of_others, 5, "--keep-counts")

    assert "proof: 0 rows left" in printed
    assert "The next run does it, of pipeline, which owns the tables" in printed
    assert 5 not in listed(of_others)
    assert marks(of_others) == (True, False)


VIEW = """
alter table analytics.{0} rename to kept;
create view analytics.{0} as select * from analytics.kept where analytics.take();
"""
POLICY = """
create table analytics.more (user_id int);
alter table analytics.more enable row level security, force row level security;
create policy a on analytics.more using (analytics.take());
"""
TYPE = """
create type analytics.id as (id int);
create table analytics.more (user_id analytics.id);
insert into analytics.more values (row(1));
create function analytics.text(analytics.id) returns text language sql as
$$ select analytics.take()::text $$;
create cast (analytics.id as text) with function analytics.text;
"""


@pytest.mark.parametrize(
    "planted",
    [VIEW.format("rollup_state"), VIEW.format("returning_users"), POLICY, TYPE],
)
def test_what_takes_a_table_s_place_is_read_as_its_owner(
    of_others: Rollup, planted: str
) -> None:
    of_others.execute(f"{planted}; reset role")
    run_cli("forget", "5", "--yes")

    assert marks(of_others)[1] is False


def test_the_owner_of_the_events_is_to_be_a_member_of_the_pipeline(
    of_others: Rollup, monkeypatch: pytest.MonkeyPatch
) -> None:
    of_others.execute(PLANTED)
    before = everything(of_others)
    monkeypatch.setitem(os.environ, "PGUSER", "owner")
    monkeypatch.setitem(os.environ, "PGPASSWORD", PASSWORD)
    message = refusal("forget", "5", "--yes")

    assert "rollup_state belongs to pipeline" in message
    assert "`grant pipeline to owner`, or connect as a superuser" in message
    assert marks(of_others)[1] is False
    assert everything(of_others) == before
    of_others.execute("grant pipeline to owner")
    forget(of_others, 5)
    assert 5 not in listed(of_others)
    assert marks(of_others) == (True, False)


def test_tables_of_several_owners_are_refused(of_others: Rollup) -> None:
    of_others.execute(
        "reset role; alter table analytics.returning_users owner to owner"
    )

    assert "tables of analytics belong to owner and pipeline: give" in refusal(
        "forget", "5", "--yes"
    )


def test_where_triggers_wait_and_get_other_rights_they_are_refused(
    of_others: Rollup, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As before PostgreSQL 18."""
    monkeypatch.setattr(owners, "_KEPT_RIGHTS_SINCE", 10**9)
    of_others.execute(PLANTED)
    before = everything(of_others)
    message = refusal("forget", "5", "--yes", code=1)

    assert "(a on analytics.returning_users) might run with your rights" in message
    assert everything(of_others) == before
    of_others.execute("drop trigger a on analytics.returning_users")
    forget(of_others, 5)
    assert marks(of_others)[1] is False
