"""The dashboard as somebody sees it who has just typed `make dashboards`."""

import os
import re
import signal
import sys
from collections.abc import Iterable, Mapping
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
import yaml
from psycopg2.extras import RealDictCursor

from orchestration.core.connection import Connection
from orchestration.core.dbt import run_dbt
from orchestration.core.settings import events_table
from orchestration.dashboards.bundle import BUNDLE
from orchestration.source.synthetic.inserting import insert_synthetic_events
from orchestration.source.synthetic.options import StreamOptions
from orchestration.source.table import init_events_table
from tests.browser import keep, page
from tests.superset_page import Dashboard
from tests.ui_processes import started_ui

COMMAND = (sys.executable, "-m", "orchestration.dashboards")
LIST = "Returning users of the day"
_SUM = "sum(returning_d{n}) / sum(dau)::double precision"
_CURVE = """
select 'D-{n}' as day_before, {share} as share from analytics.daily_retention
where is_complete and lookback_complete and activity_date >= %(today)s - 90
"""
# What a chart is to be sent, in the columns that tell; the history is of 100 days.
# `today` is the chart's own, as midnight may pass between two charts.
DRAWN = {
    "Daily active users": """
        select activity_date, dau from analytics.daily_active_users
        where is_complete and activity_date >= %(today)s - 90""",
    "Weekly and monthly active users": """
        select activity_date, wau_7d as wau, case
            when activity_date >= %(built)s - 99 + 27 then mau_28d end as mau
        from analytics.rolling_active_users
        where is_complete and activity_date >= %(today)s - 90""",
    "Stickiness: DAU / MAU": """
        select activity_date, dau_mau_ratio as stickiness
        from analytics.rolling_active_users
        where is_complete and activity_date >= %(built)s - 99 + 27""",
    "Retention: share of the day's users active in the 7 days before": """
        select activity_date, retention_rate as retention
        from analytics.daily_retention
        where is_complete and activity_date >= %(today)s - 90""",
    "Share of a day's users who were active n days before": "union all".join(
        _CURVE.format(n=n, share=_SUM.format(n=n)) for n in range(1, 8)
    ),
    "Share of a week's new users active n days after their first": """
        select cohort_week, day_number, retention_rate as retention
        from analytics.weekly_cohort_retention
        where cohort_week >= %(today)s - 90 and cohort_week < %(today)s
            and day_number > 0 and retention_rate is not null""",
    "Where each day's users come from, and how many have left": """
        select activity_date, new_users as new, retained_users as retained,
            resurrected_users as resurrected,
            case when activity_date < %(today)s - 7 then -dormant_users end
                as dormant
        from analytics.growth_accounting
        where is_complete and activity_date >= %(today)s - 90""",
    "Courses by user-days: who comes on three days counts three times": """
        select sum(dau) as user_days from analytics.daily_active_users_by_course
        where activity_date >= %(today)s - 90 and activity_date < %(today)s
        group by course_id order by user_days desc limit 20""",
}
READ_OUT = {
    "DAU, newest complete day": """
        select to_char(dau, 'FM999,999') from analytics.daily_active_users""",
    "WAU, 7 days": """
        select to_char(wau_7d, 'FM999,999') from analytics.rolling_active_users""",
    "MAU, 28 days": """
        select to_char(mau_28d, 'FM999,999') from analytics.rolling_active_users""",
    "Retention, newest complete day": """
        select to_char(100 * retention_rate, 'FM990.0%%') from analytics.daily_retention
    """,
}
NEWEST = " where is_complete order by activity_date desc limit 1"


