"""The UI as an operator sees it: lineage, a run by a click, its numbers and picture."""

import os
from datetime import UTC, datetime
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from orchestration.core.connection import Connection
from orchestration.core.settings import events_table
from orchestration.source.table import init_events_table
from tests.browser import keep, page
from tests.made_up_events import insert_synthetic
from tests.ui_processes import dagster_home, started_ui

TABLES = (
    "cohort_retention",
    "daily_active_users",
    "daily_retention",
    "daily_revisions",
    "growth_accounting",
    "refresh_days",
    "rejected_events",
    "returning_users",
    "rolling_active_users",
    "user_day_activity",
)
DAYS = 100
_RUN_MILLISECONDS = 300_000
_IS_DRAWN = "image => image.complete && image.naturalWidth > 0"


@pytest.mark.prove
@pytest.mark.usefixtures("one_day")
def test_an_operator_sees_the_lineage_starts_a_run_and_sees_what_it_did(
    connection: Connection, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DAGSTER_HOME", str(dagster_home(tmp_path)))
    init_events_table(connection, events_table(), print)
    today = datetime.now(UTC).date()
    insert_synthetic(connection, events=20_000, users=500, days=DAYS, end_date=today)

    with page() as shown, started_ui(os.environ, tmp_path) as ui:
        shown.goto(f"http://127.0.0.1:{ui.port}/")
        launch_by_clicks(shown)
        show_lineage(shown)
        show_schedules(shown)
        show_run(shown)
        show_table(shown)
        show_checks(shown)
        show_cohorts(shown)


def go_to(shown: Page, name: str) -> None:
    """Click on a link of the navigation or a tab, whose names include their icons'."""
    shown.locator("a").get_by_text(name, exact=True).first.click()


def launch_by_clicks(shown: Page) -> None:
    """Start the hourly job from its page."""
    go_to(shown, "Jobs")
    shown.get_by_role("link", name="hourly_incremental").click()
    shown.get_by_role("button", name="Materialize all").click()
    expect(shown.get_by_text("Launched run")).to_be_visible()


def show_lineage(shown: Page) -> None:
    """Find the tables in the graph, made from the events, and every one in the list."""
    go_to(shown, "Lineage")
    expect(shown.get_by_label("unfold_more").first).to_be_visible()
    shown.keyboard.press("Alt+e")  # expands all groups
    for place in range(3):
        shown.get_by_role("button", name="arrow_drop_down").nth(place).click()
    shown.reload()  # with all of the graph in sight
    node = shown.locator("foreignObject").get_by_text("user_day_activity", exact=True)
    expect(node.last).to_be_visible()
    for table in ("events", *TABLES):
        expect(shown.get_by_text(table, exact=True).first).to_be_visible()
    keep(shown, "lineage")


def show_schedules(shown: Page) -> None:
    """Find the schedules, with switches."""
    go_to(shown, "Automation")
    expect(shown.get_by_text("hourly_incremental_schedule")).to_be_visible()
    expect(shown.get_by_text("daily_full_rollup_schedule")).to_be_visible()
    keep(shown, "schedules")


def show_run(shown: Page) -> None:
    """Wait until the run is green."""
    go_to(shown, "Runs")
    shown.locator("a[href*='/runs/']").first.click()
    expect(shown.get_by_text("Success", exact=True).first).to_be_visible(
        timeout=_RUN_MILLISECONDS
    )
    keep(shown, "run")


def show_table(shown: Page) -> None:
    """Find what the run did to daily_active_users, in numbers and as a picture."""
    go_to(shown, "Catalog")
    shown.get_by_text("daily_active_users").first.click()
    go_to(shown, "Events")
    for name, said in (
        ("rows_written", str(DAYS)),
        ("days_rebuilt", str(DAYS)),
        ("reasons", f"{DAYS} first build"),
    ):
        row = shown.get_by_role("row").filter(has_text=name)
        expect(row.get_by_text(said, exact=True)).to_be_visible()
    keep(shown, "numbers")
    look_at_picture(shown, "Daily active users", "picture")


def look_at_picture(shown: Page, name: str, artefact: str) -> None:
    """Open the picture of this name in the metadata shown, and close it again."""
    shown.get_by_text("[Show Markdown]").click()
    picture = shown.get_by_role("dialog").get_by_role("img", name=name)
    picture.wait_for()
    assert picture.evaluate(_IS_DRAWN)
    keep(shown, artefact)
    shown.get_by_role("button", name="Close").click()


def show_cohorts(shown: Page) -> None:
    """Find the triangle of cohorts as a heat map."""
    go_to(shown, "Catalog")
    shown.get_by_text("cohort_retention", exact=True).first.click()
    go_to(shown, "Events")
    look_at_picture(shown, "Users active n days after their first", "heat_map")


def show_checks(shown: Page) -> None:
    """Find dbt's tests of the table among its checks."""
    go_to(shown, "Checks")
    expect(shown.get_by_text("assert_dau_equals_user_days").first).to_be_visible()
    expect(shown.get_by_text("Passed").first).to_be_visible()
    keep(shown, "checks")
