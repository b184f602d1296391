"""In somebody's own dbt project: right numbers, runs in turn, and dbt as dbt has it."""

import json
import os
import re
import shutil
import subprocess
from collections import defaultdict
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from datetime import date, datetime, timedelta
from pathlib import Path
from random import Random

import pytest

from orchestration.core.connection import Connection
from orchestration.core.dbt import DBT_PROGRAM
from orchestration.core.settings import DBT_PROJECT_DIR, ROOT, as_vars
from tests.dbt_processes import WAITING, held
from tests.events_tables import execute, fetch
from tests.made_up_events import eventful_days, invalid_events
from tests.oracle import Definitions, Event
from tests.rollup import Rollup
from tests.states import State

pytestmark = pytest.mark.prove

READERS = ("shop_reader", "fast_dau_reader")
SHOP = Path(__file__).parent / "data" / "shop"
NOW = datetime(2024, 3, 25, 12)
CLOCK = f"--vars=fast_dau_run_at: '{NOW:%Y-%m-%dT%H:%M:%SZ}'"
IS_HELD_UP = """exists (select from pg_locks where not granted
and relation = 'analytics.daily_active_users'::regclass)"""


class Shop:
    """A project with this one as its package."""

    def __init__(self, folder: Path, package: dict[str, str]) -> None:
        self.folder = folder
        shutil.copytree(SHOP, folder)
        (folder / "packages.yml").write_text(json.dumps({"packages": [package]}))
        kept = {n: t for n, t in os.environ.items() if not n.startswith("DBT_")}
        self.environment = {**kept, "DO_NOT_TRACK": "1"}

    def start(self, *arguments: str) -> subprocess.Popen[str]:
        """Start dbt as its user would."""
        return subprocess.Popen(
            [DBT_PROGRAM, "--no-use-colors", *arguments],
            cwd=self.folder,
            env=self.environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )

    def dbt(self, *arguments: str, code: int = 0) -> str:
        """Return what dbt prints, which ends with this code."""
        started = self.start(*arguments)
        output, _ = started.communicate()
        assert started.returncode == code, output
        return output


@pytest.fixture
def readers(administration: Connection) -> Iterator[None]:
    """Make the roles that read the tables; roles are the whole server's."""
    for name in READERS:
        execute(administration, f"drop role if exists {name}", f"create role {name}")
    yield
    for name in READERS:
        execute(administration, f"drop role {name}")


@pytest.fixture
def shop(tmp_path: Path, readers: None, database_env: dict[str, str]) -> Shop:
    """Return the project, with its package installed; its readers go after it."""
    made = Shop(tmp_path / "shop", {"local": str(DBT_PROJECT_DIR)})
    made.dbt("deps")
    return made


def weeks_of_events(rollup: Rollup) -> None:
    """25 days, not yet built."""
    rollup.insert(eventful_days(Random(3), NOW - timedelta(days=24), 25))
    rollup.insert(invalid_events(NOW))


STATE = State(weeks_of_events, has_product=True)


@contextmanager
def running(shop: Shop) -> Iterator[subprocess.Popen[str]]:
    """Yield a run that is killed where it did not end."""
    started = shop.start("run", CLOCK)
    try:
        yield started
    finally:
        started.kill()
        started.communicate()


def wait_until(rollup: Rollup, condition: str, run: subprocess.Popen[str]) -> None:
    """Ask the database again while the run is at work."""
    while rollup.query(f"select {condition} from pg_sleep(0.05)") != [(True,)]:
        assert run.poll() is None, run.communicate()[0]


