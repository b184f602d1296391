"""Superset's dashboard in a browser: its tabs, its charts, and what they were sent."""

import re
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

from playwright.sync_api import Locator, Page, Response, expect

_DATA = "/api/v1/chart/data"
# Tall enough for every tab: a chart that is out of sight is not drawn.
_WIDTH, _HEIGHT = 1600, 1500
_SHOWN = "canvas, tbody tr, .header-line"
_FAILED = "[role=alert], .ant-alert, .ant-empty"
_SAYS_FAILED = re.compile("no results|no data|error", re.IGNORECASE)
# That there is something on it, and that it no longer moves.
_IS_DRAWN = """
canvas => {
    const before = canvas.seenBefore
    canvas.seenBefore = canvas.toDataURL()
    return canvas.seenBefore === before && canvas.getContext('2d')
        .getImageData(0, 0, canvas.width, canvas.height).data
        .some((value, place) => place % 4 === 3 && value > 0)
}
"""
_POLLING_MILLISECONDS = 300
_TYPING_MILLISECONDS = 80


class Dashboard:
    """The page of a dashboard.

    `drawn` gives the rows that a chart was sent last; `sent` is every address that the
    browser has sent anything to.
    """

    def __init__(self, page: Page, url: str) -> None:
        self.page = page
        self.url = url
        self.sent: set[str] = set()
        self._answers: dict[str, dict[str, Any]] = {}
        page.set_viewport_size({"width": _WIDTH, "height": _HEIGHT})
        page.on("requestfinished", lambda request: self.sent.add(request.url))
        page.on("response", self._note)

    def _note(self, response: Response) -> None:
        if _DATA in response.url and response.ok:
            asked: Any = response.request.post_data_json
            self._answers[str(asked["form_data"]["slice_id"])] = response.json()[
                "result"
            ][0]

    def log_in(self, user: str, password: Path, address: str) -> None:
        """Log in as a person would, and go to the dashboard."""
        self.page.goto(f"{self.url}/login/?next={address}", wait_until="networkidle")
        self.page.locator("#username").fill(user)
        # As slowly as a person: the page notes that it was opened a second later, which
        # takes a log-in back that was faster.
        self.page.locator("#password").press_sequentially(
            password.read_text(), delay=_TYPING_MILLISECONDS
        )
        self.page.get_by_role("button", name="Sign in").click()
        expect(self.page.get_by_role("tab").first).to_be_visible()

    def show_tab(self, title: str, charts: list[str]) -> None:
        """Go to a tab, and wait until each of its charts is drawn without an error."""
        self.page.get_by_role("tab", name=title).click()
        for name in charts:
            self._wait_for(self.chart(name))

    def chart(self, name: str) -> Locator:
        """Return the chart with this title."""
        return self.page.locator(f'[data-test-chart-name="{name}"]')

    def drawn(self, name: str) -> tuple[list[dict[str, Any]], date]:
        """Return the rows that a chart was sent last, and the day before which it ends.

        Where a chart has a period, that day is today by Superset's clock when it asked.
        """
        number = self.chart(name).get_attribute("data-test-chart-id")
        assert number is not None
        answer = self._answers[number]
        end = datetime.fromtimestamp(answer["to_dttm"] / 1000, UTC)
        return answer["data"], end.date()

    def cells(self, name: str) -> list[list[str]]:
        """Return what a table shows, row by row."""
        return [
            row.get_by_role("cell").all_inner_texts()
            for row in self.chart(name).locator("tbody tr").all()
        ]

    def set_period(self, first: str, end: str) -> None:
        """Set the tab's filter to the days from the first to the one before the end."""
        page = self.page
        page.locator("[data-test=time-range-trigger]:visible").first.click()
        popover = page.locator(".time-range-popover:visible")
        popover.locator(".ant-select").first.click()
        page.locator(".ant-select-item-option").filter(has_text="Advanced").click()
        for place, text in enumerate([first, end]):
            popover.locator("input[type=text]").nth(place).fill(text)
        popover.locator("[data-test=date-filter-control__apply-button]").click()
        with page.expect_response(lambda answer: _DATA in answer.url) as answer:
            page.locator("[data-test=filter-bar__apply-button]").click()
        answer.value.finished()

    def _wait_for(self, chart: Locator) -> None:
        chart.locator(f"{_SHOWN}, {_FAILED}").first.wait_for()
        expect(chart.locator(_FAILED)).to_have_count(0)
        expect(chart.get_by_text(_SAYS_FAILED)).to_have_count(0)
        for canvas in chart.locator("canvas").all():
            self.page.wait_for_function(
                _IS_DRAWN,
                arg=canvas.element_handle(),
                polling=_POLLING_MILLISECONDS,
            )
