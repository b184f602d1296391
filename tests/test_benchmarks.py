"""The benchmark runs and reports, at a size that says nothing of speed."""

import json
import os
import subprocess
import sys

import pytest

from benchmarks.run import KEYS
from orchestration.core.settings import ROOT

QUICK = ("floor", "full_first", "full_again", "hourly_noop")
PRODUCT = (
    "segments_first",
    "segments_hourly",
    "rolling_sweep",
    "rolling_distinct",
)
RIVALS = ("full_first", "naive", "matview_first", "hourly", "matview_hourly")


def run_benchmark(*args: str, **environment: str) -> subprocess.CompletedProcess[str]:
    """Run the command in the test's environment."""
    return subprocess.run(
        [sys.executable, "-m", "benchmarks.run", *args],
        cwd=ROOT,
        env={**os.environ, **environment},
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.mark.prove
def test_a_run_measures_what_is_asked_for_and_judges_it(
    database_env: dict[str, str],
) -> None:
    done = run_benchmark(
        "--format=json", f"--only={','.join(QUICK)}", "--repeat=1", EVENTS="20000"
    )
    assert done.returncode == 0, done.stderr
    found = json.loads(done.stdout)

    assert (found["events"], found["days"]) == (20_000, 200)
    assert tuple(found["measures"]) == QUICK
    assert found["measures"]["floor"]["times_floor"] == 1
    assert found["measures"]["full_first"]["rows"] > 0
    again = found["measures"]["full_again"]
    assert again["target"] == "≤ 8 × floor; 0 rows; WAL < 1 MB"
    assert (again["rows"], again["met"]) == (0, again["times_floor"] <= 8)
    noop = found["measures"]["hourly_noop"]
    assert (noop["rows"], noop["met"]) == (0, True)


@pytest.mark.prove
def test_runs_with_segments_are_measured_by_model_and_rolling_actives_beside_a_rival(
    database_env: dict[str, str],
) -> None:
    done = run_benchmark(
        "--format=json", f"--only={','.join(PRODUCT)}", "--repeat=1", EVENTS="20000"
    )
    assert done.returncode == 0, done.stderr
    measures = json.loads(done.stdout)["measures"]

    assert tuple(measures) == PRODUCT
    assert all(measure["seconds"] > 0 for measure in measures.values())
    for key in ("segments_first", "segments_hourly"):
        assert measures[key]["rows"] > 0
        assert measures[key]["model_seconds"]["user_lifetimes"] > 0
    rival = measures["rolling_distinct"]
    ratio = rival["figures"]["≥ 4 × rolling_sweep"]
    assert rival["met"] == (ratio >= 4)
    assert rival["user_days"] == measures["rolling_sweep"]["user_days"] > 0


@pytest.mark.prove
def test_materialized_views_are_measured_beside_ours_and_count_the_same(
    database_env: dict[str, str],
) -> None:
    """The benchmark itself compares what they hold with our tables, and fails."""
    done = run_benchmark(
        "--format=json", f"--only={','.join(RIVALS)}", "--repeat=1", EVENTS="20000"
    )
    assert done.returncode == 0, done.stderr
    measures = json.loads(done.stdout)["measures"]

    assert tuple(measures) == RIVALS
    for key, target, times in (
        ("matview_first", "≥ 2 × full_first", 2),
        ("matview_hourly", "≥ 10 × hourly", 10),
    ):
        rival = measures[key]
        assert rival["target"] == target
        assert rival["met"] == (rival["figures"][target] >= times)
        assert rival["wal_bytes"] > 0


def test_a_mistake_is_answered_in_one_sentence(database_env: dict[str, str]) -> None:
    unknown = run_benchmark("--only=floor,speed")
    no_number = run_benchmark("--only=floor", EVENTS="many")

    assert (unknown.returncode, no_number.returncode) == (2, 2)
    assert unknown.stderr == (
        f"benchmark: --only names speed: choose from {', '.join(KEYS)}.\n"
    )
    assert no_number.stderr == (
        "benchmark: EVENTS is 'many': give a whole number, such as 10000000.\n"
    )