def test_its_numbers_are_right_and_the_project_stays_as_dbt_has_it(
    shop: Shop, rollup: Rollup
) -> None:
    shop.dbt("build", CLOCK)

    assert rollup.tables() == rollup.expected(NOW)
    assert rollup.query("select sum(dau) from analytics.busiest_weeks")[0][0] > 0
    assert sorted(
        rollup.query(
            "select contype from pg_constraint"
            " where conrelid = 'analytics.products'::regclass and contype <> 'n'"
        )
    ) == [("c",), ("p",)]
    assert rollup.query(
        "select has_table_privilege('shop_reader', 'analytics.products', 'select'),"
        " obj_description('analytics.products'::regclass)"
    ) == [(True, "What is sold.")]

    # Old events are purged: theirs stays, and the project's own table is made anew.
    cut = date(2024, 3, 8)
    rollup.execute(f"delete from events where performed_at < '{cut}'")
    rollup.insert([Event(99, NOW - timedelta(days=1))])
    variables = as_vars({"run_at": str(NOW), "events_kept_from": str(cut)})
    visits = rollup.query("select how from analytics.visits")
    for arguments in ([], ["--full-refresh"]):
        shop.dbt("build", *arguments, f"--vars={json.dumps(variables)}")
        visits += rollup.query("select how from analytics.visits")

    assert visits == [("made",), ("added",), ("made",)]
    assert rollup.query(
        "select count(*) from analytics.daily_active_users where dau > 0"
    ) == [(25,)]
    assert rollup.query(
        "select count(*) from analytics.user_day_activity where user_id = 99"
    ) == [(1,)]


def test_a_metric_of_its_own_is_exact_whichever_runs_build_it(
    shop: Shop, rollup: Rollup
) -> None:
    """Events come late for a run that leaves it out, and for one that builds it."""
    shop.dbt("run", "--exclude", "products", CLOCK)

    assert by_plan(rollup) == expected_by_plan(rollup) != set()

    rollup.insert([Event(99, NOW - timedelta(days=2))])
    shop.dbt("run", "--exclude", "products", "wau_7d_by_plan", CLOCK)

    assert by_plan(rollup) != expected_by_plan(rollup)

    late = json.dumps({"fast_dau_run_at": str(NOW + timedelta(days=9))})
    shop.dbt("run", "--exclude", "products", f"--vars={late}")
    written = shop.dbt("run", "--exclude", "products", f"--vars={late}")

    assert rollup.query(
        "select relacl from pg_class where oid = 'analytics.wau_7d_by_plan'::regclass"
    ) == [(None,)]
    assert rollup.query(
        "select rolname from pg_roles where rolname = 'fast_dau_reader'"
        " and has_table_privilege(oid, 'analytics.daily_active_users', 'select')"
    ) == [("fast_dau_reader",)]
    assert by_plan(rollup) == expected_by_plan(rollup)
    assert re.search(r"wau_7d_by_plan \.* \[0 rows written, 0 deleted", written)


def test_settings_are_top_level_variables_and_others_are_the_projects_own(
    shop: Shop, rollup: Rollup
) -> None:
    path = shop.folder / "dbt_project.yml"
    own = path.read_text()
    refusals = []
    for line in (
        "fast_dau_refesh: full",
        "fast_dau: {time_zone: Asia/Tokyo}",
        "shop: {fast_dau_time_zone: Asia/Tokyo}",
    ):
        path.write_text(f"{own}\n  {line}\n")
        refusals.append(shop.dbt("run", "--select=+daily_active_users", code=2))
    path.write_text(f"{own}\n  fast_dau_time_zone: Asia/Tokyo\n")
    shop.dbt("run", "--exclude", "products", CLOCK)
    rollup.definitions = Definitions(time_zone="Asia/Tokyo")

    assert "there is no variable 'fast_dau_refesh'" in refusals[0]
    assert "the variable time_zone stands under fast_dau" in refusals[1]
    assert "the variable fast_dau_time_zone stands under shop" in refusals[2]
    assert rollup.tables() == rollup.expected(NOW)
    assert by_plan(rollup) == expected_by_plan(rollup)


