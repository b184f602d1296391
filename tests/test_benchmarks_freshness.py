"""What freshness costs: the arithmetic, the page, and a small run of the benchmark."""

import json
import os
import re
import subprocess
import sys
from datetime import timedelta

import pytest

from benchmarks.freshness.__main__ import RATES
from benchmarks.freshness.costs import Spent, of_reads, of_runs, typical
from benchmarks.freshness.measuring import WAYS
from benchmarks.freshness.table import HEADINGS, duration
from benchmarks.run import GROUPS, KEYS
from orchestration.core.settings import ROOT

MINUTE = timedelta(minutes=1)


def run_freshness(*args: str, **environment: str) -> subprocess.CompletedProcess[str]:
    """Run the command in the test's environment."""
    return subprocess.run(
        [sys.executable, "-m", "benchmarks.freshness", *args],
        cwd=ROOT,
        env={**os.environ, **environment},
        capture_output=True,
        text=True,
        check=False,
    )


def run_of(seconds: float) -> Spent:
    """Return a run that takes so long, and a tenth of it of the server's CPU."""
    return Spent(seconds, seconds / 10, 2.0, 1_000.0, 30.0, 20.0)


def pasted(page: str, command: str) -> list[str]:
    """Return the lines between the markers on a page, which name the command."""
    text = (ROOT / page).read_text()
    block = rf"<!-- {re.escape(command)} -->\n(.*?)\n<!-- end -->"
    (found,) = re.findall(block, text, re.DOTALL)
    return str(found).splitlines()


def lines_of_table(lines: list[str]) -> list[list[str]]:
    """Return the cells of the table among the lines, but the rule below its head."""
    cells = [line.strip("| ").split(" | ") for line in lines if line.startswith("|")]
    return [cells[0], *cells[2:]]


def test_a_day_has_as_many_runs_as_begin_in_it() -> None:
    cost = of_runs("run every minute", 100, MINUTE, run_of(6))

    assert (cost.times, cost.oldest_seconds) == (1_440, 66)
    assert cost.server_cpu_seconds == pytest.approx(1_440 * 0.6)
    assert (cost.dbt_cpu_seconds, cost.rows) == (2_880, 43_200)
    assert (cost.wal_bytes, cost.dead_rows) == (1_440_000, 28_800)


def test_runs_that_take_longer_than_the_time_between_them_are_fewer() -> None:
    cost = of_runs("run every minute", 100, MINUTE, run_of(120))

    assert (cost.times, cost.oldest_seconds) == (720, 240)


def test_a_read_is_as_old_as_it_takes() -> None:
    cost = of_reads("live view", 100, MINUTE, run_of(0.5))

    assert (cost.times, cost.oldest_seconds) == (1_440, 0.5)


def test_what_is_typical_is_the_median_of_each_figure() -> None:
    assert typical([run_of(9), run_of(1), run_of(2)]) == run_of(2)


@pytest.mark.parametrize(
    ("seconds", "words"),
    [
        (0.0123, "0.0123 s"),
        (59.04, "59 s"),
        (66, "1 min 6 s"),
        (3_600, "1 h"),
        (3_725, "1 h 2 min"),
        (86_405, "1 d"),
        (90_000, "1 d 1 h"),
    ],
)
def test_a_time_is_told_in_its_two_largest_units(seconds: float, words: str) -> None:
    assert duration(seconds) == words


def test_the_page_has_the_table_that_the_command_prints() -> None:
    command = "python -m benchmarks.freshness --repeat 1 --format markdown"
    lines = pasted("docs/freshness.md", command)
    head, *rest = lines_of_table(lines)

    assert lines[0].startswith("After 10,000,000 events of 200 days, ")
    assert tuple(head) == HEADINGS
    told = [(way, rate) for way, rate, *_ in rest]
    assert told == [(way, f"{rate:,}") for rate in RATES for way in WAYS]
    assert {len(cells) for cells in rest} == {len(HEADINGS)}


def test_the_readme_has_the_table_that_its_command_prints() -> None:
    readme = (ROOT / "README.md").read_text()
    (command,) = re.findall(r"<!-- (python -m benchmarks\.run .*?) -->", readme)
    wanted = command.rpartition(" ")[2].split(",")
    whats: dict[str, str] = {}
    for measure in GROUPS:
        whats |= vars(sys.modules[measure.__module__])["WHAT"]
    head, *rest = lines_of_table(pasted("README.md", command))

    assert head == ["what it measures", "seconds", "× the floor"]
    assert [what for what, *_ in rest] == [whats[key] for key in KEYS if key in wanted]
    assert len(rest) == len(wanted) <= 10


def test_a_mistake_is_answered_in_one_sentence(database_env: dict[str, str]) -> None:
    done = run_freshness("--rates=100000,many")

    assert done.returncode == 2
    assert done.stderr == (
        "benchmark: --rates is '100000,many': give whole numbers, such as 100000.\n"
    )


@pytest.mark.prove
def test_each_way_is_measured_at_each_rate(database_env: dict[str, str]) -> None:
    done = run_freshness("--format=json", "--rates=2000", "--repeat=1", EVENTS="20000")
    assert done.returncode == 0, done.stderr
    found = json.loads(done.stdout)
    costs = {cost["way"]: cost for cost in found["costs"]}

    assert tuple(costs) == WAYS
    assert found["events"] == 20_000
    assert {cost["events"] for cost in costs.values()} == {2_000}
    live, *runs, triggers, _ = costs.values()
    assert (live["dbt_cpu_seconds"], live["rows"]) == (0, 0)
    for run in runs:
        assert run["oldest_seconds"] > 86_400 / run["times"]
        for figure in ("server_cpu_seconds", "dbt_cpu_seconds", "rows", "wal_bytes"):
            assert run[figure] > 0
    assert (triggers["times"], triggers["rows"]) == (None, 2)
    assert found["triggers"]["late"] > 0