@pytest.mark.dashboards
@pytest.mark.usefixtures("one_day")
def test_every_chart_shows_what_the_tables_have(
    connection: Connection,
    folder: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    home = folder / "superset-home"
    monkeypatch.setenv("FAST_DAU_HOME", str(home))
    built = datetime.now(UTC).date()
    make_rollup(connection, built)

    with page() as shown, started_ui(os.environ, tmp_path, COMMAND) as ui:
        address = re.search(r"http://\S+(/superset/\S+)", ui.output)
        assert address
        dashboard = Dashboard(shown, f"http://127.0.0.1:{ui.port}")
        dashboard.log_in("admin", home / "superset/admin_password", address[1])
        for title, charts in tabs().items():
            dashboard.show_tab(title, charts)
            keep(shown, f"dashboard_{title.lower().replace(' ', '_')}")
        look_at_numbers(connection, dashboard, built)
        filter_days(connection, dashboard, built - timedelta(20))
        # data: and blob: are of the page itself, and of no server.
        servers = {urlsplit(url).netloc for url in dashboard.sent} - {""}
        assert servers == {f"127.0.0.1:{ui.port}"}
        assert ui.receive(signal.SIGINT) == 0
        assert "Superset has stopped." in ui.output
        ui.wait_until_all_have_ended()

    with started_ui(os.environ, tmp_path, COMMAND) as again:
        assert again.output.startswith("Starting Superset …\n")


def make_rollup(connection: Connection, today: date) -> None:
    """Build the tables of 100 days of events, today, which is not over, the last."""
    options = StreamOptions(events=20_000, users=500, days=100, end_date=today)
    init_events_table(connection, events_table(), print)
    with connection:
        insert_synthetic_events(connection, options, lambda _: None)
    assert run_dbt(["build", "--exclude-resource-type", "unit_test"], os.environ) == 0


def tabs() -> dict[str, list[str]]:
    """Return the titles of the tabs, and of the charts on each."""
    (file,) = BUNDLE.glob("dashboards/*.yaml")
    parts = yaml.safe_load(file.read_text())["position"]
    return {
        parts[tab]["meta"]["text"]: [
            parts[cell]["meta"]["sliceName"]
            for row in parts[tab]["children"]
            for cell in parts[row]["children"]
            if parts[cell]["type"] == "CHART"
        ]
        for tab in parts["TABS-usage"]["children"]
    }


def look_at_numbers(connection: Connection, dashboard: Dashboard, built: date) -> None:
    """Compare what each chart was sent, or can be read on it, with the tables."""
    for name, query in DRAWN.items():
        rows, today = dashboard.drawn(name)
        expected = ask(connection, query, built=built, today=today)
        columns = expected[0].keys()
        drawn = ({name: row[name] for name in columns} for row in rows)
        assert comparable(drawn) == comparable(expected), name
    for title, charts in tabs().items():
        dashboard.show_tab(title, charts)
        for name in READ_OUT.keys() & charts:
            (row,) = ask(connection, READ_OUT[name] + NEWEST)
            number = dashboard.chart(name).locator(".header-line")
            assert [number.inner_text()] == list(row.values()), name
        if "Data freshness" in charts:
            ((complete, newest, is_over, *_),) = dashboard.cells("Data freshness")
            assert [complete, newest] == [str(built - timedelta(1)), str(built)]
            assert is_over.startswith("not")


def filter_days(connection: Connection, dashboard: Dashboard, day: date) -> None:
    """Ask who came back on another day."""
    dashboard.show_tab("Returning users", [LIST])
    before = dashboard.cells(LIST)
    dashboard.set_period(str(day), str(day + timedelta(1)))
    dashboard.chart(LIST).get_by_text(str(day)).first.wait_for()
    dashboard.show_tab("Returning users", [LIST])
    keep(dashboard.page, "dashboard_filtered")

    listed = ask(
        connection,
        "select activity_date, user_id, previous_activity_date, days_since_previous "
        f"from analytics.returning_users where activity_date = '{day}' "
        "order by user_id limit 20",
    )
    cells = dashboard.cells(LIST)
    assert before != cells
    assert [row[:4] for row in cells] == [
        [str(cell) for cell in row.values()] for row in listed
    ]


def ask(connection: Connection, query: str, **days: date) -> list[dict[str, Any]]:
    """Return the rows of a query with these days in it."""
    with connection.cursor(cursor_factory=RealDictCursor) as cursor:
        cursor.execute(query, days)
        return [dict(row) for row in cursor.fetchall()]


def comparable(rows: Iterable[Mapping[str, Any]]) -> list[list[tuple[str, Any]]]:
    """Return rows in one order, days as milliseconds, and numbers to nine places."""

    def plain(cell: Any) -> Any:
        if isinstance(cell, date):
            midnight = datetime(cell.year, cell.month, cell.day, tzinfo=UTC)
            return round(midnight.timestamp() * 1000, 9)
        return cell if cell is None or isinstance(cell, str) else round(float(cell), 9)

    plain_rows = ([(name, plain(row[name])) for name in sorted(row)] for row in rows)
    return sorted(plain_rows, key=repr)