def test_the_page_on_metrics_shows_the_model_that_is_tested() -> None:
    page = (ROOT / "docs" / "your-own-metric.md").read_text()
    model = SHOP / "models" / "wau_7d_by_plan.sql"
    properties = model.with_suffix(".yml").read_text()

    assert model.read_text() in page
    assert all(line in page for line in properties.splitlines())


def by_plan(rollup: Rollup) -> set[tuple[date, str, int]]:
    """Return the metric as the model has it."""
    return set(rollup.query("table analytics.wau_7d_by_plan"))


def expected_by_plan(rollup: Rollup) -> set[tuple[date, str, int]]:
    """Return it from the days on which users are known to have been active."""
    users = defaultdict(set)
    last = max(day for (day, *_) in rollup.tables()["daily_active_users"])
    for day, user, *_ in rollup.tables()["user_day_activity"]:
        for n in range(7):
            if day + timedelta(days=n) <= last and 1 <= user <= 200:
                plan = "paid" if user % 2 else "free"
                users[day + timedelta(days=n), plan].add(user)
    return {(day, plan, len(found)) for (day, plan), found in users.items()}


def test_a_run_that_is_alive_is_waited_for_and_one_that_was_killed_is_followed(
    shop: Shop, rollup: Rollup
) -> None:
    """Its queries have dbt's own comment, which does not name the run."""
    shop.dbt("run", CLOCK)
    rollup.insert([Event(99, NOW - timedelta(days=1))])
    with running(shop) as first, ExitStack() as stack:
        with held("daily_active_users"):
            wait_until(rollup, IS_HELD_UP, first)
            second = stack.enter_context(running(shop))
            assert second.stdout
            said = ""
            while WAITING not in said:
                said = second.stdout.readline()
                assert said, "the second run did not wait"
            # Longer than a run without a sign of life is waited for.
            wait_until(rollup, "true from pg_sleep(15) union select true", second)
            holder = "select run_id from analytics.rollup_state"
            assert rollup.query(holder)[0][0] in said
            first.kill()
            rollup.execute(
                "select pg_terminate_backend(pid) from pg_stat_activity"
                " where wait_event_type = 'Lock' and application_name = 'dbt'"
            )
        output = said + second.stdout.read()

    assert "stopped without a word" in output
    shop.dbt("run", CLOCK)
    assert rollup.tables() == rollup.expected(NOW)


def test_a_refused_start_writes_nothing_and_own_models_need_none(
    shop: Shop, connection: Connection
) -> None:
    """There are no events; dbt goes on with the models after a start that failed."""
    refused = shop.dbt("build", CLOCK, code=2)
    alone = shop.dbt("run", "--select", "visits", "--vars=end_date: not ours")

    assert "fast-dau init" in refused
    assert re.search(r"OK created sql incremental model analytics\.visits", alone)
    made = "select 1 from pg_class where relname like '%active_users%'"
    assert fetch(connection, made) == []


@pytest.mark.usefixtures("database_env")
def test_it_comes_from_a_git_repository_too(tmp_path: Path) -> None:
    if shutil.which("git") is None:
        pytest.skip("there is no git")
    checkout = tmp_path / "fast-dau"
    shutil.copytree(
        DBT_PROJECT_DIR,
        checkout / "dbt_project",
        ignore=shutil.ignore_patterns("target"),
    )
    git = ["git", "-C", str(checkout), "-c", "user.name=x", "-c", "user.email=x@x"]
    for arguments in (["init"], ["add", "."], ["commit", "-m", "All"]):
        subprocess.run([*git, *arguments], check=True, capture_output=True)
    address = {"git": f"file://{checkout}", "subdirectory": "dbt_project"}
    made = Shop(tmp_path / "shop", address | {"revision": "HEAD"})
    made.dbt("deps")

    listed = made.dbt("ls", "--quiet", "--resource-type=model")
    assert {"shop.visits", "fast_dau.rollup.daily_active_users"} <= set(listed.split())
