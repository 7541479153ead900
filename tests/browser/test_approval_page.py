"""The approval page as a person meets it, in a real browser without scripts, on a phone and on a desk."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Browser, Page

from functions.rules.glass import BREAK_GLASS
from tests.approvals.desk import Desk, option
from tests.browser.axe import serious
from tests.browser.chromium import DESK, PHONE, page_of
from tests.browser.person import decide, form_of, press, text_of, unfold

Shoot = Callable[[Page, str], None]
WINDOWS = pytest.mark.parametrize("window", [PHONE, DESK], ids=["phone", "desk"])


@WINDOWS
def test_a_person_reads_approves_and_sees_who_decided_what(
    desk: Desk, chromium: Browser, shoot: Shoot, window: dict[str, int]
) -> None:
    asked = desk.ask()
    with page_of(chromium, window) as page:
        page.goto(asked.links["alice"])
        unfold(page)
        read = text_of(page)
        for told in ("Raise the strategy service to 4096 MiB?", "3 times in 20 minutes", "OutOfMemoryError"):
            assert told in read
        shoot(page, f"pending-{window['width']}")
        decide(page, "raise", note="the night shift needs it")
        after = text_of(page)
        assert "Alice" in after
        assert "the night shift needs it" in after
        assert not page.locator("form").count(), "nothing is left to decide"
        shoot(page, f"approved-{window['width']}")
    result = desk.result(asked)
    assert (result["decision"], result["decided_by"]) == ("raise", ["alice"])


@WINDOWS
def test_a_person_rejects(desk: Desk, chromium: Browser, shoot: Shoot, window: dict[str, int]) -> None:
    asked = desk.ask()
    with page_of(chromium, window, dark=True) as page:
        page.goto(asked.links["alice"])
        shoot(page, f"pending-dark-{window['width']}")
        decide(page, "reject")
        shoot(page, f"rejected-dark-{window['width']}")
    assert desk.result(asked)["decision"] == "reject"


@WINDOWS
def test_a_wrong_phrase_is_told_and_what_was_noted_is_not_lost(
    desk: Desk, chromium: Browser, shoot: Shoot, window: dict[str, int]
) -> None:
    asked = desk.ask()
    with page_of(chromium, window) as page:
        page.goto(asked.links["alice"])
        decide(page, "raise", typed="RAISE 2048", note="do it")
        assert desk.approval_of(asked)["standing"] == "pending"
        form = form_of(page, "raise")
        assert form.locator('[name="note"]').input_value() == "do it"
        shoot(page, f"wrong-phrase-{window['width']}")
        decide(page, "raise")
    assert desk.result(asked)["note"] == "do it"


def test_a_second_click_decides_nothing_and_says_what_stands(desk: Desk, chromium: Browser, shoot: Shoot) -> None:
    asked = desk.ask()
    with page_of(chromium, PHONE) as page, page_of(chromium, PHONE) as other:
        for one in (page, other):
            one.goto(asked.links["alice"])
        decide(page, "raise")
        decide(other, "reject")
        assert "Raise the memory" in text_of(other)
        shoot(other, "second-click")
    assert desk.result(asked)["decision"] == "raise"


def test_two_people_decide_where_two_are_needed(desk: Desk, chromium: Browser, shoot: Shoot) -> None:
    options = [
        option("trade", "Bring trading back", "Strategies start again.", "adds", "RESUME", needed=2),
        option("reject", "Stay stopped", "Nothing starts.", "none", "STAY"),
    ]
    # Of a quarter of an hour: the second wave comes after ten seconds at this pace.
    asked = desk.ask(options=options, title="Bring trading back?", target="ALL", kind="change")
    with page_of(chromium, PHONE) as page, page_of(chromium, DESK) as other:
        page.goto(asked.links["alice"])
        decide(page, "trade")
        assert desk.status(asked) == "RUNNING"
        shoot(page, "waits-for-second")
        # The same person twice is one person.
        page.goto(asked.links["alice"])
        assert desk.approval_of(asked)["standing"] == "pending"
        desk.until(lambda: desk.links(asked).get("bob"), "the second wave is asked", 90)
        other.goto(asked.links["bob"])
        assert "Alice" in text_of(other)
        decide(other, "trade")
    result = desk.result(asked)
    assert (result["decision"], sorted(result["decided_by"])) == ("trade", ["alice", "bob"])


@WINDOWS
def test_the_glass_opens_late_and_who_broke_it_is_to_be_ratified(
    desk: Desk, chromium: Browser, shoot: Shoot, window: dict[str, int]
) -> None:
    options = [
        option("trade", "Bring trading back", "Strategies start again.", "adds", "RESUME", needed=2),
        # Ten seconds at this pace.
        option(
            BREAK_GLASS, "Break the glass", "One decides alone.", "adds", "BREAKGLASS",
            opens_after=300, note_required=True,
        ),
        option("reject", "Stay stopped", "Nothing starts.", "none", "STAY"),
    ]  # fmt: skip
    asked = desk.ask(options=options, title="Bring trading back?", target="ALL", kind="resume")
    with page_of(chromium, window, scripts=True) as page:
        page.goto(asked.links["alice"])
        # Opening one closes its neighbour, and what is folded is no text for a reader.
        page.locator("details > summary", has_text="Break the glass").click()
        assert "Available from" in text_of(page)
        assert serious(page) == []
        shoot(page, "not-open-yet")
        assert page.locator(f'input[value="{BREAK_GLASS}"]').count() == 0, "nothing to press before its time"
        desk.until(lambda: opened(page, asked.links["alice"]), "the glass can be broken", 60)
        decide(page, BREAK_GLASS, note="nobody else answers and the venue is well again")
        assert "To be ratified" in text_of(page)
        assert serious(page) == []
        shoot(page, "to-be-ratified")
        desk.until(lambda: desk.links(asked).get("carol"), "the whole desk is told", 60)
        page.goto(desk.links(asked)["carol"])
        assert "nobody else answers" in text_of(page)
        assert serious(page) == []
        shoot(page, "to-be-ratified-by-another")
    result = desk.result(asked)
    assert (result["decision"], result["decided_by"]) == (BREAK_GLASS, ["alice"])


def opened(page: Page, link: str) -> bool | None:
    page.goto(link)
    return page.locator(f'input[value="{BREAK_GLASS}"]').count() > 0 or None


def test_a_lapsed_question_says_so_and_decides_nothing(desk: Desk, chromium: Browser, shoot: Shoot) -> None:
    asked = desk.ask(kind="close")
    with page_of(chromium, PHONE) as page:
        page.goto(asked.links["alice"])
        assert desk.result(asked)["decision"] == "lapsed"
        decide(page, "raise")
        assert desk.approval_of(asked)["standing"] == "lapsed"
        shoot(page, "lapsed")
        assert "lapsed" in text_of(page).lower()


def test_saying_i_am_looking_is_told_to_the_others(desk: Desk, chromium: Browser, shoot: Shoot) -> None:
    asked = desk.ask()
    with page_of(chromium, PHONE) as page:
        page.goto(asked.links["alice"])
        press(page, page.locator('form:has([name="looking"]) button'))
        shoot(page, "looking")
    seen = [one for one in desk.approval_of(asked)["seen"] if one["looking"]]
    assert [one["voter"]["person_id"] for one in seen] == ["alice"]


@WINDOWS
def test_axe_finds_no_serious_fault(desk: Desk, chromium: Browser, window: dict[str, int]) -> None:
    asked = desk.ask()
    for dark in (False, True):
        with page_of(chromium, window, dark=dark, scripts=True) as page:
            page.goto(asked.links["alice"])
            unfold(page)
            assert serious(page) == []
    with page_of(chromium, window, scripts=True) as page:
        page.goto(asked.links["alice"])
        decide(page, "raise", typed="something else")
        assert serious(page) == []
        page.goto(asked.links["alice"])
        decide(page, "reject")
        assert serious(page) == []
        page.goto(asked.links["alice"].partition("?")[0] + "?k=wrong")
        assert serious(page) == []


@WINDOWS
def test_the_page_never_scrolls_sideways_and_everything_can_be_touched(
    desk: Desk, chromium: Browser, window: dict[str, int]
) -> None:
    long = "a-very-long-name-without-any-space-" * 8
    facts = [{"name": "Strategies", "value": long}, {"name": "Line", "value": "x" * 400}]
    asked = desk.ask(facts=facts)
    with page_of(chromium, {**window, "width": min(window["width"], 360)}, scripts=True) as page:
        page.goto(asked.links["alice"])
        wide = page.evaluate("() => document.documentElement.scrollWidth - document.documentElement.clientWidth")
        assert wide <= 0
        form = form_of(page, "raise")
        for what in ("button", '[name="confirm"]'):
            box = form.locator(what).first.bounding_box()
            assert box
            assert box["height"] >= 40, (what, box)


def test_a_headless_robot_that_runs_scripts_and_submits_every_form_decides_nothing(
    desk: Desk, chromium: Browser
) -> None:
    asked = desk.ask()
    with page_of(chromium, DESK, scripts=True) as page:
        page.goto(asked.links["alice"])
        assert page.locator("script").count() == 0
        forms = page.locator("form").count()
        assert forms
        for number in range(forms):
            page.goto(asked.links["alice"])
            # "I am looking" is gone once it was pressed.
            if page.evaluate("n => n < document.forms.length", number):
                with page.expect_navigation():
                    page.evaluate("n => document.forms[n].submit()", number)
    approval = desk.approval_of(asked)
    assert (approval["standing"], approval.get("votes") or []) == ("pending", [])
