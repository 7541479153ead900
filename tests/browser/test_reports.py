"""Reports of recorded incidents of every runbook as people read them: on a phone, a desk, paper, in the dark."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from functools import cache

import pytest
from bs4 import BeautifulSoup
from markdown_it import MarkdownIt
from playwright.sync_api import Browser, Page, Route

from infra import paths
from tests.browser.axe import serious
from tests.browser.chromium import DESK, PHONE, page_of
from tests.browser.reported import NAMES, pages, recorded

Shoot = Callable[[Page, str], None]
WINDOWS = pytest.mark.parametrize("window", [PHONE, DESK], ids=["phone", "desk"])
REPORTS = pytest.mark.parametrize("name", NAMES)
VIEWS = pytest.mark.parametrize(
    ("window", "dark"), [(DESK, False), (PHONE, True)], ids=["desk light", "phone dark"]
)
# The longest page, one with open positions, and one with people's answers; every page has the same style.
PRINTED = ("stale-heartbeat-switched", "emergency-stop", "resume-trading")
ANSWERED = (
    "stale-heartbeat-switched", "stale-heartbeat-escalated", "stuck-position-closed", "stuck-position-left-open",
    "emergency-stop", "resume-trading-halted-again",
)  # fmt: skip
ADDRESS = "https://reports.example/report.html"
# The inside of A4 with the page's own margins, in CSS pixels.
PAPER = {"width": 695, "height": 1000}
FOLLOW_UP = [
    {
        "field": "root_cause",
        "text": "The venue's maintenance was announced, and nobody had subscribed to it.",
        "by": "ana",
        "at": "2026-11-24T09:12:00Z",
    }
]
LONG = "a-word-without-any-space/" * 12 + "0123456789abcdef" * 20


@pytest.fixture(scope="module")
def kept(chromium: Browser) -> Iterator[Callable[..., Page]]:
    """A page of each kind, made once: another report in it takes a third of the time of a new page with a profile
    of its own, and a report leaves nothing there. For tests that only look."""
    with ExitStack() as ends:

        @cache
        def page(*, phone: bool, dark: bool = False, scripts: bool = False) -> Page:
            made = page_of(chromium, PHONE if phone else DESK, dark=dark, scripts=scripts)
            return ends.enter_context(made)

        yield page


@contextmanager
def opened(
    browser: Browser, html: str, window: dict[str, int], *, dark: bool = False, scripts: bool = False
) -> Iterator[tuple[Page, list[str]]]:
    """The page at an address of its own in a fresh profile, and whatever else it asks for."""
    with page_of(browser, window, dark=dark, scripts=scripts) as page, filled(page, html) as asked:
        yield page, asked


@contextmanager
def filled(page: Page, html: str, address: str = ADDRESS) -> Iterator[list[str]]:
    """The report in this page; yields whatever else it asks for."""
    asked: list[str] = []

    def answer(route: Route) -> None:
        if route.request.url == address:
            route.fulfill(body=html, content_type="text/html; charset=utf-8")
        else:
            asked.append(route.request.url)
            route.abort()

    page.route("**/*", answer)
    try:
        page.goto(address)
        yield asked
    finally:
        page.unroute_all()


def too_wide(page: Page) -> float:
    found: float = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
    return found


def test_every_runbook_that_opens_incidents_of_its_own_has_a_report_here() -> None:
    folder = paths.ROOT / "statemachines"
    machines = {path.parent.name: path.read_text("utf-8") for path in folder.glob("*/machine.asl.yaml")}
    opens = {one for one, text in machines.items() if "${task:refuse_" in text} - {"close-position"}
    assert {recorded(name).item["runbook"] for name in NAMES} == opens, "python -m tests.browser.record"


@REPORTS
@VIEWS
def test_it_reads_well_loads_nothing_and_axe_finds_no_serious_fault(
    kept: Callable[..., Page], shoot: Shoot, name: str, window: dict[str, int], dark: bool
) -> None:
    html = pages(name, follow_up=json.dumps(FOLLOW_UP))["report.html"]
    # Axe needs scripts and so the policy's absence: what is not asked for without it is asked for under none.
    page = kept(phone=window is PHONE, dark=dark, scripts=True)
    with filled(page, html, f"https://reports.example/{name}.html") as asked:
        shoot(page, f"report-{name}-{window['width']}")
        assert asked == []
        assert too_wide(page) <= 0
        assert page.locator("h1").count() == 1
        wide, narrow = (page.locator(f"svg.{each}") for each in ("wide", "narrow"))
        shown, hidden = (narrow, wide) if window is PHONE else (wide, narrow)
        assert shown.is_visible()
        assert not hidden.is_visible()
        letters = shown.locator("text").first.evaluate(
            "one => one.getBoundingClientRect().height / one.getBBox().height * 11"
        )
        assert letters >= 10, "its words are as large as they were drawn"
        assert serious(page) == []


@WINDOWS
def test_it_needs_no_script_and_nothing_that_its_own_policy_forbids(
    chromium: Browser, window: dict[str, int]
) -> None:
    with opened(chromium, pages("emergency-stop")["report.html"], window) as (page, asked):
        refused: list[str] = []
        page.on("console", lambda message: refused.append(message.text))
        page.reload()
        assert (asked, refused) == ([], [])
        assert page.locator("main>section").first.is_visible()
        loud = page.locator("strong.loud").first.evaluate("one => getComputedStyle(one).fontWeight")
        assert int(loud) >= 700, "its style holds under the policy"


@pytest.mark.parametrize("name", ANSWERED)
@WINDOWS
def test_what_why_who_money_proven_and_left_stand_on_the_first_screens(
    kept: Callable[..., Page], name: str, window: dict[str, int]
) -> None:
    """A desk shows all of it at once; a phone needs a second screen at most."""
    page = kept(phone=window is PHONE)
    with filled(page, pages(name)["report.html"], f"https://reports.example/{name}.html"):
        rows = page.locator("main>section:first-child tbody tr")
        heads = [head.inner_text() for head in rows.locator("th").all()]
        asked = ["what happened", "why", "who decided", "money", "proven", "left to a person"]
        assert [one for one in heads if one in asked] == asked
        box = rows.nth(heads.index("left to a person")).bounding_box()
        assert box is not None
        assert box["y"] < window["height"] * (2 if window is PHONE else 1)


@pytest.mark.parametrize("name", PRINTED)
def test_it_prints_on_a4_without_anything_cut(chromium: Browser, shoot: Shoot, name: str) -> None:
    with opened(chromium, pages(name)["report.html"], PAPER, dark=True) as (page, _):
        page.emulate_media(media="print")
        shoot(page, f"report-{name}-paper")
        assert too_wide(page) <= 0
        assert page.locator("svg.wide").is_visible()
        assert not page.locator("svg.narrow").is_visible()
        assert not page.locator("nav").is_visible()
        heads = page.locator("table.wide thead")
        display = heads.first.evaluate("one => getComputedStyle(one).display")
        assert display == "table-header-group", "a table's heads stand on each of its pages"
        ink = page.evaluate("getComputedStyle(document.body).color")
        assert ink == "rgb(21, 24, 29)", "dark letters on paper, whatever the screen is"
        pdf = page.pdf(prefer_css_page_size=True)
    assert pdf.startswith(b"%PDF")
    assert b"/MediaBox [0 0 594" in pdf or b"/MediaBox [0 0 595" in pdf, "A4"
    assert 1 <= pdf.count(b"/Type /Page\n") <= 20


@REPORTS
def test_the_markdown_beside_it_renders_to_the_same_parts(name: str) -> None:
    found = BeautifulSoup(pages(name)["report.html"], "html.parser")
    renderer = MarkdownIt("commonmark").enable("table")
    written = BeautifulSoup(renderer.render(pages(name)["report.md"]), "html.parser")
    for tag in ("h1", "h2"):
        assert [one.get_text() for one in written.find_all(tag)] == [one.get_text() for one in found.find_all(tag)]
    assert len(written.find_all("table")) == len(found.find_all("table"))
    assert len(written.select("tbody tr")) == len(found.select("tbody tr"))
    assert {str(one["href"]) for one in written.find_all("a")} == {
        str(one["href"]) for one in found.find_all("a") if not str(one["href"]).startswith("#")
    }
    for line in recorded(name).timeline.told[:5]:
        assert " ".join(line.split()) in " ".join(written.get_text().split())


@WINDOWS
def test_texts_from_outside_neither_widen_the_page_nor_do_anything(
    chromium: Browser, shoot: Shoot, window: dict[str, int]
) -> None:
    poison = f"<script>document.title='ran'</script><img src=https://evil.example/x> {LONG}"
    more = {field: json.dumps(poison) for field in ("summary", "cause", "pnl_impact", "requested_by")}
    html = pages(
        "stuck-position-closed",
        **more,
        evidence=json.dumps([{"what": poison, "where": LONG, "value": poison, "at": "2026-11-23T05:30:00Z"}]),
        actions=json.dumps([{"action": LONG, "target": poison, "result": "unknown", "at": "2026-11-23T05:30:00Z"}]),
    )["report.html"]
    with opened(chromium, html, {**window, "width": min(window["width"], 360)}, scripts=True) as (page, asked):
        shoot(page, f"report-poisoned-{window['width']}")
        assert asked == []
        assert page.title() != "ran"
        assert too_wide(page) <= 0
        assert "document.title='ran'" in page.locator("main").inner_text()


def test_the_list_of_parts_leads_to_each_of_them(chromium: Browser) -> None:
    with opened(chromium, pages("resume-trading")["report.html"], PHONE) as (page, _):
        link = page.locator("nav a", has_text="Checklist")
        box = link.bounding_box()
        assert box
        assert box["height"] >= 24, "large enough for a finger"
        link.click()
        assert page.locator("section:target h2").inner_text() == "Checklist"
